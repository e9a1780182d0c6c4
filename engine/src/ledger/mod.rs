//! How does it become binding?
//!
//! The only state there is. `apply(command, now) -> outcome` is a pure function of what came before: no clock, no
//! randomness, no map walked in hash order. Each tenant has a book of its own; in it, cells of stock, holds on them, the
//! keys of requests that were answered. What a hold holds ends by ledger time alone, whether or not anyone looks.
//!
//! This room does not know networks, orders or costs. It numbers what it hears of by itself, because a log outlives many
//! catalogues.

#[macro_use]
mod planted;

mod ahead;
mod audit;
mod balance;
mod before;
mod bind;
mod bind_parcels;
mod book;
mod books;
mod capacity;
mod cells;
mod change;
mod command;
mod digest;
mod feed;
mod fences;
mod follow;
mod forget;
mod front;
mod fulfil;
mod group;
mod history;
mod holds;
mod inspect;
mod inspect_parcels;
mod keys;
mod labels;
mod lift;
pub mod limits;
mod movement;
mod names;
mod number;
mod on_cell;
mod outcome;
mod parcels;
mod place;
#[cfg(feature = "postgres")]
mod read_models;
mod recover;
mod refusal;
pub mod regions;
mod replica;
mod resolve;
mod rows;
mod settings;
mod shown;
mod sscc;
mod state;
pub mod store;
mod terms;
mod trial;
mod unbought;
mod update;
mod verify;
mod view;
mod views;
mod wire;

pub use bind::{Binding, Unbound, opening};
pub use bind_parcels::ParcelPolicy;
pub use book::Book;
pub use books::Books;
pub use command::*;
pub use feed::FeedError;
pub use follow::{Follower, SeesRow};
pub use front::{Ledger, SubmitError};
pub use number::*;
pub use outcome::{Done, Outcome, Receipt, Sale, State as HoldState};
pub use parcels::{ContentView, ParcelView, Stage};
#[cfg(feature = "postgres")]
pub use read_models::ReadModels;
pub use recover::{Cut, RecoverError, Recovery};
pub use refusal::{Code, Refusal};
pub use replica::{Replica, ReplicaError, Role, Standing};
pub use shown::shown;

pub use sscc::{CompanyPrefix, Sscc, SsccError};
pub use state::{Applied, ClockTerms, State};
pub use trial::Trial;
pub use unbought::{Tally, Unbought};
pub use update::{Update, missing};
pub use verify::{Verified, records, replay, verify};
pub use view::View;
pub use views::{CellView, Hit, HoldView, LineView};
pub use wire::{Chain, Damage, Record};
