//! The store over a folder, over a real S3 protocol server and over a real Git host.
#![expect(clippy::unwrap_used, reason = "a failed step ends the test")]

mod branches;
mod listing;
mod local;
mod make;
mod s3;
