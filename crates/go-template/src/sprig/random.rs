//! What differs from run to run.

use super::SIZE_LIMIT;
use crate::Type::Int;
use crate::function::{Call, Function};
use crate::{Type, Value};

const COUNT: &[Type] = &[Int];
const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const DIGITS: &str = "0123456789";
const LETTERS_AND_DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

pub(super) static TABLE: &[Function] = &[
    Function::new("randAlpha", COUNT, |call| pick(call, LETTERS)),
    Function::new("randNumeric", COUNT, |call| pick(call, DIGITS)),
    Function::new("randAlphaNum", COUNT, |call| pick(call, LETTERS_AND_DIGITS)),
    Function::new("randInt", &[Int, Int], random_int),
    Function::new("uuidv4", &[], |call| uuid(call).map(Value::from)),
];

/// A number below `limit`, all equally likely.
fn below(call: &Call<'_>, limit: u64) -> Result<u64, String> {
    let unbiased = u64::MAX - u64::MAX % limit;
    loop {
        let mut bytes = [0; 8];
        call.world.random(&mut bytes)?;
        let number = u64::from_le_bytes(bytes);
        if number < unbiased {
            return Ok(number % limit);
        }
    }
}

fn pick(call: &Call<'_>, alphabet: &str) -> Result<Value, String> {
    let count = usize::try_from(call.int(0)).unwrap_or(0).min(SIZE_LIMIT);
    let letters: Vec<char> = alphabet.chars().collect();
    let letter = |_| {
        let index = usize::try_from(below(call, letters.len() as u64)?).unwrap_or(0);
        Ok(letters.get(index).copied().unwrap_or('0'))
    };
    (0..count).map(letter).collect::<Result<String, String>>().map(Value::from)
}

fn random_int(call: &Call<'_>) -> Result<Value, String> {
    let (min, max) = (call.int(0), call.int(1));
    if max <= min {
        return Err("invalid argument to Intn".to_owned());
    }
    #[expect(clippy::cast_possible_wrap, reason = "the distance fits, and wrapping addition undoes it")]
    let offset = below(call, max.abs_diff(min))? as i64;
    Ok(Value::Int(min.wrapping_add(offset)))
}

fn uuid(call: &Call<'_>) -> Result<String, String> {
    let mut bytes = [0; 16];
    call.world.random(&mut bytes)?;
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]))
}
