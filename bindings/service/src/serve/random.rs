//! Numbers nobody can guess: request ids, keys of requests that came without one, secrets of tokens.

/// So many random bytes; nothing where the system has none to give.
pub fn bytes<const N: usize>() -> Option<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).ok().map(|()| bytes)
}

/// So many random bytes, as hexadecimal digits.
pub fn hex<const N: usize>() -> Option<String> {
    Some(bytes::<N>()?.iter().map(|byte| format!("{byte:02x}")).collect())
}
