//! Uncapacitated facility location.
