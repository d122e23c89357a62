//! `hamctl`, the developers' command line.
//!
//! It asks the release manager and prints what it hears; it decides nothing, keeps nothing but a login, and needs
//! no access to Git or a cluster. Texts on standard output are those of the original byte for byte (spec, sections
//! 4.4 to 4.7); errors go to standard error, and the exit code tells the truth.
//!
//! ```text
//! args --> settings --> credentials --> server --+--> status, describe, policies   read and print
//!          shuttle.yaml  login                   +--> release, promote, rollback   ask, print, wait
//! ```
//!
//! Texts are made by pure functions of the wire types. Read [`Args`] for what can be asked, `run` for the way from
//! there to an exit code, `releasing` for how every release is asked for, and `CommandError` for what can go wrong.

mod args;
mod completion;
mod credentials;
mod describe;
mod duration;
mod environments;
mod error;
mod followed;
mod identity;
mod intent;
mod login;
mod output;
mod policies;
mod promote;
mod relative;
mod release;
mod releasing;
mod rollback;
mod rollout;
mod run;
mod server;
mod settings;
mod shuttle_yaml;
mod status;
mod suggest;
mod whoami;

pub use args::Args;
pub use run::run;
