//! Addresses, as Go takes them apart.

use std::fmt::Write;

use crate::Type::{Dict, Text};
use crate::function::{Call, Function};
use crate::{Map, Value};

pub(super) static TABLE: &[Function] =
    &[Function::new("urlParse", &[Text], parse), Function::new("urlJoin", &[Dict], join)];

fn parse(call: &Call<'_>) -> Result<Value, String> {
    let text = call.text(0);
    let bad = |why: &str| format!("unable to parse url: parse {}: {why}", crate::format::quote::double(text));
    if text.chars().any(|c| c.is_ascii_control()) {
        return Err(bad("net/url: invalid control character in URL"));
    }
    let (rest, fragment) = text.split_once('#').unwrap_or((text, ""));
    let (scheme, rest) = scheme(rest).map_err(bad)?;
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let is_opaque = !scheme.is_empty() && !rest.starts_with('/');
    let (opaque, rest) = if is_opaque { (rest, "") } else { ("", rest) };
    let (authority, path) = match rest.strip_prefix("//") {
        Some(rest) => rest.split_at(rest.find('/').unwrap_or(rest.len())),
        None => ("", rest),
    };
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let hostname = host
        .rsplit_once(':')
        .filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()))
        .map_or(host, |(name, _)| name);
    let hostname = hostname.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(hostname);
    let parts = [
        ("scheme", scheme.to_lowercase()),
        ("host", host.to_owned()),
        ("hostname", hostname.to_owned()),
        ("path", decode(path).ok_or_else(|| bad("invalid URL escape"))?),
        ("query", query.to_owned()),
        ("opaque", opaque.to_owned()),
        ("fragment", decode(fragment).ok_or_else(|| bad("invalid URL escape"))?),
        ("userinfo", user.to_owned()),
    ];
    Ok(Value::Map(Map::dict(parts.map(|(name, part)| (name, part.into())))))
}

fn scheme(text: &str) -> Result<(&str, &str), &'static str> {
    for (at, c) in text.char_indices() {
        match c {
            'a'..='z' | 'A'..='Z' => {}
            '0'..='9' | '+' | '-' | '.' if at > 0 => {}
            ':' if at == 0 => return Err("missing protocol scheme"),
            ':' => return Ok((&text[..at], &text[at + 1..])),
            _ => break,
        }
    }
    Ok(("", text))
}

fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [byte, tail @ ..] = rest {
        if *byte == b'%' {
            let digits = std::str::from_utf8(tail.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &tail[2..];
        } else {
            bytes.push(*byte);
            rest = tail;
        }
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn join(call: &Call<'_>) -> Result<Value, String> {
    let part = |name: &str| match call.map(0).and_then(|map| map.field(name)) {
        None => Ok(String::new()),
        Some(Value::Text(text)) => Ok(text.to_string()),
        Some(other) => Err(format!(
            "unable to parse {name} key, must be of type string, but {} found",
            other.kind_name()
        )),
    };
    let (scheme, host, path) = (part("scheme")?, part("host")?, part("path")?);
    let (query, opaque, fragment, user) =
        (part("query")?, part("opaque")?, part("fragment")?, part("userinfo")?);
    let mut out = String::new();
    if !scheme.is_empty() {
        out += &format!("{scheme}:");
    }
    if opaque.is_empty() {
        if !scheme.is_empty() || !host.is_empty() || !user.is_empty() {
            if !host.is_empty() || !path.is_empty() || !user.is_empty() {
                out += "//";
            }
            if !user.is_empty() {
                out += &format!("{user}@");
            }
            out += &host;
        }
        if !path.is_empty() && !path.starts_with('/') && !host.is_empty() {
            out.push('/');
        }
        out += &encode(&path);
    } else {
        out += &opaque;
    }
    if !query.is_empty() {
        out += &format!("?{query}");
    }
    if !fragment.is_empty() {
        out += &format!("#{}", encode(&fragment));
    }
    Ok(out.into())
}

fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~$&+,/:;=@!'()*".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let written = write!(out, "%{byte:02X}");
            debug_assert!(written.is_ok(), "writing to a string cannot fail");
        }
    }
    out
}
