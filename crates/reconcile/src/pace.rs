//! How many requests may be under way: as many as the API server likes.

/// Requests under way at most; more gains nothing on any server we measured.
const MOST: f64 = 32.0;

/// A limit that grows by one a round while all is well and halves when the server asks us to slow down.
#[derive(Clone, Debug)]
pub struct Pace {
    limit: f64,
    in_flight: usize,
    /// Requests that were already under way at the last cut: their answers are old news.
    old: usize,
    is_paused: bool,
}

impl Default for Pace {
    fn default() -> Self {
        Self { limit: MOST / 2.0, in_flight: 0, old: 0, is_paused: false }
    }
}

impl Pace {
    /// Takes a place for a request, if there is one.
    pub fn start(&mut self) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "never more than a few dozen")]
        let may = !self.is_paused && (self.in_flight as f64) + 1.0 <= self.limit;
        if may {
            self.in_flight += 1;
        }
        may
    }

    /// A request was answered, whatever the answer, and the server did not complain.
    pub fn ended(&mut self) {
        self.leave();
        self.limit = (self.limit + 1.0 / self.limit).min(MOST);
    }

    /// The server asked us to slow down. Returns whether this is news: then nothing starts until
    /// [`Self::resume`].
    pub fn throttled(&mut self) -> bool {
        let is_news = self.old == 0;
        self.leave();
        if is_news {
            self.limit = (self.limit / 2.0).max(1.0);
            self.old = self.in_flight;
            self.is_paused = true;
        }
        is_news
    }

    /// The time the server asked for is over.
    pub fn resume(&mut self) {
        self.is_paused = false;
    }

    /// Requests under way.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.in_flight
    }

    /// Requests that may be under way now.
    #[must_use]
    pub fn limit(&self) -> usize {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 1 and a few dozen"
        )]
        let limit = self.limit as usize;
        limit
    }

    fn leave(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
        self.old = self.old.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(pace: &mut Pace) -> usize {
        std::iter::from_fn(|| pace.start().then_some(())).count()
    }

    #[test]
    fn it_grows_while_all_is_well_and_never_beyond_the_most() {
        let mut pace = Pace::default();
        for _ in 0..2000 {
            assert!(pace.start());
            pace.ended();
        }
        assert_eq!(fill(&mut pace), 32);
    }

    #[test]
    fn one_wave_of_complaints_is_one_cut() {
        let mut pace = Pace::default();
        assert_eq!(fill(&mut pace), 16);
        let news = (0..16).filter(|_| pace.throttled()).count();
        assert_eq!((news, pace.limit()), (1, 8));
        assert!(!pace.start(), "nothing starts while the server wants a rest");
        pace.resume();
        assert_eq!(fill(&mut pace), 8);
    }

    #[test]
    fn one_request_always_may() {
        let mut pace = Pace::default();
        for _ in 0..20 {
            fill(&mut pace);
            while pace.in_flight() > 0 {
                pace.throttled();
            }
            pace.resume();
        }
        assert_eq!(fill(&mut pace), 1);
    }
}
