//! A moment, as templates see Go's `time.Time`: it prints itself, and has methods.

mod civil;
mod layout;

use std::rc::Rc;

use self::civil::Civil;
use crate::Type::{Text, Time};
use crate::function::{Call, Function};
use crate::{Record, Value};

/// The type's name in Go.
const TYPE: &str = "time.Time";

/// How Go prints a moment.
const PRINTED: &str = "2006-01-02 15:04:05.999999999 -0700 MST";

/// A moment for templates: seconds since 1970 with their fraction, and the offset of the clock it is read on.
///
/// ```
/// use go_template::{Delimiters, Dialect, NoWorld, Template, time};
/// let moment = time(1_767_600_842, 0, 3600);
/// let template = Template::parse("t", "{{ .Format \"15:04\" }}", &Delimiters::default(), Dialect::Go)?;
/// assert_eq!(template.render(&moment, &NoWorld)?, "09:14");
/// # Ok::<(), go_template::TemplateError>(())
/// ```
#[must_use]
pub fn time(seconds: i64, nanoseconds: u32, offset: i32) -> Value {
    let clock = Clock { seconds, nanoseconds, offset: offset.into() };
    Value::Record(Rc::new(Record::new(
        TYPE,
        vec![
            ("seconds", Value::Int64(seconds)),
            ("nanoseconds", Value::Int64(nanoseconds.into())),
            ("offset", Value::Int64(offset.into())),
            // What a record prints as.
            ("String", clock.format(PRINTED).into()),
        ],
    )))
}

/// The methods of a moment; the first argument is the moment itself.
static METHODS: &[Function] = &[
    Function::new("Format", &[Time, Text], |call| Ok(clock(call, 0).format(call.text(1)).into())),
    Function::new("String", &[Time], |call| Ok(clock(call, 0).format(PRINTED).into())),
    Function::new("Unix", &[Time], |call| Ok(Value::Int64(clock(call, 0).seconds))),
    Function::new("UTC", &[Time], |call| {
        let moment = clock(call, 0);
        Ok(time(moment.seconds, moment.nanoseconds, 0))
    }),
    Function::new("IsZero", &[Time], |call| Ok(Value::Bool(clock(call, 0).seconds == ZERO))),
    Function::new("Year", &[Time], |call| Ok(Value::Int(clock(call, 0).civil().year))),
    Function::new("Day", &[Time], |call| Ok(Value::Int(clock(call, 0).civil().day))),
    Function::new("Hour", &[Time], |call| Ok(Value::Int(clock(call, 0).civil().hour))),
    Function::new("Minute", &[Time], |call| Ok(Value::Int(clock(call, 0).civil().minute))),
    Function::new("Second", &[Time], |call| Ok(Value::Int(clock(call, 0).civil().second))),
    Function::new("After", &[Time, Time], |call| {
        Ok(Value::Bool(clock(call, 0).moment() > clock(call, 1).moment()))
    }),
    Function::new("Before", &[Time, Time], |call| {
        Ok(Value::Bool(clock(call, 0).moment() < clock(call, 1).moment()))
    }),
];

/// The first moment of year 1: what Go calls zero.
const ZERO: i64 = -62_135_596_800;

/// A moment and the clock it is read on.
#[derive(Clone, Copy, Debug)]
struct Clock {
    seconds: i64,
    nanoseconds: u32,
    offset: i64,
}

impl Clock {
    /// What tells moments apart, whatever the clock.
    fn moment(self) -> (i64, u32) {
        (self.seconds, self.nanoseconds)
    }

    fn civil(self) -> Civil {
        Civil::of(self.seconds.saturating_add(self.offset))
    }

    fn format(self, layout: &str) -> String {
        layout::format(layout, &self.civil(), self.nanoseconds, self.offset)
    }
}

/// Whether a field of a moment is seen by templates: in Go none is.
pub(crate) fn hides_fields(record: &Record) -> bool {
    record.type_name() == TYPE
}

/// The method of a moment with this name.
pub(crate) fn method(record: &Record, name: &str) -> Option<&'static Function> {
    METHODS.iter().find(|method| record.type_name() == TYPE && method.name == name)
}

/// The seconds since 1970 of an argument.
pub(crate) fn seconds(call: &Call<'_>, index: usize) -> i64 {
    clock(call, index).seconds
}

fn clock(call: &Call<'_>, index: usize) -> Clock {
    match call.any(index) {
        Value::Record(record) => of_record(record),
        _ => Clock { seconds: ZERO, nanoseconds: 0, offset: 0 },
    }
}

fn of_record(record: &Record) -> Clock {
    let number = |name| record.field(name).and_then(Value::signed).unwrap_or(0);
    Clock {
        seconds: number("seconds"),
        nanoseconds: u32::try_from(number("nanoseconds")).unwrap_or(0),
        offset: number("offset"),
    }
}

#[cfg(test)]
mod tests {
    use crate::{Delimiters, Dialect, NoWorld, Template, time};

    fn render(text: &str) -> Result<String, String> {
        let moment = time(1_767_600_842, 120_000_000, 3600);
        let template = Template::parse("t", text, &Delimiters::default(), Dialect::Describe)
            .map_err(|e| e.to_string())?;
        template.render(&moment, &NoWorld).map_err(|error| error.to_string())
    }

    #[test]
    fn a_moment_prints_itself_and_has_methods() {
        for (text, expected) in [
            ("{{ . }}", "2026-01-05 09:14:02.12 +0100 +0100"),
            ("{{ .UTC }}", "2026-01-05 08:14:02.12 +0000 UTC"),
            ("{{ .Format dateFormat }}", "2026-01-05 09:14:02"),
            ("{{ dateFormat | .Format }}", "2026-01-05 09:14:02"),
            ("{{ .UTC.Format \"02 Jan 06\" }}", "05 Jan 26"),
            ("{{ with . }}{{ .Year }}-{{ .Unix }}{{ end }}", "2026-1767600842"),
            ("{{ $t := . }}{{ $t.Format \"3:04PM\" }}", "9:14AM"),
            ("{{ if .IsZero }}never{{ else }}once{{ end }}", "once"),
            ("{{ .Before .UTC }}", "false"),
            ("{{ .UTC.String }}", "2026-01-05 08:14:02.12 +0000 UTC"),
            ("{{ printf \"%s\" .UTC }}", "2026-01-05 08:14:02.12 +0000 UTC"),
        ] {
            assert_eq!(render(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn mistakes_are_named_as_go_names_them() {
        for (text, cause) in [
            ("{{ .Format }}", "wrong number of args for Format: want 1 got 0"),
            ("{{ .Year 3 }}", "wrong number of args for Year: want 0 got 1"),
            ("{{ .Format 3 }}", "expected string; found 3"),
            ("{{ .Formatt }}", "can't evaluate field Formatt in type time.Time"),
            ("{{ .seconds }}", "can't evaluate field seconds in type time.Time"),
        ] {
            let error = render(text).unwrap_err();
            assert!(error.contains(cause), "{text}: {error}");
        }
    }
}
