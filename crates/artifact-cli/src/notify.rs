//! Telling Slack how a build goes. Whatever fails here is said and forgotten: a build does not depend on Slack.

use artifact::ArtifactSpec;
use terminal::Terminal;

use crate::folder::{Folder, FolderError};
use crate::mappings::Mappings;
use crate::message::Message;
use crate::slack::{Slack, SlackError};

/// Where everybody sees how builds end.
const BUILDS: &str = "#builds";

/// Why Slack was not told.
#[derive(Debug, thiserror::Error)]
enum NotifyError {
    #[error(transparent)]
    Folder(#[from] FolderError),
    #[error(transparent)]
    Slack(#[from] SlackError),
    #[error("the message of this build is not known: `artifact init` could not post it")]
    NoMessage,
}

/// Tells Slack about the build in a folder.
#[derive(Debug)]
pub(crate) struct Notifier<'a> {
    pub(crate) slack: Slack,
    pub(crate) folder: &'a Folder,
    pub(crate) terminal: &'a Terminal,
}

impl Notifier<'_> {
    /// Posts the first message to the author; silent when that fails, as later steps will say so.
    pub(crate) async fn begun(&self, spec: &ArtifactSpec, mappings: &Mappings) {
        let author = &spec.application.author_email;
        if author.is_empty() || !mappings.is_company(author) {
            return;
        }
        let mut message = Message::first(spec);
        let Ok(person) = self.slack.person(author).await else { return };
        if self.slack.post(&person, &mut message).await.is_ok() {
            self.say("Error notifying slack", self.remember(&message));
        }
    }

    /// Changes the message. `trouble` introduces what is said when that fails.
    pub(crate) async fn change(&self, trouble: &str, change: impl FnOnce(&mut Message)) {
        self.say(trouble, self.try_change(change).await);
    }

    /// Posts the end of a build where everybody sees it.
    pub(crate) async fn tell_everybody(&self, trouble: &str, spec: &ArtifactSpec, succeeded: bool) {
        let mut message = Message::for_everybody(spec, succeeded);
        self.say(trouble, self.slack.post(BUILDS, &mut message).await.map_err(NotifyError::from));
    }

    /// Remembers the change before Slack is told, so that a line Slack missed comes with the next one; holds the
    /// lock meanwhile, so that steps at the same time reach Slack in the order of the file.
    async fn try_change(&self, change: impl FnOnce(&mut Message)) -> Result<(), NotifyError> {
        let locked = self.folder.lock()?;
        let mut message = locked.message()?.ok_or(NotifyError::NoMessage)?;
        change(&mut message);
        locked.write_message(&message)?;
        self.slack.update(&message).await?;
        drop(locked);
        Ok(())
    }

    fn remember(&self, message: &Message) -> Result<(), NotifyError> {
        Ok(self.folder.lock()?.write_message(message)?)
    }

    fn say(&self, trouble: &str, outcome: Result<(), NotifyError>) {
        if let Err(error) = outcome {
            self.terminal.talk(format_args!("{trouble}: {}", explain::chain(&error).join(": ")));
        }
    }
}
