//! Volok for Python.
