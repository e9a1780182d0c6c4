//! The judge: right plans pass, and each way to make one wrong is caught by the rule it breaks.

mod capacity;
mod docks;
mod docks_wrong;
mod documents;
mod mutations;
mod random;
mod scene;
mod sequence;
mod several;
mod variants;
