//! The gate: whether a change may be written to the config repository.
//!
//! Every way to change an environment (a person's release, a promotion, a rollback, an auto-release) and every
//! change of a policy passes through one of two pure functions, [`decide_release()`] and [`decide_policy()`]. They
//! take the change and the facts at the commit it would be built on, and answer with a proof, [`Approved`], or
//! with every reason against. The writer of the config repository asks for that proof, and only this crate can
//! make it: a path that writes without the gate does not compile.
//!
//! ```text
//! Release ---+
//!            +--> decide_release --> Verdict::Approved(Approved<Release>) --> the writer
//! Facts -----+                  \--> Verdict::Denied(Denied { reasons })  --> the person
//! ```
//!
//! It reads nothing: no Git, no clock, no disk. Read [`Release`], [`ReleaseFacts`], [`Approved`]; [`PolicyFile`] is
//! what is stored.

mod approved;
mod decide_policy;
mod decide_release;
mod file;
mod globals;
mod reason;
mod restriction;

pub use approved::Approved;
pub use decide_policy::{PolicyChange, PolicyChangeKind, PolicyFacts, PolicyVerdict, decide_policy};
pub use decide_release::{Release, ReleaseFacts, Verdict, decide_release};
pub use file::{AutoRelease, BranchRestriction, PolicyFile, PolicyFileError};
pub use globals::{GlobalRestriction, GlobalRestrictionError, parse_global_restrictions};
pub use reason::{Denied, Reason};
pub use restriction::{Effective, effective};
