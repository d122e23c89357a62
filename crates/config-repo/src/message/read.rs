//! From any commit message, ours or the original's of any age, to the release it records.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use artifact::{Intent, Person, ReleaseId};
use policy::Release;
use regex::Regex;

use super::RELEASE_ID;

/// A release as its commit records it. Names are texts: history holds what no longer would be accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The environment it went to.
    pub environment: String,
    /// The service.
    pub service: String,
    /// The artifact that runs since then.
    pub artifact: String,
    /// Why; what is missing or unknown reads as [`Intent::ReleaseArtifact`].
    pub intent: Intent,
    /// Who asked for it.
    pub released_by: Person,
    /// Who wrote the artifact's commit.
    pub created_by: Person,
    /// The identity it was accepted under; the original gave none.
    pub release_id: Option<ReleaseId>,
}

/// `[env/service] type [previous to ]artifact[ by email]`. The type is the shortest that fits: an id of small letters
/// alone is an id (the original takes it for a part of the type, and the address for the id).
static TITLE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^\[(?P<env>[^/\]]+)/(?P<service>.+?)\] (?P<type>[a-z ]+?)(?: (?P<previous>[^ ]+) to)? (?P<id>[^ ]+)(?: by (?P<email>.*))?$",
    )
    .expect("a constant pattern is valid")
});

impl Record {
    /// The release a commit's message records; `None` for any other commit.
    #[must_use]
    pub fn read(message: &str) -> Option<Self> {
        read(message)
    }

    /// The message of a release's commit; [`Record::read`] gives back all that it says.
    #[must_use]
    pub fn write(release: &Release, created_by: &Person) -> String {
        super::release(release, created_by)
    }
}

/// The release a message records; `None` for any other commit.
pub(crate) fn read(message: &str) -> Option<Record> {
    let (title, fields) = split(message);
    let title = TITLE.captures(title);
    let of_title = |group: &str| {
        title.as_ref().and_then(|found| found.name(group)).map(|found| found.as_str()).unwrap_or_default()
    };
    let kind = of_title("type");
    if kind == "artifact" || (title.is_none() && !fields.contains_key("Release-intent")) {
        return None;
    }
    let field = |name: &str| fields.get(name).copied();
    let named = |name: &str, group: &str| match field(name) {
        Some(value) if !value.is_empty() => value.to_owned(),
        _ => of_title(group).to_owned(),
    };
    let person = |name: &str| field(name).and_then(person).unwrap_or_default();
    let mut released_by = person("Artifact-released-by");
    let artifact = named("Artifact-ID", "id");
    // An artifact may be called "by": a title that says otherwise than the fields was misread.
    if released_by.email().is_empty() && of_title("id") == artifact {
        released_by = Person::new("", of_title("email"));
    }
    let record = Record {
        environment: named("Environment", "env"),
        service: named("Service", "service"),
        artifact,
        intent: intent(&fields, kind, of_title("previous")),
        released_by,
        created_by: person("Artifact-created-by"),
        release_id: field(RELEASE_ID).and_then(|id| id.parse().ok()),
    };
    let whole = ![&record.environment, &record.service, &record.artifact].iter().any(|part| part.is_empty());
    whole.then_some(record)
}

/// The first line, and the last run of lines that are fields; the first of a name wins.
fn split(message: &str) -> (&str, BTreeMap<&str, &str>) {
    let message = message.trim_end();
    let mut lines = message.lines();
    let title = lines.next().unwrap_or_default().trim_end();
    let mut fields = BTreeMap::new();
    // From the end, so that the first of a name is the last to be inserted.
    for (name, value) in lines.rev().map_while(field) {
        fields.insert(name, value);
    }
    (title, fields)
}

fn field(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once(':')?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphabetic() || c == '-');
    is_name.then(|| (name, value.trim()))
}

/// `Name <email>`.
fn person(text: &str) -> Option<Person> {
    let (name, rest) = text.split_once('<')?;
    Some(Person::new(name.trim(), rest.strip_suffix('>')?.trim()))
}

fn intent(fields: &BTreeMap<&str, &str>, kind: &str, previous: &str) -> Intent {
    let value = |name: &str| fields.get(name).copied().unwrap_or_default();
    let named = match value("Release-intent") {
        "ReleaseArtifact" => Some(Intent::ReleaseArtifact),
        "AutoRelease" => Some(Intent::AutoRelease),
        "ReleaseBranch" => {
            value("Release-of-branch").parse().ok().map(|branch| Intent::ReleaseBranch { branch })
        }
        "Promote" => value("Promoted-from-environment").parse().ok().map(|from| Intent::Promote { from }),
        "Rollback" => {
            value("Rollback-of-artifact-id").parse().ok().map(|previous| Intent::Rollback { previous })
        }
        _ => None,
    };
    named.unwrap_or_else(|| match previous.parse() {
        Ok(previous) if kind == "rollback" => Intent::Rollback { previous },
        _ => Intent::ReleaseArtifact,
    })
}
