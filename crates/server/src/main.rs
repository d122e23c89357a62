//! `release-manager`: the server. All of it is in the library beside this file.

use std::process::ExitCode;

/// Hands out memory to many threads, and gives back to the system what is no longer used.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    server::main(std::env::args_os())
}
