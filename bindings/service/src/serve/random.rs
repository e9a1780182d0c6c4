//! Numbers nobody can guess: request ids, keys of requests that came without one, secrets of tokens.

/// So many random bytes, as hexadecimal digits; nothing where the system has none to give.
pub fn hex<const N: usize>() -> Option<String> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).ok()?;
    Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
