//! Faults of a repository, as the hooks that real hosts have: a push refused, or lost at the worst moment.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Repository;
use crate::PartError;
use crate::service::write;

/// Runs before anything of a push is kept.
const BEFORE: &str = "pre-receive";

/// Runs in each step of changing references; the step is its argument.
const CHANGING: &str = "reference-transaction";

/// Prints its message, which is a file of its own so that no shell reads it.
const REJECT: &str = "#!/bin/sh\ncat \"$0.message\" >&2\nexit 1\n";

/// Kills the receiving process, once, before it has kept anything.
const DIE_BEFORE: &str = "#!/bin/sh\nrm -f \"$0\"\nkill -KILL \"$PPID\"\n";

/// Kills the receiving process, once, when a branch has moved and nobody has been told.
const DIE_AFTER: &str = "#!/bin/sh\n\
     [ \"$1\" = committed ] || exit 0\n\
     grep -q ' refs/heads/' || exit 0\n\
     rm -f \"$0\"\n\
     kill -KILL \"$PPID\"\n";

impl Repository {
    /// Refuses every push from now on, with this message, as a server-side policy does.
    ///
    /// # Errors
    /// When the hook cannot be written.
    pub fn reject_pushes(&self, message: &str) -> Result<(), PartError> {
        write(&self.hook(BEFORE).with_extension("message"), format!("{message}\n"))?;
        install(&self.hook(BEFORE), REJECT)
    }

    /// Takes this long over every push from now on, as a busy host does.
    ///
    /// # Errors
    /// When the hook cannot be written.
    pub fn slow_pushes(&self, by: Duration) -> Result<(), PartError> {
        install(&self.hook(BEFORE), &format!("#!/bin/sh\nsleep {}\n", by.as_secs()))
    }

    /// The next push fails and has not landed: the host dies with the objects in its hand.
    ///
    /// # Errors
    /// When the hook cannot be written.
    pub fn lose_next_push(&self) -> Result<(), PartError> {
        install(&self.hook(BEFORE), DIE_BEFORE)
    }

    /// The next push fails and *has* landed: the host dies before it can say so.
    ///
    /// # Errors
    /// When the hook cannot be written.
    pub fn lose_next_answer(&self) -> Result<(), PartError> {
        install(&self.hook(CHANGING), DIE_AFTER)
    }

    /// Undoes the switches above.
    ///
    /// # Errors
    /// When a hook is there and cannot be removed.
    pub fn accept_pushes(&self) -> Result<(), PartError> {
        for hook in [BEFORE, CHANGING].map(|name| self.hook(name)) {
            if hook.exists() {
                fs::remove_file(&hook).map_err(PartError::io(format!("remove {}", hook.display())))?;
            }
        }
        Ok(())
    }

    fn hook(&self, name: &str) -> PathBuf {
        self.path.join("hooks").join(name)
    }
}

/// Puts a hook in place as a whole: a push that runs meanwhile sees all of it or nothing.
fn install(hook: &Path, script: &str) -> Result<(), PartError> {
    let draft = hook.with_extension("draft");
    write(&draft, script)?;
    fs::set_permissions(&draft, fs::Permissions::from_mode(0o755))
        .and_then(|()| fs::rename(&draft, hook))
        .map_err(PartError::io(format!("install {}", hook.display())))
}
