//! The few ways in which something can fail, and what each means for a caller.

/// Why something failed, as far as a caller has to act differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The command line or request was not well formed.
    Usage,
    /// The caller did not prove who they are.
    Unauthenticated,
    /// A rule said no.
    Denied,
    /// The thing named does not exist.
    NotFound,
    /// Someone else changed the same thing, or a rule conflicts with another.
    Conflict,
    /// The input was understood and is wrong: a broken file, an unknown environment.
    Invalid,
    /// A peer (Git host, server, cluster, store) did not answer, or cannot serve at present.
    Unavailable,
    /// What was started did not end well: a rollout that crashed, a script that failed.
    Failed,
    /// A fault of ours.
    Internal,
}

/// What follows from a kind.
struct Row {
    kind: Kind,
    name: &'static str,
    exit_code: u8,
    http_status: u16,
    retry_helps: bool,
}

const TABLE: [Row; 9] = [
    row(Kind::Usage, "usage", 2, 400, false),
    row(Kind::Unauthenticated, "unauthenticated", 4, 401, false),
    row(Kind::Denied, "denied", 3, 403, false),
    row(Kind::NotFound, "not_found", 1, 404, false),
    row(Kind::Conflict, "conflict", 1, 409, false),
    row(Kind::Invalid, "invalid", 1, 400, false),
    row(Kind::Unavailable, "unavailable", 5, 503, true),
    row(Kind::Failed, "failed", 6, 500, false),
    row(Kind::Internal, "internal", 70, 500, true),
];

const fn row(kind: Kind, name: &'static str, exit_code: u8, http_status: u16, retry_helps: bool) -> Row {
    Row { kind, name, exit_code, http_status, retry_helps }
}

impl Kind {
    /// Every kind, for tests and tables.
    pub const ALL: [Self; 9] = [
        Self::Usage,
        Self::Unauthenticated,
        Self::Denied,
        Self::NotFound,
        Self::Conflict,
        Self::Invalid,
        Self::Unavailable,
        Self::Failed,
        Self::Internal,
    ];

    fn row(self) -> &'static Row {
        TABLE.iter().find(|row| row.kind == self).unwrap_or(&TABLE[TABLE.len() - 1])
    }

    /// The word used in JSON, logs and metrics.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.row().name
    }

    /// The exit code of a command that ends this way. 0 is success and never used here.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        self.row().exit_code
    }

    /// The status of an HTTP answer that ends this way, where the wire contract names no other.
    #[must_use]
    pub fn http_status(self) -> u16 {
        self.row().http_status
    }

    /// Whether the same request can succeed later without anyone changing anything.
    #[must_use]
    pub fn retry_helps(self) -> bool {
        self.row().retry_helps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_own_row() {
        for kind in Kind::ALL {
            assert_eq!(TABLE.iter().filter(|row| row.kind == kind).count(), 1, "{kind:?}");
            assert_ne!(kind.exit_code(), 0, "{kind:?} must not look like success");
        }
    }
}
