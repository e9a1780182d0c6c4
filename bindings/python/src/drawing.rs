//! A plan of one order that shows itself: its document, and what draws it.

use crate::documents;
use crate::watch::watched;
use crate::world::Ground;
use pyo3::prelude::*;
use std::sync::Arc;
use volok::plan::{Plan, draw};
use volok::world::Order;

/// What draws a plan: the engine it was made in, its order and itself.
#[pyclass(frozen, module = "volok._volok")]
pub struct Drawing {
    ground: Arc<Ground>,
    order: Order,
    plan: Plan,
}

#[pymethods]
impl Drawing {
    /// Map and timeline as an SVG document.
    fn svg(&self, py: Python<'_>) -> String {
        let (world, stock) = (self.ground.world(), self.ground.stock());
        py.detach(|| draw::svg(world, stock, &self.order, &self.plan))
    }

    /// A page: map, timeline, costs, why these parcels, and the plan in words.
    fn html(&self, py: Python<'_>) -> PyResult<String> {
        let Drawing { ground, order, plan } = self;
        watched(py, 1, None, |_| {
            let advice = documents::explained(ground, order, plan);
            let body = draw::html::order(ground.world(), ground.stock(), order, plan, Some(&advice));
            [&draw::html::begin(&format!("Order {}", order.id)), &*body, draw::html::END].concat()
        })
    }
}

/// The document of a plan, as `volok.Plan`.
pub fn plan<'py>(
    py: Python<'py>,
    ground: &Arc<Ground>,
    order: Order,
    plan: Plan,
) -> PyResult<Bound<'py, PyAny>> {
    let document = documents::loaded(py, &ground.document(&order, &plan))?;
    shown(py, document, ground, order, plan)
}

/// A document of a plan that is written already, as `volok.Plan`.
pub fn shown<'py>(
    py: Python<'py>,
    document: Bound<'py, PyAny>,
    ground: &Arc<Ground>,
    order: Order,
    plan: Plan,
) -> PyResult<Bound<'py, PyAny>> {
    let drawing = Drawing { ground: ground.clone(), order, plan };
    py.import("volok._plan")?.getattr("Plan")?.call1((document, drawing))
}
