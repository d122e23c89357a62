//! One value by one verb.

use super::printf::Spec;
use super::{float, plain, quote};
use crate::{Key, Value};

/// Formats a value as the verb and its flags say.
pub(super) fn format(value: &Value, spec: &Spec, verb: char) -> String {
    match verb {
        'T' => return pad(&value.type_name(), spec, false),
        'v' if spec.sharp => return go_syntax(value),
        _ => {}
    }
    // With `v` a plus asks for field names, not for signs.
    let with_names = spec.plus && verb == 'v';
    let spec = &Spec { plus: spec.plus && verb != 'v', ..*spec };
    match value {
        Value::Nil if verb == 'v' => pad("<nil>", spec, false),
        Value::Nil => format!("%!{verb}(<nil>)"),
        Value::Bool(flag) if matches!(verb, 't' | 'v') => pad(&flag.to_string(), spec, false),
        Value::Int(number) | Value::Int64(number) => {
            integer(number.unsigned_abs(), *number < 0, spec, verb).unwrap_or_else(|| bad(value, verb))
        }
        Value::Byte(number) => {
            integer(u64::from(*number), false, spec, verb).unwrap_or_else(|| bad(value, verb))
        }
        Value::Uint(number) => integer(*number, false, spec, verb).unwrap_or_else(|| bad(value, verb)),
        Value::Float(number) => decimal(*number, spec, verb).unwrap_or_else(|| bad(value, verb)),
        Value::Text(text) => self::text(text, spec, verb).unwrap_or_else(|| bad(value, verb)),
        Value::List(list) => {
            let items: Vec<String> = list.items().iter().map(|item| format(item, spec, verb)).collect();
            format!("[{}]", items.join(" "))
        }
        Value::Map(map) => {
            let entry = |(key, value): &(Key, Value)| {
                format!("{}:{}", format(&key.to_value(), spec, verb), format(value, spec, verb))
            };
            format!("map[{}]", map.entries().iter().map(entry).collect::<Vec<_>>().join(" "))
        }
        Value::Record(record) => {
            if let Some(text) = record.field("String") {
                return format(text, spec, if verb == 'v' { 's' } else { verb });
            }
            let field = |(name, value): &(&str, Value)| {
                let text = format(value, &Spec { plus: with_names || spec.plus, ..*spec }, verb);
                if with_names { format!("{name}:{text}") } else { text }
            };
            format!("{{{}}}", record.fields().iter().map(field).collect::<Vec<_>>().join(" "))
        }
        Value::Bool(_) => bad(value, verb),
    }
}

fn bad(value: &Value, verb: char) -> String {
    format!("%!{verb}({}={})", value.type_name(), plain(value))
}

/// Fills up to the width; zeros go between sign and digits.
fn pad(text: &str, spec: &Spec, is_number: bool) -> String {
    let missing = spec.width.unwrap_or(0).saturating_sub(text.chars().count());
    if spec.minus {
        return format!("{text}{}", " ".repeat(missing));
    }
    if !spec.zero {
        return format!("{}{text}", " ".repeat(missing));
    }
    let sign = if is_number { text.find(|c| !matches!(c, '-' | '+' | ' ')).unwrap_or(0) } else { 0 };
    format!("{}{}{}", &text[..sign], "0".repeat(missing), &text[sign..])
}

fn integer(magnitude: u64, negative: bool, spec: &Spec, verb: char) -> Option<String> {
    let (digits, prefix) = match verb {
        'v' | 'd' => (magnitude.to_string(), ""),
        'b' => (format!("{magnitude:b}"), if spec.sharp { "0b" } else { "" }),
        'o' => (format!("{magnitude:o}"), if spec.sharp { "0" } else { "" }),
        'O' => (format!("{magnitude:o}"), "0o"),
        'x' => (format!("{magnitude:x}"), if spec.sharp { "0x" } else { "" }),
        'X' => (format!("{magnitude:X}"), if spec.sharp { "0X" } else { "" }),
        'c' | 'q' | 'U' => return Some(code_point(magnitude, spec, verb)),
        _ => return None,
    };
    let sign = if negative {
        "-"
    } else if spec.plus {
        "+"
    } else if spec.space {
        " "
    } else {
        ""
    };
    if spec.precision == Some(0) && magnitude == 0 {
        return Some(pad("", &Spec { zero: false, ..*spec }, false));
    }
    // A precision, or a zero-padded width, is a least number of digits.
    let taken = sign.len();
    let wanted = match (spec.precision, spec.width) {
        (Some(precision), _) => precision,
        (None, Some(width)) if spec.zero && !spec.minus => width.saturating_sub(taken),
        (None, _) => 0,
    };
    let zeros = "0".repeat(wanted.saturating_sub(digits.len()));
    let prefix = if prefix == "0" && !zeros.is_empty() { "" } else { prefix };
    Some(pad(&format!("{sign}{prefix}{zeros}{digits}"), &Spec { zero: false, ..*spec }, true))
}

fn code_point(magnitude: u64, spec: &Spec, verb: char) -> String {
    let c = u32::try_from(magnitude).ok().and_then(char::from_u32).unwrap_or('\u{fffd}');
    match verb {
        'c' => pad(c.encode_utf8(&mut [0; 4]), spec, false),
        'q' => pad(&quote::single(c), spec, false),
        _ if spec.sharp => pad(&quote::code_point(c), spec, false),
        _ => pad(&format!("U+{magnitude:04X}"), spec, false),
    }
}

fn decimal(number: f64, spec: &Spec, verb: char) -> Option<String> {
    let text = if let Some(text) = float::special(number) {
        let spec = &Spec { zero: false, ..*spec };
        if !matches!(verb, 'v' | 'g' | 'G' | 'e' | 'E' | 'f' | 'F') {
            return None;
        }
        return Some(pad(&text, spec, false));
    } else {
        match verb {
            'v' | 'g' => float::general(number, spec.precision),
            'G' => float::general(number, spec.precision).to_uppercase(),
            'e' => float::exponential(number, Some(spec.precision.unwrap_or(6))),
            'E' => float::exponential(number, Some(spec.precision.unwrap_or(6))).to_uppercase(),
            'x' => float::hexadecimal(number, spec.precision),
            'X' => float::hexadecimal(number, spec.precision).to_uppercase(),
            'f' | 'F' => format!("{number:.*}", spec.precision.unwrap_or(6)),
            _ => return None,
        }
    };
    let sign = match text.starts_with('-') {
        true => "",
        false if spec.plus => "+",
        false if spec.space => " ",
        false => "",
    };
    Some(pad(&format!("{sign}{text}"), spec, true))
}

fn text(text: &str, spec: &Spec, verb: char) -> Option<String> {
    let shown: String = match spec.precision {
        Some(precision) => text.chars().take(precision).collect(),
        None => text.to_owned(),
    };
    let shown = match verb {
        'v' | 's' => shown,
        'q' if spec.sharp && !shown.contains(['`', '\n', '\r']) => format!("`{shown}`"),
        'q' if spec.plus => quote::ascii(&shown),
        'q' => quote::double(&shown),
        'x' | 'X' => hex(&shown, spec, verb),
        _ => return None,
    };
    Some(pad(&shown, spec, false))
}

fn hex(text: &str, spec: &Spec, verb: char) -> String {
    let separator = if spec.space { " " } else { "" };
    let prefix = match (spec.sharp, verb) {
        (false, _) => "",
        (true, 'x') => "0x",
        (true, _) => "0X",
    };
    let byte = |byte: u8| if verb == 'x' { format!("{byte:02x}") } else { format!("{byte:02X}") };
    let bytes: Vec<String> = text.bytes().map(byte).collect();
    if bytes.is_empty() {
        return String::new();
    }
    let between = if spec.space { format!("{separator}{prefix}") } else { String::new() };
    format!("{prefix}{}", bytes.join(&between))
}

/// `%#v`: as it would be written in Go.
fn go_syntax(value: &Value) -> String {
    match value {
        Value::Nil => "<nil>".to_owned(),
        Value::Text(text) => quote::double(text),
        Value::Byte(number) => format!("0x{number:x}"),
        Value::Uint(number) => format!("0x{number:x}"),
        Value::List(list) => {
            let items: Vec<String> = list.items().iter().map(element_syntax).collect();
            format!("{}{{{}}}", value.type_name(), items.join(", "))
        }
        Value::Map(map) => {
            let entry = |(key, value): &(Key, Value)| {
                format!("{}:{}", go_syntax(&key.to_value()), element_syntax(value))
            };
            let entries: Vec<String> = map.entries().iter().map(entry).collect();
            format!("{}{{{}}}", value.type_name(), entries.join(", "))
        }
        Value::Record(record) => {
            let field = |(name, value): &(&str, Value)| format!("{name}:{}", element_syntax(value));
            let fields: Vec<String> = record.fields().iter().map(field).collect();
            format!("{}{{{}}}", value.type_name(), fields.join(", "))
        }
        Value::Bool(_) | Value::Int(_) | Value::Int64(_) | Value::Float(_) => plain(value),
    }
}

fn element_syntax(value: &Value) -> String {
    if value.is_nil() { "interface {}(nil)".to_owned() } else { go_syntax(value) }
}
