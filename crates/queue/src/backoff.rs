//! How long to wait before the next try.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use crate::ItemId;

/// Waits that double from the first to the longest, each shortened by up to a half so that items that failed together
/// do not come back together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// After the first failure.
    pub first: Duration,
    /// Never more than this.
    pub longest: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { first: Duration::from_millis(500), longest: Duration::from_secs(60) }
    }
}

impl Backoff {
    /// The wait after `attempts` failures.
    pub(crate) fn wait(self, id: ItemId, attempts: u32) -> Duration {
        let doublings = attempts.saturating_sub(1).min(16);
        let full = self.first.saturating_mul(1 << doublings).min(self.longest);
        let mut hasher = DefaultHasher::new();
        (id, attempts).hash(&mut hasher);
        let share = u32::try_from(hasher.finish() % 500).unwrap_or_default();
        full - full * share / 1000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_limit_and_differ_between_items() {
        let backoff = Backoff { first: Duration::from_secs(1), longest: Duration::from_secs(60) };
        for attempts in 1_u32..100 {
            let full = Duration::from_secs(1 << (attempts.min(7) - 1)).min(backoff.longest);
            let wait = backoff.wait(ItemId(7), attempts);
            assert!(wait <= full && wait * 2 >= full, "{attempts}: {wait:?} of {full:?}");
        }
        let waits: std::collections::HashSet<Duration> =
            (0..20).map(|id| backoff.wait(ItemId(id), 3)).collect();
        assert!(waits.len() > 10);
    }
}
