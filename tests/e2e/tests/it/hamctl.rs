//! Every command of hamctl against a live server on a real Git host.
//!
//! Few stages, and many facts on each: setting one takes longer than all that is asked there.

mod completes;
mod data;
mod logs_in;
mod looks;
mod queues;
mod releases;
mod waits;
mod world;
