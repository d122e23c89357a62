//! The program on a real cluster, with real pods that come up, crash, and run out of memory.

mod program;
mod story;
