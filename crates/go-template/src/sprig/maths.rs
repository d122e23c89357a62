//! Arithmetic. Whole numbers wrap around, as in Go.

use crate::Type::{Any, Float, Int};
use crate::function::{Call, Function};
use crate::{Type, Value, cast};

const ONE: &[Type] = &[Any];
const TWO: &[Type] = &[Any, Any];

pub(super) static TABLE: &[Function] = &[
    Function::new("add1", ONE, |call| Ok(Value::Int64(int(call, 0).wrapping_add(1)))),
    Function::variadic("add", &[], Any, |call| Ok(Value::Int64(ints(call).fold(0, i64::wrapping_add)))),
    Function::new("sub", TWO, |call| Ok(Value::Int64(int(call, 0).wrapping_sub(int(call, 1))))),
    Function::new("div", TWO, |call| divide(call, i64::wrapping_div)),
    Function::new("mod", TWO, |call| divide(call, i64::wrapping_rem)),
    Function::variadic("mul", ONE, Any, |call| Ok(Value::Int64(ints(call).fold(1, i64::wrapping_mul)))),
    Function::variadic("max", ONE, Any, |call| Ok(Value::Int64(ints(call).max().unwrap_or(0)))),
    Function::variadic("biggest", ONE, Any, |call| Ok(Value::Int64(ints(call).max().unwrap_or(0)))),
    Function::variadic("min", ONE, Any, |call| Ok(Value::Int64(ints(call).min().unwrap_or(0)))),
    Function::new("add1f", ONE, |call| Ok(Value::Float(decimal(float(call, 0) + 1.0)))),
    Function::variadic("addf", &[], Any, |call| Ok(Value::Float(decimal(floats(call).sum())))),
    Function::variadic("subf", ONE, Any, |call| Ok(fold(call, |a, b| a - b))),
    Function::variadic("mulf", ONE, Any, |call| Ok(fold(call, |a, b| a * b))),
    Function::variadic("divf", ONE, Any, divide_floats),
    Function::variadic("maxf", ONE, Any, |call| {
        Ok(Value::Float(floats(call).fold(f64::NEG_INFINITY, f64::max)))
    }),
    Function::variadic("minf", ONE, Any, |call| Ok(Value::Float(floats(call).fold(f64::INFINITY, f64::min)))),
    Function::new("floor", ONE, |call| Ok(Value::Float(float(call, 0).floor()))),
    Function::new("ceil", ONE, |call| Ok(Value::Float(float(call, 0).ceil()))),
    Function::variadic("round", &[Any, Int], Float, round),
];

fn int(call: &Call<'_>, index: usize) -> i64 {
    cast::to_int(call.any(index))
}

fn ints<'a>(call: &'a Call<'_>) -> impl Iterator<Item = i64> + 'a {
    call.args.iter().map(cast::to_int)
}

fn float(call: &Call<'_>, index: usize) -> f64 {
    cast::to_float(call.any(index))
}

fn floats<'a>(call: &'a Call<'_>) -> impl Iterator<Item = f64> + 'a {
    call.args.iter().map(cast::to_float)
}

fn divide(call: &Call<'_>, by: fn(i64, i64) -> i64) -> Result<Value, String> {
    match int(call, 1) {
        0 => Err("runtime error: integer divide by zero".to_owned()),
        divisor => Ok(Value::Int64(by(int(call, 0), divisor))),
    }
}

/// Sprig computes in decimal, so that 0.1 + 0.2 is 0.3: cut what only binary arithmetic brought in.
fn decimal(value: f64) -> f64 {
    format!("{value:.15e}").parse().unwrap_or(value)
}

fn fold(call: &Call<'_>, step: fn(f64, f64) -> f64) -> Value {
    let value = floats(call).skip(1).fold(float(call, 0), |a, b| decimal(step(a, b)));
    Value::Float(value)
}

fn divide_floats(call: &Call<'_>) -> Result<Value, String> {
    if floats(call).skip(1).any(|divisor| divisor == 0.0) {
        return Err("decimal division by 0".to_owned());
    }
    Ok(Value::Float(floats(call).skip(1).fold(float(call, 0), sixteen_places)))
}

/// A quotient with sixteen decimal places, half away from zero, as the decimal library keeps it.
fn sixteen_places(a: f64, b: f64) -> f64 {
    let exact = a / b;
    let (Ok(a), Ok(b)) = (Decimal::of(a), Decimal::of(b)) else { return exact };
    a.divide(b).unwrap_or(exact)
}

/// A number as digits times a power of ten.
struct Decimal {
    digits: i128,
    exponent: i32,
}

impl Decimal {
    fn of(value: f64) -> Result<Self, std::num::ParseIntError> {
        let text = format!("{value:e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let places = mantissa.split_once('.').map_or(0, |(_, places)| places.len());
        let exponent: i32 = exponent.parse()?;
        Ok(Self {
            digits: mantissa.replace('.', "").parse()?,
            exponent: exponent - i32::try_from(places).unwrap_or(0),
        })
    }

    /// `None` where the numbers are too far apart for this arithmetic.
    fn divide(self, other: Self) -> Option<f64> {
        let shift = 16 + self.exponent - other.exponent;
        let power = 10_i128.checked_pow(shift.unsigned_abs())?;
        let (dividend, divisor) = if shift < 0 {
            (self.digits, other.digits.checked_mul(power)?)
        } else {
            (self.digits.checked_mul(power)?, other.digits)
        };
        let (whole, rest) = (dividend / divisor, dividend % divisor);
        let up = rest.checked_mul(2)?.abs() >= divisor.abs();
        let rounded = if up { whole + dividend.signum() * divisor.signum() } else { whole };
        format!("{rounded}e-16").parse().ok()
    }
}

fn round(call: &Call<'_>) -> Result<Value, String> {
    let half = match call.any(2) {
        Value::Float(half) => *half,
        _ => 0.5,
    };
    let places = i32::try_from(call.int(1)).unwrap_or(0);
    let power = 10.0_f64.powi(places);
    let digits = power * float(call, 0);
    let up = digits.fract() >= half;
    Ok(Value::Float(if up { digits.ceil() } else { digits.floor() } / power))
}
