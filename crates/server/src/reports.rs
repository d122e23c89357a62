//! What daemons report, from the durable queue to what it leads to.
//!
//! ```text
//! POST /webhook/daemon/... --> accept (queue, fsync) --> work --> rollouts: does it say anything new?
//!                                                          +--> notices and events, as the item is finished
//! ```
//!
//! A report is accepted when it is in the queue. The file of rollouts remembers which report it took in last, so that
//! one that was interrupted before its notices were in the queue is found to be news again, and is told once.

mod about;
mod accept;
mod item;
mod work;

pub(crate) use accept::{Accepted, accept};
pub(crate) use item::{REPORT, ReportItem};
pub(crate) use work::work;
