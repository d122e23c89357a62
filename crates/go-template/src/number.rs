//! Number literals: one text, every type that can hold it.

use crate::format::quote;

/// A number literal.
#[derive(Clone, Debug)]
pub(crate) struct Number {
    pub(crate) written: String,
    pub(crate) signed: Option<i64>,
    pub(crate) unsigned: Option<u64>,
    pub(crate) float: Option<f64>,
}

impl Number {
    /// A character constant, quotes included.
    pub(crate) fn of_char(text: &str) -> Result<Self, String> {
        let inner = text.get(1..).unwrap_or_default();
        let (code, tail) = quote::unquote_char(inner, '\'').ok_or("invalid syntax")?;
        if tail != "'" {
            return Err(format!("malformed character constant: {text}"));
        }
        Ok(Self {
            written: text.to_owned(),
            signed: Some(i64::from(code)),
            unsigned: Some(u64::from(code)),
            float: Some(f64::from(code)),
        })
    }

    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text.ends_with('i') {
            return Err(format!("complex numbers are not supported: {}", quote::double(text)));
        }
        let (negative, magnitude) = match text.strip_prefix(['-', '+']) {
            Some(rest) => (text.starts_with('-'), rest),
            None => (false, text),
        };
        let whole = magnitude_of(magnitude);
        let signed = whole.and_then(|number| {
            if negative { 0_i64.checked_sub_unsigned(number) } else { i64::try_from(number).ok() }
        });
        let unsigned = if text.starts_with(['-', '+']) {
            signed.filter(|number| *number == 0).map(|_| 0)
        } else {
            whole
        };
        let mut number = Self { written: text.to_owned(), signed, unsigned, float: None };
        #[expect(clippy::cast_precision_loss, reason = "Go promotes the same way")]
        if let Some(value) = signed {
            number.float = Some(value as f64);
        } else if let Some(value) = unsigned {
            number.float = Some(value as f64);
        } else if let Some(value) = float(negative, magnitude) {
            if !text.contains(['.', 'e', 'E', 'p', 'P']) {
                return Err(format!("integer overflow: {}", quote::double(text)));
            }
            number.set_float(value);
        } else {
            return Err(format!("illegal number syntax: {}", quote::double(text)));
        }
        Ok(number)
    }

    /// Whether it is a float where no type is asked for.
    pub(crate) fn is_ideal_float(&self) -> bool {
        let is_hex = self.written.starts_with("0x") || self.written.starts_with("0X");
        let is_hex_int = is_hex && self.written.len() > 2 && !self.written.contains(['p', 'P']);
        self.float.is_some()
            && !is_hex_int
            && !self.written.starts_with('\'')
            && self.written.contains(['.', 'e', 'E', 'p', 'P'])
    }

    fn set_float(&mut self, value: f64) {
        self.float = Some(value);
        if value.fract() == 0.0 {
            #[expect(clippy::cast_possible_truncation, reason = "kept only when it comes back the same")]
            let signed = value as i64;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "kept only when it comes back the same"
            )]
            let unsigned = value as u64;
            #[expect(clippy::cast_precision_loss, reason = "this is the comparison that decides")]
            {
                self.signed = (signed as f64 == value && signed != i64::MAX).then_some(signed);
                self.unsigned = (unsigned as f64 == value && unsigned != u64::MAX).then_some(unsigned);
            }
        }
    }
}

/// Go's `strconv.ParseUint(text, 0, 64)`.
fn magnitude_of(text: &str) -> Option<u64> {
    let (radix, digits) = match text.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &text[2..]),
        [b'0', b'o' | b'O', ..] => (8, &text[2..]),
        [b'0', b'b' | b'B', ..] => (2, &text[2..]),
        [b'0', _, ..] => (8, &text[1..]),
        _ => (10, text),
    };
    let after_prefix = radix != 10;
    if !underscores_separate_digits(digits, after_prefix) {
        return None;
    }
    u64::from_str_radix(&digits.replace('_', ""), radix).ok()
}

/// Underscores may stand between digits, and after a prefix.
fn underscores_separate_digits(digits: &str, after_prefix: bool) -> bool {
    let bytes = digits.as_bytes();
    let is_digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_hexdigit);
    bytes
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'_')
        .all(|(at, _)| (is_digit(at.checked_sub(1)) || (at == 0 && after_prefix)) && is_digit(Some(at + 1)))
}

fn float(negative: bool, magnitude: &str) -> Option<f64> {
    let value = if magnitude.starts_with("0x") || magnitude.starts_with("0X") {
        hex_float(&magnitude[2..])?
    } else {
        if !magnitude.starts_with(|c: char| c == '.' || c.is_ascii_digit()) || magnitude.contains('_') {
            return None;
        }
        magnitude.parse::<f64>().ok()?
    };
    value.is_finite().then_some(if negative { -value } else { value })
}

/// `1.8p3`: hexadecimal digits times a power of two.
fn hex_float(text: &str) -> Option<f64> {
    let (mantissa, exponent) = text.split_once(['p', 'P'])?;
    let exponent: i32 = exponent.parse().ok()?;
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && part.is_empty() {
        return None;
    }
    let value = whole.chars().chain(part.chars()).try_fold(0.0_f64, |sum, digit| {
        digit.to_digit(16).map(|digit| sum.mul_add(16.0, f64::from(digit)))
    })?;
    let places = i32::try_from(part.len()).ok()?.checked_mul(4)?;
    Some(value * 2.0_f64.powi(exponent.checked_sub(places)?))
}
