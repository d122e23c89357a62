//! The type of a scalar: go-yaml's reading of YAML 1.1.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::timestamp::is_timestamp;
use crate::{Problem, Scalar};

/// The type of an untagged plain scalar, or why it cannot stay plain.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Resolved {
    /// An ordinary value.
    Scalar(Scalar),
    /// Text that looks like a point in time.
    Timestamp,
    /// The merge key.
    Merge,
}

/// Types a plain scalar without a tag.
pub(crate) fn plain(text: &str) -> Resolved {
    let scalar = match text.bytes().next() {
        None => Scalar::Null,
        Some(b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~') => word(text),
        Some(b'.') => dotted(text),
        Some(b'0'..=b'9' | b'+' | b'-') => {
            if is_timestamp(text) {
                return Resolved::Timestamp;
            }
            number(text)
        }
        Some(_) if text == "<<" => return Resolved::Merge,
        Some(_) => None.into_scalar(text),
    };
    Resolved::Scalar(scalar)
}

/// Types a scalar that carries a tag of YAML's own namespace, by the tag's last part.
pub(crate) fn tagged(tag: &str, text: &str) -> Result<Scalar, Problem> {
    let found = match tag {
        "str" => return Ok(Scalar::Text(text.to_owned())),
        "binary" => {
            let bytes = STANDARD
                .decode(text.split(['\n', '\r']).collect::<String>())
                .map_err(|_| Problem::BadBinary)?;
            return Ok(Scalar::Text(String::from_utf8_lossy(&bytes).into_owned()));
        }
        "bool" | "int" | "float" | "null" | "timestamp" => plain(text),
        _ => return Ok(Scalar::Text(text.to_owned())),
    };
    let bad = |found| Problem::BadTag { found, text: text.to_owned(), wanted: tag.to_owned() };
    match found {
        Resolved::Timestamp if tag == "timestamp" => Ok(Scalar::Text(text.to_owned())),
        Resolved::Timestamp => Err(bad("!!timestamp")),
        Resolved::Merge => Err(bad("!!merge")),
        Resolved::Scalar(Scalar::Int(number)) if tag == "float" => Ok(Scalar::Float(number as f64)),
        Resolved::Scalar(scalar) if scalar.tag().trim_start_matches('!') == tag => Ok(scalar),
        Resolved::Scalar(scalar) => Err(bad(scalar.tag())),
    }
}

trait IntoScalar {
    fn into_scalar(self, text: &str) -> Scalar;
}

impl IntoScalar for Option<Scalar> {
    fn into_scalar(self, text: &str) -> Scalar {
        self.unwrap_or_else(|| Scalar::Text(text.to_owned()))
    }
}

fn word(text: &str) -> Scalar {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Scalar::Bool(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Scalar::Bool(false)
        }
        "~" | "null" | "Null" | "NULL" => Scalar::Null,
        _ => Scalar::Text(text.to_owned()),
    }
}

fn dotted(text: &str) -> Scalar {
    match text {
        ".nan" | ".NaN" | ".NAN" => Some(Scalar::Float(f64::NAN)),
        ".inf" | ".Inf" | ".INF" => Some(Scalar::Float(f64::INFINITY)),
        _ => finite(text),
    }
    .into_scalar(text)
}

fn number(text: &str) -> Scalar {
    match text {
        "+.inf" | "+.Inf" | "+.INF" => return Scalar::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Scalar::Float(f64::NEG_INFINITY),
        _ => {}
    }
    let plain = text.replace('_', "");
    whole(&plain).or_else(|| if is_float(&plain) { finite(&plain) } else { None }).into_scalar(text)
}

/// A whole number with Go's prefixes: `0x`, `0o`, `0b`, or a leading zero for octal.
fn whole(text: &str) -> Option<Scalar> {
    let (negative, unsigned, signed) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..], true),
        b'+' => (false, &text[1..], true),
        _ => (false, text, false),
    };
    let (digits, radix) = match unsigned.as_bytes() {
        [b'0', b'x' | b'X', ..] => (&unsigned[2..], 16),
        [b'0', b'o' | b'O', ..] => (&unsigned[2..], 8),
        [b'0', b'b' | b'B', ..] => (&unsigned[2..], 2),
        [b'0', _, ..] => (&unsigned[1..], 8),
        _ => (unsigned, 10),
    };
    if !digits.bytes().next()?.is_ascii_alphanumeric() {
        return None;
    }
    let magnitude = u64::from_str_radix(digits, radix).ok()?;
    if negative {
        return 0_i64.checked_sub_unsigned(magnitude).map(Scalar::Int);
    }
    match i64::try_from(magnitude) {
        Ok(number) => Some(Scalar::Int(number)),
        // An explicit plus sign is not read above the signed range.
        Err(_) if signed => None,
        Err(_) => Some(Scalar::Uint(magnitude)),
    }
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn is_float(text: &str) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['-', '+']).unwrap_or(exponent))),
        None => (text, None),
    };
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let mantissa_fits = match mantissa.split_once('.') {
        Some((whole, part)) => {
            all_digits(whole) && all_digits(part) && !(whole.is_empty() && part.is_empty())
        }
        None => !mantissa.is_empty() && all_digits(mantissa),
    };
    mantissa_fits && exponent.is_none_or(|digits| !digits.is_empty() && all_digits(digits))
}

fn finite(text: &str) -> Option<Scalar> {
    text.parse::<f64>().ok().filter(|number| number.is_finite()).map(Scalar::Float)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_are_typed_as_go_yaml_does() {
        let text = |text: &str| Scalar::Text(text.to_owned());
        let table = [
            ("", Scalar::Null),
            ("~", Scalar::Null),
            ("Null", Scalar::Null),
            ("nUll", text("nUll")),
            ("yes", Scalar::Bool(true)),
            ("yEs", text("yEs")),
            ("OFF", Scalar::Bool(false)),
            ("y", Scalar::Bool(true)),
            ("0777", Scalar::Int(511)),
            ("0o17", Scalar::Int(15)),
            ("0xff", Scalar::Int(255)),
            ("-0b11", Scalar::Int(-3)),
            ("08", Scalar::Float(8.0)),
            ("1_000", Scalar::Int(1000)),
            ("1__0", Scalar::Int(10)),
            ("685_230.15", Scalar::Float(685_230.15)),
            ("1e3", Scalar::Float(1000.0)),
            ("1e400", text("1e400")),
            ("1.", Scalar::Float(1.0)),
            (".5", Scalar::Float(0.5)),
            (".", text(".")),
            ("-", text("-")),
            ("+-1", text("+-1")),
            ("9223372036854775808", Scalar::Uint(9_223_372_036_854_775_808)),
            ("-9223372036854775808", Scalar::Int(i64::MIN)),
            ("18446744073709551616", Scalar::Float(18_446_744_073_709_551_616.0)),
            ("1:30", text("1:30")),
            (".inf", Scalar::Float(f64::INFINITY)),
            ("1.2.3", text("1.2.3")),
            ("infinity", text("infinity")),
            ("v1", text("v1")),
        ];
        for (input, want) in table {
            assert_eq!(plain(input), Resolved::Scalar(want), "{input:?}");
        }
        for input in ["2001-01-01", "2001-1-1", "2020-01-01T10:00:00Z", "2020-01-01 1:2:3.5", "2020-02-29"] {
            assert_eq!(plain(input), Resolved::Timestamp, "{input:?}");
        }
        for input in ["2021-02-29", "2020-13-01", "2020-01-01T10:00", "20-01-01", "2020-01-01 10:00:00Z"] {
            assert_eq!(plain(input), Resolved::Scalar(text(input)), "{input:?}");
        }
    }
}
