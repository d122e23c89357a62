//! A commit as `git log` tells it.

/// One commit, read back from a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its full id.
    pub id: String,
    /// The id of its tree.
    pub tree: String,
    /// The ids of its parents.
    pub parents: Vec<String>,
    /// The author's name.
    pub author_name: String,
    /// The author's e-mail address.
    pub author_email: String,
    /// The committer's name.
    pub committer_name: String,
    /// The committer's e-mail address.
    pub committer_email: String,
    /// The whole message, trailers included, without the newlines at its end.
    pub message: String,
}

/// Fields end with a zero byte, which no field can hold.
pub(super) const FORMAT: &str = "%H%x00%T%x00%P%x00%an%x00%ae%x00%cn%x00%ce%x00%B%x00";

/// How many fields a commit has in [`FORMAT`].
const FIELDS: usize = 8;

impl Commit {
    /// The first line of the message.
    #[must_use]
    pub fn subject(&self) -> &str {
        self.message.lines().next().unwrap_or_default()
    }

    /// The value of the last trailer-like line `name: value`.
    #[must_use]
    pub fn trailer(&self, name: &str) -> Option<&str> {
        self.message.lines().rev().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            (key == name).then_some(value.trim())
        })
    }
}

/// Reads what `git log --format=FORMAT` printed.
pub(super) fn parse(output: &str) -> Vec<Commit> {
    let fields: Vec<&str> = output.split('\0').collect();
    fields
        .chunks_exact(FIELDS)
        .map(|fields| Commit {
            id: fields[0].trim_start().into(),
            tree: fields[1].into(),
            parents: fields[2].split_whitespace().map(Into::into).collect(),
            author_name: fields[3].into(),
            author_email: fields[4].into(),
            committer_name: fields[5].into(),
            committer_email: fields[6].into(),
            message: fields[7].trim_end().into(),
        })
        .collect()
}
