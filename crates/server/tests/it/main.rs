//! The built server against real parts: Git host, S3, SQS, identity provider, Slack.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a failed step ends the test")]

mod auto_release;
mod bed;
mod broker;
mod bypass;
mod counted;
mod crash;
mod errors;
mod events;
mod flood;
mod flow;
mod foretold;
mod identity;
mod limits;
mod make;
mod openapi;
mod operations;
mod outage;
mod outage_disk;
mod overload;
mod pushed;
mod raw;
mod reads;
mod reports;
mod rollout;
mod rollouts_of_two;
mod s3;
mod signing;
mod stop;
mod told;
mod traces;
mod unknown_keys;
mod uploads;
mod wire;
