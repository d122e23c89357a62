//! What is told of the writing, for those who count it.

use std::time::Duration;

use git_mirror::PushOutcome;

/// Something that happened to the requests of a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Observed {
    /// A request goes out with a push for the first time, so long after it was made.
    Waited(Duration),
    /// A batch was pushed.
    Pushed {
        /// How many requests it carried.
        requests: usize,
        /// How long the remote took to answer.
        took: Duration,
        /// What it answered.
        end: PushEnd,
    },
    /// Others had pushed first, so a batch is decided and built again.
    Conflict {
        /// How many requests it carried.
        requests: usize,
    },
}

/// How a push ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PushEnd {
    /// The remote has it.
    Landed,
    /// The remote's branch was elsewhere, or was being moved.
    Lost,
    /// The remote does not want it.
    Refused,
    /// The remote was not reached.
    Unreachable,
    /// The answer was lost; whether it landed is found out next.
    Unknown,
    /// It failed before it was sent.
    Failed,
}

impl PushEnd {
    /// Every end there is.
    pub const ALL: [Self; 6] =
        [Self::Landed, Self::Lost, Self::Refused, Self::Unreachable, Self::Unknown, Self::Failed];

    /// As metrics and spans name it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Landed => "landed",
            Self::Lost => "lost",
            Self::Refused => "refused",
            Self::Unreachable => "unreachable",
            Self::Unknown => "unknown",
            Self::Failed => "failed",
        }
    }
}

impl From<&Result<PushOutcome, git_mirror::Error>> for PushEnd {
    fn from(outcome: &Result<PushOutcome, git_mirror::Error>) -> Self {
        match outcome {
            Ok(PushOutcome::Pushed) => Self::Landed,
            Ok(PushOutcome::Lost(_)) => Self::Lost,
            Ok(PushOutcome::Refused(_)) => Self::Refused,
            Ok(PushOutcome::Unreachable(_)) => Self::Unreachable,
            Ok(PushOutcome::Unknown(_)) => Self::Unknown,
            Err(_) => Self::Failed,
        }
    }
}
