//! The recent events, by number. Pure.

use std::collections::VecDeque;
use std::sync::Arc;

use api::{Event, KnownRelease};

/// Events that are kept: an hour of a busy company, some megabytes.
const KEPT: usize = 4096;

/// Bytes of data that are kept; log lines of crashed containers may be long.
const KEPT_BYTES: usize = 8 << 20;

/// What somebody listens for; nothing means everything.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub(crate) service: Option<String>,
    pub(crate) environment: Option<String>,
}

/// An event with its data as it is sent.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) event: Event,
    pub(super) data: Vec<u8>,
}

/// What comes after a place.
#[derive(Debug)]
pub(super) enum Next {
    /// An event, with its number.
    Event(u64, Arc<Told>),
    /// Nothing up to this number.
    Nothing(u64),
    /// What came there is not known any more; this is the newest number.
    Gone(u64),
}

/// Events `first` to `newest`; the numbers begin with 1.
#[derive(Debug, Default)]
pub(super) struct Window {
    events: VecDeque<Arc<Told>>,
    bytes: usize,
    newest: u64,
}

impl Filter {
    fn lets(&self, event: &Event) -> bool {
        let (service, environment) = match event {
            Event::Release(release) => (&release.service, &release.environment),
            Event::Rollout(rollout) => (&rollout.service, &rollout.environment),
            Event::Reset => return true,
        };
        let is = |wanted: &Option<String>, given: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(given))
        };
        is(&self.service, service) && is(&self.environment, environment)
    }
}

impl Window {
    /// Adds an event, and forgets the oldest; the number of the new one.
    pub(super) fn push(&mut self, event: Event) -> serde_json::Result<u64> {
        let data = event.data()?;
        self.bytes += data.len();
        self.events.push_back(Arc::new(Told { event, data }));
        self.newest += 1;
        while self.events.len() > KEPT || (self.bytes > KEPT_BYTES && self.events.len() > 1) {
            let forgotten = self.events.pop_front();
            self.bytes -= forgotten.map_or(0, |told| told.data.len());
        }
        Ok(self.newest)
    }

    /// The next event after a place that the filter lets through.
    pub(super) fn after(&self, place: u64, filter: &Filter) -> Next {
        let before_first = self.newest - self.events.len() as u64;
        if place < before_first || place > self.newest {
            return Next::Gone(self.newest);
        }
        let seen = usize::try_from(place - before_first).unwrap_or(usize::MAX);
        let rest = (place + 1..).zip(self.events.iter().skip(seen));
        match rest.into_iter().find(|(_, told)| filter.lets(&told.event)) {
            Some((number, told)) => Next::Event(number, told.clone()),
            None => Next::Nothing(self.newest),
        }
    }

    /// The last that was said of a release, if that was its end.
    pub(super) fn ended(&self, id: &str) -> Option<KnownRelease> {
        let last = self.events.iter().rev().find_map(|told| match &told.event {
            Event::Release(release) if release.id == id => Some(&**release),
            Event::Release(_) | Event::Rollout(_) | Event::Reset => None,
        })?;
        last.state.is_final().then(|| last.clone())
    }
}

#[cfg(test)]
mod tests {
    use api::ReleaseState;

    use super::*;

    fn event(service: &str, state: ReleaseState) -> Event {
        let release = KnownRelease {
            id: service.to_owned(),
            service: service.to_owned(),
            environment: "dev".to_owned(),
            state,
            ..KnownRelease::default()
        };
        Event::Release(release.into())
    }

    fn numbers(window: &Window, mut place: u64, filter: &Filter) -> (Vec<u64>, u64) {
        let mut found = Vec::new();
        loop {
            match window.after(place, filter) {
                Next::Event(number, _) => {
                    found.push(number);
                    place = number;
                }
                Next::Nothing(newest) | Next::Gone(newest) => return (found, newest),
            }
        }
    }

    #[test]
    fn a_listener_gets_what_came_after_its_place() {
        let mut window = Window::default();
        let all = Filter::default();
        assert_eq!(numbers(&window, 0, &all), (vec![], 0));
        for service in ["a", "b", "a", "c"] {
            window.push(event(service, ReleaseState::Landed)).unwrap();
        }
        assert_eq!(numbers(&window, 0, &all), (vec![1, 2, 3, 4], 4));
        assert_eq!(numbers(&window, 3, &all), (vec![4], 4));
        let only = Filter { service: Some("A".into()), environment: Some("dev".into()) };
        assert_eq!(numbers(&window, 0, &only), (vec![1, 3], 4));
        let elsewhere = Filter { environment: Some("prod".into()), ..Filter::default() };
        assert_eq!(numbers(&window, 0, &elsewhere), (vec![], 4));
    }

    #[test]
    fn what_is_forgotten_is_said_to_be() {
        let mut window = Window::default();
        for _ in 0..KEPT + 2 {
            window.push(event("a", ReleaseState::Landed)).unwrap();
        }
        let newest = KEPT as u64 + 2;
        assert!(matches!(window.after(1, &Filter::default()), Next::Gone(at) if at == newest));
        assert!(matches!(window.after(2, &Filter::default()), Next::Event(3, _)));
        assert!(matches!(window.after(newest + 1, &Filter::default()), Next::Gone(_)), "of another run");
    }

    #[test]
    fn large_events_are_forgotten_sooner() {
        let mut window = Window::default();
        for _ in 0..40 {
            let large = KnownRelease { reason: "x".repeat(1 << 20), ..KnownRelease::default() };
            window.push(Event::Release(large.into())).unwrap();
        }
        assert!(window.bytes <= KEPT_BYTES && window.events.len() < 9);
    }

    #[test]
    fn an_end_is_remembered() {
        let mut window = Window::default();
        window.push(event("a", ReleaseState::Pending)).unwrap();
        assert_eq!(window.ended("a"), None);
        window.push(event("a", ReleaseState::Denied)).unwrap();
        assert_eq!(window.ended("a").unwrap().state, ReleaseState::Denied);
    }
}
