//! `hamctl`, the developers' command line.
//!
//! It asks the release manager and prints what it hears; it decides nothing, keeps nothing but a login and a list of
//! servers, and needs no access to Git or a cluster. Texts on standard output are those of the original byte for byte
//! (spec, sections 4.4 to 4.7), cut to the screen where there is one; errors go to standard error, and the exit code
//! tells the truth.
//!
//! ```text
//! args --> settings --> credentials --> server --+--> status, diff, history, describe, policies  read and print
//!          config_file  login                    +--> release, promote, rollback                 ask, print, wait
//!          shuttle.yaml
//! ```
//!
//! Texts are made by pure functions of the wire types. Read [`Args`] for what can be asked, `run` for the way from
//! there to an exit code, `releasing` for how every release is asked for, and `CommandError` for what can go wrong.

mod args;
mod misused;
mod run;

mod config_file;
mod credentials;
mod duration;
mod identity;
mod login;
mod settings;
mod shuttle_yaml;

mod error;
mod output;
mod server;
mod suggest;

mod environments;
mod fitted;
mod intent;
mod known;
mod relative;
mod rollout;
mod table;
mod template;

mod describe;
mod diff;
mod history;
mod policies;
mod queue;
mod services;
mod status;

mod dry_run;
mod followed;
mod promote;
mod release;
mod releasing;
mod rollback;

mod completion;
mod config;
mod doctor;
mod man;
mod version;
mod whoami;

pub use args::Args;
pub use config_file::{ConfigFile, ConfigFileError, Profile};
pub use login::StoredToken;
pub use run::run;
pub use shuttle_yaml::ShuttleYaml;
