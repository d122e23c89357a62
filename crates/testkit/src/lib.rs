//! Real parts for tests and for the demo.
//!
//! A test that needs a Git host, a queue or an identity provider gets a real one from here, or a double that
//! speaks the real protocol, on loopback and on a port of its own:
//!
//! ```text
//! client under test --> FaultProxy (down, slow, silent, cut) --> GitHost | RabbitMq | S3 | ...
//! ```
//!
//! Each part is a handle: dropping it stops its tasks, kills its processes and removes its files. A process dies
//! with us even when we are killed ([`Service`]). Nothing here sleeps to wait: [`wait`] polls a condition until a
//! deadline and reports the last state it saw, and what a double received is awaited through [`Recorder`].
//!
//! This crate knows wire formats only: it must never depend on an engine or a program of ours, or a fault would be
//! on both sides of the test. Read [`GitHost`], [`FaultProxy`], then [`PartError`].

mod error;
mod http;
mod port;
mod service;
mod tool;

pub mod git;
pub mod github;
pub mod grafana;
pub mod oidc;
pub mod proxy;
pub mod rabbitmq;
pub mod receiver;
pub mod recorder;
pub mod s3;
pub mod slack;
pub mod sqs;
pub mod tls;
pub mod wait;

pub use error::PartError;
pub use git::{Access, GitHost, Repository};
pub use github::GitHub;
pub use grafana::Grafana;
pub use oidc::Issuer;
pub use port::Port;
pub use proxy::{FaultProxy, HttpFaultProxy};
pub use rabbitmq::RabbitMq;
pub use receiver::Receiver;
pub use recorder::Recorder;
pub use s3::S3;
pub use service::{Launch, Service};
pub use slack::Slack;
pub use sqs::Moto;
pub use tls::TlsDoor;
