//! The store over a folder and over a real S3 protocol server.
#![expect(clippy::unwrap_used, reason = "a failed step ends the test")]

mod listing;
mod local;
mod make;
mod s3;
