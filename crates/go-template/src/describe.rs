//! The functions that `hamctl describe --template` adds to Go's own.

use crate::Type::{Any, Int, Text, Time};
use crate::function::{Call, Function};
use crate::{Value, time};

/// How describe prints dates.
const DATE_FORMAT: &str = "2006-01-02 15:04:05";

/// The longest text that is padded: more is a mistake, and would fill the memory.
const MAX_WIDTH: usize = 10_000;

/// The functions.
pub(crate) static TABLE: &[Function] = &[
    Function::new("rightPad", &[Text, Int], |call| {
        let width = usize::try_from(call.int(1)).unwrap_or(0);
        if width > MAX_WIDTH {
            return Err(format!("a width of {width} is more than {MAX_WIDTH}"));
        }
        Ok(format!("{:<width$}", call.text(0)).into())
    }),
    Function::new("maxLength", &[Any, Text], max_length),
    Function::new("add", &[Int, Int], |call| Ok(Value::Int(call.int(0).wrapping_add(call.int(1))))),
    Function::new("dateFormat", &[], |_| Ok(DATE_FORMAT.into())),
    Function::new("humanizeTime", &[Time], |call| {
        let seconds = call.world.now().saturating_sub(time::seconds(call, 0));
        Ok(ago(seconds).into())
    }),
];

/// The length of the longest text in a field of a list's records.
fn max_length(call: &Call<'_>) -> Result<Value, String> {
    let Value::List(list) = call.any(0) else {
        return Err(format!("a list is needed, not {}", call.any(0).type_name()));
    };
    let name = call.text(1);
    let mut longest = 0;
    for item in list.items() {
        let value = match item {
            Value::Record(record) => record.field(name),
            _ => None,
        };
        let Some(Value::Text(text)) = value else {
            return Err(format!("{} has no text field {name}", item.type_name()));
        };
        longest = longest.max(text.chars().count());
    }
    Ok(Value::Int(i64::try_from(longest).unwrap_or(i64::MAX)))
}

const DAY: i64 = 86_400;
const WEEK: i64 = 7 * DAY;
const MONTH: i64 = 30 * DAY;
const YEAR: i64 = 12 * MONTH;

/// From these seconds on, these words; with a number before them that counts the unit, where one is given.
const STEPS: [(i64, Option<i64>, &str); 17] = [
    (0, None, "now"),
    (1, None, "1 second"),
    (2, Some(1), "seconds"),
    (60, None, "1 minute"),
    (120, Some(60), "minutes"),
    (3600, None, "1 hour"),
    (7200, Some(3600), "hours"),
    (DAY, None, "1 day"),
    (2 * DAY, Some(DAY), "days"),
    (WEEK, None, "1 week"),
    (2 * WEEK, Some(WEEK), "weeks"),
    (MONTH, None, "1 month"),
    (2 * MONTH, Some(MONTH), "months"),
    (YEAR, None, "1 year"),
    (18 * MONTH, None, "2 years"),
    (2 * YEAR, Some(YEAR), "years"),
    (37 * YEAR, None, "a long while"),
];

/// Seconds that have passed, in words: `3 hours ago`, `now`, `1 day from now`.
fn ago(seconds: i64) -> String {
    let passed = seconds.saturating_abs();
    let side = if seconds < 0 { "from now" } else { "ago" };
    match STEPS.iter().rev().find(|(from, _, _)| passed >= *from) {
        Some((1.., Some(unit), words)) => format!("{} {words} {side}", passed / unit),
        Some((1.., None, words)) => format!("{words} {side}"),
        Some(_) | None => "now".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Delimiters, Dialect, Record, Template, World};

    /// A world at a moment.
    struct At(i64);

    impl World for At {
        fn now(&self) -> i64 {
            self.0
        }
        fn env(&self, _name: &str) -> String {
            String::new()
        }
        fn read_file(&self, path: &str) -> Result<String, String> {
            Err(path.to_owned())
        }
        fn file_exists(&self, _path: &str) -> bool {
            false
        }
        fn folder(&self, _path: &str) -> Vec<crate::Entry> {
            Vec::new()
        }
        fn random(&self, _bytes: &mut [u8]) -> Result<(), String> {
            Err("no chance".to_owned())
        }
    }

    fn render(text: &str) -> Result<String, String> {
        let item = |id: &str| {
            let fields = vec![("ID", id.into()), ("At", time(1_000_000, 0, 0))];
            Value::Record(std::rc::Rc::new(Record::new("release", fields)))
        };
        let items = Value::list(vec![item("a"), item("longer")]);
        let template = Template::parse("t", text, &Delimiters::default(), Dialect::Describe)
            .map_err(|error| error.to_string())?;
        template.render(&items, &At(1_000_000 + 7300)).map_err(|error| error.to_string())
    }

    #[test]
    fn each_function_does_its_part() {
        for (text, expected) in [
            ("{{ maxLength . \"ID\" }}", "6"),
            ("{{ add 1 (maxLength . \"ID\") }}", "7"),
            ("{{ range . }}[{{ rightPad .ID 8 }}]{{ end }}", "[a       ][longer  ]"),
            ("{{ (index . 0).At | humanizeTime }}", "2 hours ago"),
            ("{{ rightPad \"long\" -3 }}", "long"),
            (
                "{{ range $i, $r := . }}{{ $i }}{{ $r.At.Format dateFormat }}{{ break }}{{ end }}",
                "01970-01-12 13:46:40",
            ),
        ] {
            assert_eq!(render(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn mistakes_are_explained() {
        for (text, cause) in [
            ("{{ maxLength . \"Nope\" }}", "error calling maxLength: release has no text field Nope"),
            ("{{ maxLength 3 \"ID\" }}", "error calling maxLength: a list is needed, not int"),
            ("{{ rightPad \"x\" 99999999999 }}", "error calling rightPad: a width of 99999999999"),
            ("{{ humanizeTime 3 }}", "can't handle 3 for arg of type time.Time"),
            ("{{ upper \"x\" }}", "function \"upper\" not defined"),
        ] {
            let error = render(text).unwrap_err();
            assert!(error.contains(cause), "{text}: {error}");
        }
    }

    #[test]
    fn time_passes_in_words() {
        for (seconds, words) in [
            (0, "now"),
            (1, "1 second ago"),
            (59, "59 seconds ago"),
            (60, "1 minute ago"),
            (3599, "59 minutes ago"),
            (7300, "2 hours ago"),
            (86_400, "1 day ago"),
            (-172_800, "2 days from now"),
            (20 * 86_400, "2 weeks ago"),
            (800 * 86_400, "2 years ago"),
            (1800 * 86_400, "5 years ago"),
            (100_000 * 86_400, "a long while ago"),
            (i64::MIN, "a long while from now"),
        ] {
            assert_eq!(ago(seconds), words, "{seconds}");
        }
    }
}
