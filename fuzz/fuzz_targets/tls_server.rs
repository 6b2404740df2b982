#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bhrh_fuzz::tls_server::check(bytes));
