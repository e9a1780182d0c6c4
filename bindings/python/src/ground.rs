//! An engine that several objects of Python stand on, and which of them count cells and nodes alike.

use std::ops::Deref;
use std::sync::Arc;
use volok::Engine;

/// An engine, and the family it is of: those made of it by changing prices or by taking stock have the same numbers for
/// everything.
pub struct Ground {
    engine: Engine,
    family: Arc<()>,
}

impl Ground {
    /// The first of its family.
    pub fn new(engine: Engine) -> Ground {
        Ground { engine, family: Arc::new(()) }
    }

    /// Another one of the same family, changed.
    pub fn changed(&self, change: impl FnOnce(&mut Engine)) -> Ground {
        let mut engine = self.engine.clone();
        change(&mut engine);
        Ground { engine, family: self.family.clone() }
    }

    /// Whether numbers of one mean the same in the other.
    pub fn is_kin(&self, other: &Ground) -> bool {
        Arc::ptr_eq(&self.family, &other.family)
    }
}

impl Deref for Ground {
    type Target = Engine;

    fn deref(&self) -> &Engine {
        &self.engine
    }
}
