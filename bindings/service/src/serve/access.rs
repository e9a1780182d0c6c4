//! Who asks, and what may they?

use super::problem::Problem;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use volok::ledger::{Book, CellFacts, Kind, SellerNo, Tenant};

/// What a token allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Looking at holds, parcels, stock, sales, answers and the change feed.
    Read,
    /// Quotes, plans, reasons, judgements, batches.
    Plan,
    /// Holds: place, adjust, extend, fulfil, release, plan again.
    Hold,
    /// Stock events, cells and names.
    Stock,
    /// Every step of a parcel.
    Parcel,
    /// A new world, and the clock.
    World,
    /// Metrics.
    Operate,
}

impl Scope {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Scope::Read => "read",
            Scope::Plan => "plan",
            Scope::Hold => "hold",
            Scope::Stock => "stock",
            Scope::Parcel => "parcel",
            Scope::World => "world",
            Scope::Operate => "operate",
        }
    }

    /// Whether a token of one seller may have it: plans, holds and worlds are about everyone's goods.
    pub fn may_be_a_sellers(self) -> bool {
        matches!(self, Scope::Read | Scope::Stock | Scope::Parcel)
    }
}

/// Who asks.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Whose book.
    pub tenant: Tenant,
    /// The one seller whose goods it sees; all when absent.
    pub seller: Option<Arc<str>>,
    /// What the log calls it.
    pub name: Arc<str>,
    /// What it may; nothing said for those who need no token.
    pub scopes: Option<Arc<[Scope]>>,
}

impl Caller {
    /// Who asks a service that has no tokens yet: whoever sits at the machine.
    pub fn local() -> Caller {
        Caller { tenant: Tenant(0), seller: None, name: "local".into(), scopes: None }
    }

    /// That it may do what wants a scope.
    pub fn may(&self, scope: Scope) -> Result<(), Problem> {
        match self.scopes.as_ref().is_none_or(|scopes| scopes.contains(&scope)) {
            true => Ok(()),
            false => {
                let detail = format!("this token has no scope `{}`; create one that has", scope.word());
                Err(Problem::new(StatusCode::FORBIDDEN, "forbidden", "Not allowed", detail))
            }
        }
    }

    /// Whose goods it sees.
    pub fn eyes(&self, book: &Book) -> Eyes {
        match &self.seller {
            None => Eyes::All,
            Some(seller) => match book.number(Kind::Seller, seller) {
                Some(number) => Eyes::Of(SellerNo(number)),
                None => Eyes::None,
            },
        }
    }
}

/// Whose goods are seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Eyes {
    /// Everyone's.
    All,
    /// Those of one seller.
    Of(SellerNo),
    /// Nobody's: the seller of the token is not known to the book.
    None,
}

impl Eyes {
    /// Whether goods of a cell are seen.
    pub fn see(self, facts: &CellFacts) -> bool {
        match self {
            Eyes::All => true,
            Eyes::Of(seller) => facts.seller == seller,
            Eyes::None => false,
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Caller, Problem> {
        parts.extensions.get::<Caller>().cloned().ok_or_else(Problem::internal)
    }
}
