//! `has`: whether a variable or script is there.

use go_template::lookup;

use super::{Invocation, one_word};
use crate::failure::Failure;
use crate::flags::{Kind, Spec};

pub(super) fn run(invocation: &Invocation<'_>) -> Result<(), Failure> {
    let parsed = invocation
        .parse(&[Spec::new("script", None, Kind::Switch), Spec::new("stdout", Some('o'), Kind::Switch)])?;
    let name = one_word(&parsed)?;
    let project = invocation.load()?;
    let is_there = if parsed.is_on("script") {
        project.scripts.contains_key(name)
    } else {
        lookup(name, &project.file.vars).is_ok_and(|value| !value.is_nil())
    };
    if parsed.is_on("stdout") {
        return invocation.console.data(if is_there { "true" } else { "false" });
    }
    if is_there { Ok(()) } else { Err(Failure::Absent) }
}
