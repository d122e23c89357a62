//! A local bare mirror of one branch of one Git remote; or of many branches, as they were first seen.
//!
//! Reading needs no checkout: a [`Snapshot`] answers from the object database. Writing needs no working copy: a
//! [`Batch`] builds blobs, trees and commits in memory, any number of commits on top of each other, and
//! [`Mirror::push`] stores them as one pack and sends them with one `git push`. The remote branch is the only
//! truth: our own branch moves only to what the remote has shown or accepted.
//!
//! ```text
//!   remote --fetch--> Mirror --reader()--> Reader --snapshot()--> Snapshot     (any thread)
//!      ^                 |
//!      '---- push() -----+--batch()--> Batch: commit, commit, commit           (one writer)
//! ```
//!
//! Fetch and push run the `git` program, so that credentials, SSH settings, proxies and protocols are Git's own;
//! everything else is done in process. Nothing here knows what the files of a repository mean, and no type of the
//! Git library leaves this crate. The mirror is a cache: deleted or damaged, it comes back from the remote.
//!
//! An [`Archive`] is the mirror for a remote where every branch is one thing that never changes.
//!
//! Everything blocks. Read [`Remote`], [`Mirror`], [`Snapshot`], then [`Batch`].

mod archive;
mod batch;
mod delta;
mod error;
mod git;
mod history;
mod id;
mod mirror;
mod open;
mod pack;
mod path;
mod porcelain;
mod push;
mod reader;
mod remote;
mod send_pack;
mod sign;
mod tls;
mod tree_edit;

pub use archive::{Archive, ArchiveReader, ArchiveSource, Moved};
pub use batch::{Batch, Change, NewCommit};
pub use error::{Error, RemoteError};
pub use history::{Commit, History, Signature};
pub use id::{BlobId, CommitId, InvalidId, TreeId};
pub use mirror::{Fetched, Mirror, Movement, Tidying};
pub use path::{InvalidPath, TreePath};
pub use push::{Push, PushOutcome};
pub use reader::{Entry, EntryKind, FileChange, Reader, Snapshot};
pub use remote::{Branch, Credentials, InvalidRemote, Remote, RemoteUrl};
pub use sign::{GpgError, GpgSigner, SignError, Signer, SshSigner};
pub use tls::{InvalidTls, Tls};
