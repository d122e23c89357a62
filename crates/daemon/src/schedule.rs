//! When to post the next event: retries with growing pauses, for one lane or for the server as a whole.
//!
//! A fault of one event (the server answers 500) holds up its lane alone. A server that is away, or asks for
//! patience, holds up everything, and is then asked with one event at a time until it takes one.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

/// The pause after the first failure.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// The longest pause, unless the server asks for a longer one.
const MAX_PAUSE: Duration = Duration::from_secs(30);
/// What the server may ask for at most.
const MAX_ASKED: Duration = Duration::from_secs(600);
/// Posts under way at once: enough to hide the server's latency, too few to trouble it.
const MAX_IN_FLIGHT: usize = 8;

/// How a post ended, as far as the order of things is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The entry is done with.
    Settled,
    /// This event failed; another may well succeed.
    EventFailed,
    /// No event would have succeeded.
    ServerAway {
        /// The pause the server asked for.
        retry_after: Option<Duration>,
    },
}

/// The pauses.
#[derive(Debug, Default)]
pub struct Schedule {
    lanes: HashMap<Arc<str>, Lane>,
    in_flight: usize,
    server: Pause,
}

#[derive(Debug, Default)]
struct Lane {
    is_in_flight: bool,
    pause: Pause,
}

#[derive(Clone, Copy, Debug, Default)]
struct Pause {
    failures: u32,
    until: Option<Instant>,
}

impl Pause {
    fn is_over(self, now: Instant) -> bool {
        self.until.is_none_or(|until| until <= now)
    }

    /// `chance` is a random number from 0 to 1: half of the pause is left to it, so that many daemons do not come
    /// back at once.
    fn grow(&mut self, asked: Option<Duration>, now: Instant, chance: f64) {
        let full = FIRST_PAUSE.saturating_mul(1 << self.failures.min(16)).min(MAX_PAUSE);
        let own = full.mul_f64(0.5 + 0.5 * chance.clamp(0.0, 1.0));
        self.failures = self.failures.saturating_add(1);
        self.until = Some(now + own.max(asked.unwrap_or_default().min(MAX_ASKED)));
    }
}

impl Schedule {
    /// Whether one more post may be started.
    #[must_use]
    pub fn has_room(&self, now: Instant) -> bool {
        let limit = if self.server.failures == 0 { MAX_IN_FLIGHT } else { 1 };
        self.in_flight < limit && self.server.is_over(now)
    }

    /// Whether the first entry of a lane may be posted.
    #[must_use]
    pub fn is_ready(&self, lane: &str, now: Instant) -> bool {
        self.lanes.get(lane).is_none_or(|lane| !lane.is_in_flight && lane.pause.is_over(now))
    }

    /// A post has been started.
    pub fn start(&mut self, lane: &Arc<str>) {
        self.lanes.entry(Arc::clone(lane)).or_default().is_in_flight = true;
        self.in_flight += 1;
    }

    /// A post has ended.
    pub fn end(&mut self, lane: &str, ended: Ended, now: Instant, chance: f64) {
        self.in_flight = self.in_flight.saturating_sub(1);
        match ended {
            Ended::Settled => {
                self.lanes.remove(lane);
                self.server = Pause::default();
            }
            Ended::EventFailed => {
                if let Some(lane) = self.lanes.get_mut(lane) {
                    lane.is_in_flight = false;
                    lane.pause.grow(None, now, chance);
                }
                self.server = Pause::default();
            }
            Ended::ServerAway { retry_after } => {
                if let Some(lane) = self.lanes.get_mut(lane) {
                    lane.is_in_flight = false;
                }
                self.hold(retry_after, now, chance);
            }
        }
    }

    /// Nothing can be posted at present.
    pub fn hold(&mut self, asked: Option<Duration>, now: Instant, chance: f64) {
        // Eight posts that fail together are one failure.
        if self.server.is_over(now) {
            self.server.grow(asked, now, chance);
        }
    }

    /// The end of the next pause.
    #[must_use]
    pub fn wake_at(&self, now: Instant) -> Option<Instant> {
        let lanes = self.lanes.values().filter_map(|lane| lane.pause.until);
        lanes.chain(self.server.until).filter(|until| *until > now).min()
    }

    /// How often in a row the server was away.
    #[must_use]
    pub fn failures(&self) -> u32 {
        self.server.failures
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AWAY: Ended = Ended::ServerAway { retry_after: None };

    fn lane(name: &str) -> Arc<str> {
        Arc::from(name)
    }

    #[test]
    fn one_lane_has_one_post_under_way() {
        let (mut schedule, now) = (Schedule::default(), Instant::now());
        schedule.start(&lane("a"));
        assert!(!schedule.is_ready("a", now));
        assert!(schedule.is_ready("b", now) && schedule.has_room(now));
        schedule.end("a", Ended::Settled, now, 0.0);
        assert!(schedule.is_ready("a", now));
        assert_eq!(schedule.wake_at(now), None);
    }

    #[test]
    fn a_failing_event_holds_up_its_lane_alone_and_longer_each_time() {
        let (mut schedule, now) = (Schedule::default(), Instant::now());
        let mut pauses = Vec::new();
        for _ in 0..8 {
            schedule.start(&lane("a"));
            schedule.end("a", Ended::EventFailed, now, 1.0);
            assert!(!schedule.is_ready("a", now));
            assert!(schedule.is_ready("b", now) && schedule.has_room(now));
            pauses.push(schedule.wake_at(now).expect("a pause").duration_since(now).as_millis());
        }
        assert_eq!(pauses, [500, 1000, 2000, 4000, 8000, 16000, 30000, 30000]);
    }

    #[test]
    fn a_server_that_is_away_holds_up_everything_and_is_then_asked_once() {
        let (mut schedule, now) = (Schedule::default(), Instant::now());
        for name in ["a", "b"] {
            schedule.start(&lane(name));
        }
        schedule.end("a", AWAY, now, 0.0);
        schedule.end("b", AWAY, now, 0.0);
        assert_eq!(schedule.failures(), 1, "two posts of one outage");
        assert!(!schedule.has_room(now));
        let later = schedule.wake_at(now).expect("a pause");
        assert_eq!(later.duration_since(now), FIRST_PAUSE / 2);
        assert!(schedule.has_room(later) && schedule.is_ready("a", later));
        schedule.start(&lane("a"));
        assert!(!schedule.has_room(later), "one probe at a time");
        schedule.end("a", Ended::Settled, later, 0.0);
        schedule.start(&lane("a"));
        assert!(schedule.has_room(later));
    }

    #[test]
    fn the_server_may_ask_for_a_longer_pause_but_not_for_ever() {
        for (asked, pause) in [(0, 500), (7_000, 7_000), (10_000_000, 600_000)] {
            let (mut schedule, now) = (Schedule::default(), Instant::now());
            schedule.start(&lane("a"));
            let ended = Ended::ServerAway { retry_after: Some(Duration::from_millis(asked)) };
            schedule.end("a", ended, now, 1.0);
            let wake = schedule.wake_at(now).expect("a pause");
            assert_eq!(wake.duration_since(now), Duration::from_millis(pause), "asked for {asked} ms");
        }
    }

    #[test]
    fn at_most_eight_posts_are_under_way() {
        let (mut schedule, now) = (Schedule::default(), Instant::now());
        for n in 0..MAX_IN_FLIGHT {
            assert!(schedule.has_room(now), "{n}");
            schedule.start(&lane(&n.to_string()));
        }
        assert!(!schedule.has_room(now));
    }
}
