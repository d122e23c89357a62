//! Figures, and how they are shown.

use std::fmt;
use std::time::Duration;

/// A table of figures, in Markdown: what is read on the terminal is what stands in the book.
#[derive(Debug, Default)]
pub(crate) struct Figures(Vec<Row>);

#[derive(Debug)]
struct Row {
    what: String,
    figure: String,
    limit: String,
    bar: String,
}

impl Figures {
    /// Adds a figure, the limit it stands beside, and the bar it is held against.
    pub(crate) fn add(&mut self, what: &str, figure: String, limit: String, bar: &str) {
        self.0.push(Row { what: what.to_owned(), figure, limit, bar: bar.to_owned() });
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| What | Figure | Limit in the same run | Bar |\n|---|---|---|---|")?;
        for Row { what, figure, limit, bar } in &self.0 {
            writeln!(f, "| {what} | {figure} | {limit} | {bar} |")?;
        }
        Ok(())
    }
}

/// Times of one thing done many times.
#[derive(Debug, Default)]
pub(crate) struct Times(Vec<Duration>);

impl Times {
    /// Adds one.
    pub(crate) fn add(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// The time that this share of all did not exceed, from 0 to 100.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort();
        let last = sorted.len().saturating_sub(1);
        sorted.get((last * percent).div_ceil(100)).copied().unwrap_or_default()
    }

    /// `median 12.3 ms, p99 20.1 ms (50 runs)`
    pub(crate) fn summary(&self) -> String {
        let (median, p99) = (self.percentile(50), self.percentile(99));
        format!("median {}, p99 {} ({} runs)", milliseconds(median), milliseconds(p99), self.0.len())
    }
}

/// A duration for a table.
pub(crate) fn milliseconds(time: Duration) -> String {
    let value = time.as_secs_f64() * 1000.0;
    if value < 100.0 { format!("{value:.1} ms") } else { format!("{value:.0} ms") }
}

/// How many times as long `a` is as `b`.
pub(crate) fn ratio(a: Duration, b: Duration) -> String {
    format!("{:.2} x", a.as_secs_f64() / b.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_members_of_the_sample() {
        let mut times = Times::default();
        (1..=100).for_each(|ms| times.add(Duration::from_millis(ms)));
        assert_eq!(times.percentile(0), Duration::from_millis(1));
        assert_eq!(times.percentile(50), Duration::from_millis(51));
        assert_eq!(times.percentile(99), Duration::from_millis(100));
        assert_eq!(Times::default().percentile(50), Duration::ZERO);
    }
}
