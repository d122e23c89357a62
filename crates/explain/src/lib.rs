//! What an error tells a person: what failed, why, and the next step.
//!
//! Every error a program can end with implements [`Explain`]. Its [`Kind`] decides, in one table, the exit code
//! of a command, the status of an HTTP answer and whether trying again can help; its next step becomes the hint
//! under the message. The message itself is the error's `Display`, the reasons are its `source` chain.
//!
//! This crate never prints, never exits and knows no program. Read [`Explain`], [`Kind`], then [`Report`].

mod kind;
mod report;

pub use kind::Kind;
pub use report::{Explain, Report, chain};
