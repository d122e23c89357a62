//! Floats as Go prints them.

/// `%v`: the fewest digits that read back as the same number.
pub(crate) fn shortest(value: f64) -> String {
    special(value).unwrap_or_else(|| yaml::shortest_float(value))
}

/// `NaN`, `+Inf` and `-Inf`.
pub(crate) fn special(value: f64) -> Option<String> {
    if value.is_nan() {
        Some("NaN".to_owned())
    } else if value.is_infinite() {
        Some(if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned())
    } else {
        None
    }
}

/// `%e`: with this many digits behind the point, or the fewest.
pub(crate) fn exponential(value: f64, precision: Option<usize>) -> String {
    let text = match precision {
        Some(digits) => format!("{value:.digits$e}"),
        None => format!("{value:e}"),
    };
    let Some((mantissa, exponent)) = text.split_once('e') else { return text };
    let (sign, digits) = match exponent.strip_prefix('-') {
        Some(digits) => ('-', digits),
        None => ('+', exponent),
    };
    format!("{mantissa}e{sign}{digits:0>2}")
}

/// `%g`: with this many significant digits, or the fewest.
pub(crate) fn general(value: f64, precision: Option<usize>) -> String {
    let Some(precision) = precision else { return shortest(value) };
    let precision = precision.max(1);
    let text = format!("{value:.*e}", precision - 1);
    let Some((mantissa, exponent)) = text.split_once('e') else { return text };
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let significant = digits.trim_end_matches('0').len().max(1);
    let exponent: i64 = exponent.parse().unwrap_or(0);
    // Zeros at the end are not shown, and do not count towards the limit either.
    let whole = usize::try_from(exponent + 1).unwrap_or(0);
    let limit = if precision > significant && significant >= whole { significant } else { precision };
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    if exponent < -4 || exponent >= limit {
        exponential(value, Some(significant - 1))
    } else {
        let places = i64::try_from(significant).unwrap_or(i64::MAX) - 1 - exponent;
        format!("{value:.*}", usize::try_from(places).unwrap_or(0))
    }
}

/// `%x`: hexadecimal digits times a power of two.
pub(crate) fn hexadecimal(value: f64, precision: Option<usize>) -> String {
    let sign = if value.is_sign_negative() { "-" } else { "" };
    let bits = value.abs().to_bits();
    let (mut exponent, mut fraction) = ((bits >> 52) as i64 - 1023, bits & ((1 << 52) - 1));
    let mut first = u64::from(value != 0.0);
    if exponent == -1023 {
        // Subnormal numbers are brought to the form with a leading one.
        let shift = if fraction == 0 { 0 } else { fraction.leading_zeros() - 11 };
        fraction = (fraction << shift) & ((1 << 52) - 1);
        exponent = if value == 0.0 { 0 } else { -1022 - i64::from(shift) };
    }
    if let Some(digits) = precision.filter(|digits| *digits < 13) {
        let dropped = 52 - 4 * digits;
        let whole = (first << 52) | fraction;
        let (kept, rest) = (whole >> dropped, whole & ((1 << dropped) - 1));
        let half = 1_u64 << (dropped - 1);
        let up = u64::from(rest > half || (rest == half && kept & 1 == 1));
        let rounded = (kept + up) << dropped;
        first = rounded >> 52;
        fraction = rounded & ((1 << 52) - 1);
        if first > 1 {
            first = 1;
            exponent += 1;
        }
    }
    let mut digits = format!("{fraction:013x}");
    match precision {
        Some(wanted) if wanted < 13 => digits.truncate(wanted),
        Some(wanted) => digits.push_str(&"0".repeat(wanted - 13)),
        None => digits.truncate(digits.trim_end_matches('0').len()),
    }
    let point = if digits.is_empty() { "" } else { "." };
    let exponent_sign = if exponent < 0 { '-' } else { '+' };
    format!("{sign}0x{first}{point}{digits}p{exponent_sign}{:02}", exponent.unsigned_abs())
}
