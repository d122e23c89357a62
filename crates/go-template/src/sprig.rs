//! The functions of sprig, version 3, group by group.
//!
//! Left out are dates, cryptography and the network: an unknown function is an error when parsing.

mod case;
mod defaults;
mod dicts;
mod encoding;
mod lists;
mod maths;
mod paths;
mod random;
mod regexes;
mod semver;
mod strings;
mod types;
mod urls;

use crate::function::Function;

/// All tables.
pub(crate) static TABLES: &[&[Function]] = &[
    defaults::TABLE,
    strings::TABLE,
    case::TABLE,
    lists::TABLE,
    dicts::TABLE,
    types::TABLE,
    encoding::TABLE,
    maths::TABLE,
    regexes::TABLE,
    semver::TABLE,
    paths::TABLE,
    urls::TABLE,
    random::TABLE,
];

/// The largest text or list that a function makes from a number.
const SIZE_LIMIT: usize = 16 << 20;
