#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzzed::s3_event(bytes));
