//! Upper case, lower case, and words.

use crate::Type::{Int, Text};
use crate::Value;
use crate::function::{Call, Function};

pub(super) static TABLE: &[Function] = &[
    Function::new("title", &[Text], |call| Ok(title(call.text(0)).into())),
    Function::new("untitle", &[Text], untitle),
    Function::new("swapcase", &[Text], swap),
    Function::new("initials", &[Text], |call| {
        let words = call.text(0).split_whitespace();
        Ok(words.filter_map(|word| word.chars().next()).collect::<String>().into())
    }),
    Function::new("abbrev", &[Int, Text], abbrev),
];

/// The first letter of each word in upper case; words end at anything but letters, digits and `_`.
fn title(text: &str) -> String {
    let mut starts = true;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if starts {
            out.extend(c.to_uppercase());
        } else {
            out.push(c);
        }
        starts = if c.is_ascii() { c != '_' && !c.is_ascii_alphanumeric() } else { c.is_whitespace() };
    }
    out
}

/// The first letter of each word in lower case.
fn untitle(call: &Call<'_>) -> Result<Value, String> {
    let mut starts = true;
    let mut out = String::new();
    for c in call.text(0).chars() {
        if c.is_whitespace() {
            starts = true;
            out.push(c);
        } else if starts {
            out.extend(c.to_lowercase());
            starts = false;
        } else {
            out.push(c);
        }
    }
    Ok(out.into())
}

/// Lower case where it was upper, upper where it was lower and a word starts or goes on.
fn swap(call: &Call<'_>) -> Result<Value, String> {
    let mut out = String::new();
    let mut after_space = true;
    for c in call.text(0).chars() {
        if c.is_uppercase() {
            out.extend(c.to_lowercase());
            after_space = false;
        } else if c.is_lowercase() {
            out.extend(c.to_uppercase());
            after_space = false;
        } else {
            out.push(c);
            after_space = c.is_whitespace() || after_space;
        }
    }
    Ok(out.into())
}

/// At most this many characters, three of them dots when it had to be cut.
fn abbrev(call: &Call<'_>) -> Result<Value, String> {
    let text = call.text(1);
    let width = usize::try_from(call.int(0)).unwrap_or(0);
    if width < 4 || text.chars().count() <= width {
        return Ok(text.into());
    }
    let kept: String = text.chars().take(width - 3).collect();
    Ok(format!("{kept}...").into())
}
