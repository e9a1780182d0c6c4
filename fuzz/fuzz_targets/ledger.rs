#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| volok_fuzz::ledger(bytes));
