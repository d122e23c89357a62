//! Days and hours of a calendar that has no time zones.

const DAY: i64 = 86_400;

/// A date and a time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Civil {
    pub(super) year: i64,
    /// From 1.
    pub(super) month: i64,
    pub(super) day: i64,
    pub(super) hour: i64,
    pub(super) minute: i64,
    pub(super) second: i64,
    /// From Sunday, 0.
    pub(super) weekday: i64,
    /// From 1.
    pub(super) year_day: i64,
}

impl Civil {
    /// The date of seconds since 1970, by the Gregorian calendar in all directions.
    pub(super) fn of(seconds: i64) -> Self {
        let (days, of_day) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
        let (year, month, day) = date(days);
        let new_year = days_before(year);
        Self {
            year,
            month,
            day,
            hour: of_day / 3600,
            minute: of_day / 60 % 60,
            second: of_day % 60,
            weekday: (days + 4).rem_euclid(7),
            year_day: days - new_year + 1,
        }
    }
}

/// Days from 1970 to the first day of a year.
fn days_before(year: i64) -> i64 {
    let before = year - 1;
    before * 365 + before.div_euclid(4) - before.div_euclid(100) + before.div_euclid(400) - 719_162
}

/// Year, month and day of a day counted from 1970. Years are taken to begin in March, so that the leap day is their
/// last, and a month's length follows from its place.
fn date(days: i64) -> (i64, i64, i64) {
    let from_march = days + 719_468;
    let (era, of_era) = (from_march.div_euclid(146_097), from_march.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_right_at_the_edges() {
        for (seconds, date, weekday, year_day) in [
            (0, (1970, 1, 1), 4, 1),
            (-1, (1969, 12, 31), 3, 365),
            (951_782_400, (2000, 2, 29), 2, 60),
            (951_868_800, (2000, 3, 1), 3, 61),
            (4_107_542_400, (2100, 3, 1), 1, 60),
            (-62_135_596_800, (1, 1, 1), 1, 1),
            (253_402_300_799, (9999, 12, 31), 5, 365),
        ] {
            let civil = Civil::of(seconds);
            assert_eq!((civil.year, civil.month, civil.day), date, "{seconds}");
            assert_eq!((civil.weekday, civil.year_day), (weekday, year_day), "{seconds}");
        }
        assert_eq!((Civil::of(-1).hour, Civil::of(-1).minute, Civil::of(-1).second), (23, 59, 59));
    }
}
