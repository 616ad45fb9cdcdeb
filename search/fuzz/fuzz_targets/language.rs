#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| mcdewey_search_fuzz::language(bytes));
