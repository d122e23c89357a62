//! Floats in Go's shortest form.

/// A finite float with the fewest digits that read back as the same one: Go's `%v`.
///
/// Exponents below -4 and from 6 digits before the point on are written as such.
#[must_use]
pub fn shortest_float(value: f64) -> String {
    from_scientific(&format!("{value:e}"))
}

/// The same from Rust's `{:e}` of a float of any size.
pub(crate) fn from_scientific(scientific: &str) -> String {
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (sign, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", mantissa),
    };
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let text =
        if (-4..6).contains(&exponent) { fixed(&digits, exponent) } else { exponential(&digits, exponent) };
    format!("{sign}{text}")
}

fn exponential(digits: &str, exponent: i32) -> String {
    let (first, rest) = digits.split_at(1.min(digits.len()));
    let point = if rest.is_empty() { "" } else { "." };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{first}{point}{rest}e{sign}{:02}", exponent.unsigned_abs())
}

fn fixed(digits: &str, exponent: i32) -> String {
    let Ok(whole) = usize::try_from(exponent + 1) else {
        let zeros = "0".repeat(exponent.unsigned_abs() as usize - 1);
        return format!("0.{zeros}{digits}");
    };
    if whole == 0 {
        format!("0.{digits}")
    } else if digits.len() <= whole {
        format!("{digits}{}", "0".repeat(whole - digits.len()))
    } else {
        format!("{}.{}", &digits[..whole], &digits[whole..])
    }
}
