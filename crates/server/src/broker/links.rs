//! How it stands with the connections, for who asks whether the server is well.

use std::sync::{Mutex, PoisonError};

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Direction {
    /// To tell the exchange.
    Publish,
    /// To hear from the queue.
    Consume,
}

impl Direction {
    const ALL: [Self; 2] = [Self::Publish, Self::Consume];

    /// Its name in metrics and the log.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Publish => "publish",
            Self::Consume => "consume",
        }
    }
}

/// Why each connection is down; nothing for one that is up, or that nobody wants.
#[derive(Debug, Default)]
pub(crate) struct Links([Mutex<Option<String>>; 2]);

impl Links {
    /// It is up.
    pub(super) fn up(&self, direction: Direction) {
        *self.lock(direction) = None;
    }

    /// It is down; whether that, or the reason, is new.
    pub(super) fn down(&self, direction: Direction, reason: String) -> bool {
        let mut known = self.lock(direction);
        let news = known.as_ref() != Some(&reason);
        *known = Some(reason);
        news
    }

    /// What is down, one line each.
    pub(crate) fn problems(&self) -> Vec<String> {
        Direction::ALL
            .into_iter()
            .filter_map(|direction| {
                let reason = self.lock(direction).clone()?;
                let what = match direction {
                    Direction::Publish => "events wait until RabbitMQ is back",
                    Direction::Consume => "messages wait at RabbitMQ",
                };
                Some(format!("{what}: {reason}"))
            })
            .collect()
    }

    fn lock(&self, direction: Direction) -> std::sync::MutexGuard<'_, Option<String>> {
        let [publish, consume] = &self.0;
        let link = match direction {
            Direction::Publish => publish,
            Direction::Consume => consume,
        };
        link.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_down_is_said_until_it_is_up() {
        let links = Links::default();
        assert!(links.problems().is_empty());
        assert!(links.down(Direction::Publish, "refused".into()));
        assert!(!links.down(Direction::Publish, "refused".into()));
        assert!(links.down(Direction::Consume, "refused".into()));
        assert!(links.down(Direction::Publish, "silent".into()));
        assert_eq!(
            links.problems(),
            ["events wait until RabbitMQ is back: silent", "messages wait at RabbitMQ: refused"]
        );
        Direction::ALL.into_iter().for_each(|direction| links.up(direction));
        assert!(links.problems().is_empty());
    }
}
