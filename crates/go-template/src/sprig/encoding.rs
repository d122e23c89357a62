//! JSON, base64, base32 and hashes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use crate::Type::{Any, Text};
use crate::Value;
use crate::function::{Call, Function};
use crate::json::{Style, to_json};

const COMPACT: Style = Style { raw: false, pretty: false };
const PRETTY: Style = Style { raw: false, pretty: true };
const RAW: Style = Style { raw: true, pretty: false };

pub(super) static TABLE: &[Function] = &[
    // Without `must`, what cannot be written is written as nothing.
    Function::new("toJson", &[Any], |call| Ok(to_json(call.any(0), COMPACT).unwrap_or_default().into())),
    Function::new("toPrettyJson", &[Any], |call| Ok(to_json(call.any(0), PRETTY).unwrap_or_default().into())),
    Function::new("mustToJson", &[Any], |call| to_json(call.any(0), COMPACT).map(Value::from)),
    Function::new("mustToPrettyJson", &[Any], |call| to_json(call.any(0), PRETTY).map(Value::from)),
    Function::new("toRawJson", &[Any], |call| to_json(call.any(0), RAW).map(Value::from)),
    Function::new("mustToRawJson", &[Any], |call| to_json(call.any(0), RAW).map(Value::from)),
    Function::new("fromJson", &[Text], |call| Ok(from_json(call).unwrap_or(Value::Nil))),
    Function::new("mustFromJson", &[Text], from_json),
    Function::new("b64enc", &[Text], |call| Ok(STANDARD.encode(call.text(0)).into())),
    Function::new("b64dec", &[Text], |call| Ok(base64_text(call.text(0)).into())),
    Function::new("b32enc", &[Text], |call| Ok(base32(call.text(0).as_bytes()).into())),
    Function::new("sha1sum", &[Text], |call| Ok(hex(&Sha1::digest(call.text(0))).into())),
    Function::new("sha256sum", &[Text], |call| Ok(hex(&Sha256::digest(call.text(0))).into())),
    Function::new("sha512sum", &[Text], |call| Ok(hex(&Sha512::digest(call.text(0))).into())),
    Function::new("adler32sum", &[Text], |call| Ok(adler32(call.text(0)).to_string().into())),
];

fn from_json(call: &Call<'_>) -> Result<Value, String> {
    serde_json::from_str::<serde_json::Value>(call.text(0))
        .map(|value| Value::from_json(&value))
        .map_err(|error| format!("invalid JSON: {error}"))
}

/// The decoded text, or Go's complaint as the text.
fn base64_text(text: &str) -> String {
    let text: String = text.split(['\n', '\r']).collect();
    match STANDARD.decode(&text) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) => {
            let at = match error {
                base64::DecodeError::InvalidByte(at, _)
                | base64::DecodeError::InvalidLastSymbol { offset: at, .. } => at,
                base64::DecodeError::InvalidLength(_) | base64::DecodeError::InvalidPadding => {
                    text.len() - text.len() % 4
                }
            };
            format!("illegal base64 data at input byte {at}")
        }
    }
}

fn base32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut out = String::new();
    for chunk in bytes.chunks(5) {
        let mut block = [0_u8; 8];
        block[3..3 + chunk.len()].copy_from_slice(chunk);
        let bits = u64::from_be_bytes(block);
        let n_letters = (chunk.len() * 8).div_ceil(5);
        for letter in 0..8 {
            if letter < n_letters {
                let index = (bits >> (35 - 5 * letter)) & 31;
                out.push(
                    ALPHABET.get(usize::try_from(index).unwrap_or(0)).map_or('A', |byte| char::from(*byte)),
                );
            } else {
                out.push('=');
            }
        }
    }
    out
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn adler32(text: &str) -> u32 {
    let (a, b) = text.bytes().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(byte)) % 65521;
        (a, (b + a) % 65521)
    });
    (b << 16) | a
}
