//! Semantic versions and constraints on them, as the Masterminds library reads them.

use std::cmp::Ordering;
use std::rc::Rc;
use std::sync::LazyLock;

use regex::Regex;

use crate::Type::Text;
use crate::function::{Call, Function};
use crate::{Record, Value};

pub(super) static TABLE: &[Function] = &[
    Function::new("semver", &[Text], |call| Ok(record(&Version::parse(call.text(0))?, call.text(0)))),
    Function::new("semverCompare", &[Text, Text], compare),
];

#[derive(Clone, Debug, PartialEq, Eq)]
struct Version {
    numbers: [u64; 3],
    pre: String,
    build: String,
}

impl Version {
    /// Reads `v1.2.3-pre+build`, where minor and patch may be left out.
    fn parse(text: &str) -> Result<Self, String> {
        let invalid = || "Invalid Semantic Version".to_owned();
        let rest = text.strip_prefix('v').unwrap_or(text);
        let (rest, build) = split_tail(rest, '+').ok_or_else(invalid)?;
        let (rest, pre) = split_tail(rest, '-').ok_or_else(invalid)?;
        let mut numbers = [0; 3];
        let parts: Vec<&str> = rest.split('.').collect();
        if parts.len() > 3 {
            return Err(invalid());
        }
        for (number, part) in numbers.iter_mut().zip(parts) {
            let is_number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            *number = part.parse().ok().filter(|_| is_number).ok_or_else(invalid)?;
        }
        Ok(Self { numbers, pre: pre.to_owned(), build: build.to_owned() })
    }

    fn compare(&self, other: &Self) -> Ordering {
        self.numbers.cmp(&other.numbers).then_with(|| compare_pre(&self.pre, &other.pre))
    }
}

/// The part before a separator and the dotted words behind it; `None` when those are not words.
fn split_tail(text: &str, separator: char) -> Option<(&str, &str)> {
    let Some((head, tail)) = text.split_once(separator) else { return Some((text, "")) };
    let is_word = |word: &str| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    tail.split('.').all(is_word).then_some((head, tail))
}

/// A release is above its pre-releases; numbers are below words.
fn compare_pre(a: &str, b: &str) -> Ordering {
    match (a.is_empty(), b.is_empty()) {
        (true, true) => return Ordering::Equal,
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        (false, false) => {}
    }
    let (mut a, mut b) = (a.split('.'), b.split('.'));
    loop {
        let order = match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(x), Some(y)) => match (x.parse::<u64>(), y.parse::<u64>()) {
                (Ok(x), Ok(y)) => x.cmp(&y),
                (Ok(_), Err(_)) => Ordering::Less,
                (Err(_), Ok(_)) => Ordering::Greater,
                (Err(_), Err(_)) => x.cmp(y),
            },
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

fn record(version: &Version, original: &str) -> Value {
    let [major, minor, patch] = version.numbers;
    let mut text = format!("{major}.{minor}.{patch}");
    if !version.pre.is_empty() {
        text += &format!("-{}", version.pre);
    }
    if !version.build.is_empty() {
        text += &format!("+{}", version.build);
    }
    Value::Record(Rc::new(Record::new(
        "*semver.Version",
        vec![
            ("Major", Value::Uint(major)),
            ("Minor", Value::Uint(minor)),
            ("Patch", Value::Uint(patch)),
            ("Prerelease", version.pre.as_str().into()),
            ("Metadata", version.build.as_str().into()),
            ("Original", original.into()),
            ("String", text.into()),
        ],
    )))
}

/// One comparison; `known` says how many of the numbers were written, the rest are wildcards.
struct Constraint {
    operator: String,
    version: Version,
    known: usize,
}

const VERSION: &str = r"v?([0-9xX*]+)(\.[0-9xX*]+)?(\.[0-9xX*]+)?(-[0-9A-Za-z.\-]+)?(\+[0-9A-Za-z.\-]+)?";

static ONE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!(r"^[\s,]*(=>|=<|>=|<=|!=|~>|=|>|<|~|\^|){}", [r"\s*", VERSION].concat())).ok()
});
static RANGE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(&format!(r"\s*({VERSION})\s+-\s+({VERSION})\s*")).ok());

fn compare(call: &Call<'_>) -> Result<Value, String> {
    let constraints = parse_constraints(call.text(0))?;
    let version = Version::parse(call.text(1))?;
    let fits = |all: &Vec<Constraint>| all.iter().all(|constraint| constraint.allows(&version));
    Ok(constraints.iter().any(fits).into())
}

fn parse_constraints(text: &str) -> Result<Vec<Vec<Constraint>>, String> {
    let (Some(one), Some(range)) = (ONE.as_ref(), RANGE.as_ref()) else {
        return Err("improper constraint".to_owned());
    };
    let text = range.replace_all(text, ">=$1 <=$7 ");
    text.split("||").map(|all| parse_all(all, one)).collect()
}

fn parse_all(text: &str, one: &Regex) -> Result<Vec<Constraint>, String> {
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err(format!("improper constraint: {text}"));
    }
    let mut all = Vec::new();
    while !rest.is_empty() {
        let Some(found) = one.captures(rest) else { return Err(format!("improper constraint: {text}")) };
        let group = |index: usize| found.get(index).map_or("", |part| part.as_str());
        let mut numbers = [0; 3];
        let mut known = 0;
        for (index, number) in numbers.iter_mut().enumerate() {
            let Ok(value) = group(index + 2).trim_start_matches('.').parse() else { break };
            *number = value;
            known = index + 1;
        }
        let pre = group(5).trim_start_matches('-').to_owned();
        all.push(Constraint {
            operator: group(1).to_owned(),
            version: Version { numbers, pre, build: String::new() },
            known,
        });
        rest = rest[found.get(0).map_or(rest.len(), |whole| whole.end())..].trim_start();
    }
    Ok(all)
}

impl Constraint {
    fn allows(&self, version: &Version) -> bool {
        // Pre-releases are allowed only where one is asked for.
        if !version.pre.is_empty() && self.version.pre.is_empty() && self.operator != "!=" {
            return false;
        }
        let order = version.compare(&self.version);
        let has_wildcard = self.known < 3;
        let same = version.numbers[..self.known] == self.version.numbers[..self.known];
        match self.operator.as_str() {
            "!=" if has_wildcard => (version.pre.is_empty() || !self.version.pre.is_empty()) && !same,
            "!=" => order != Ordering::Equal,
            ">" if has_wildcard => version.numbers[..self.known] > self.version.numbers[..self.known],
            ">" => order == Ordering::Greater,
            "<" => order == Ordering::Less,
            ">=" | "=>" => order != Ordering::Less,
            "<=" | "=<" if has_wildcard => {
                version.numbers[..self.known] <= self.version.numbers[..self.known]
            }
            "<=" | "=<" => order != Ordering::Greater,
            "^" => order != Ordering::Less && self.is_compatible(version),
            "~" | "~>" => self.is_near(version, order),
            // `=` with a wildcard means the same as `~`.
            _ if has_wildcard => self.is_near(version, order),
            _ => order == Ordering::Equal,
        }
    }

    /// Patches may differ; with the major number alone minors may, too.
    fn is_near(&self, version: &Version, order: Ordering) -> bool {
        if self.known == 0 {
            return true;
        }
        let fixed = self.known.min(2);
        order != Ordering::Less && version.numbers[..fixed] == self.version.numbers[..fixed]
    }

    /// Everything up to the first number that is not zero is the same.
    fn is_compatible(&self, version: &Version) -> bool {
        let own = &self.version.numbers;
        let first = own.iter().position(|number| *number > 0).unwrap_or(2);
        let fixed = (first + 1).min(self.known.max(1));
        self.known == 0 || version.numbers[..fixed] == own[..fixed]
    }
}
