//! Who is told how far work is: a function of the caller, or a bar.

use pyo3::prelude::*;

/// Someone who is told; the bar is closed however the work ends.
pub struct Progress<'py>(Option<Bound<'py, PyAny>>);

impl<'py> Progress<'py> {
    /// `True` asks for a bar (of `tqdm`, when it is installed), a function is called with (done, total).
    pub fn of(py: Python<'py>, asked: Option<&Bound<'py, PyAny>>, total: usize) -> PyResult<Progress<'py>> {
        let Some(asked) = asked else { return Ok(Progress(None)) };
        let told = py.import("volok._progress")?.getattr("reporter")?.call1((asked, total))?;
        Ok(Progress(if told.is_none() { None } else { Some(told) }))
    }

    /// The function to call.
    pub fn tell(&self) -> Option<&Bound<'py, PyAny>> {
        self.0.as_ref()
    }
}

impl Drop for Progress<'_> {
    fn drop(&mut self) {
        if let Some(told) = &self.0
            && let Ok(close) = told.getattr("close")
        {
            // A bar that cannot be closed is no reason to lose what was planned.
            let _ = close.call0();
        }
    }
}
