//! Plans that are right, and each way to make one wrong.
