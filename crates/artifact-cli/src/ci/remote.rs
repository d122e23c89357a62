//! What the address of a Git repository tells people.

/// A repository as people see it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Remote {
    /// Its page.
    pub(super) page: String,
    /// Its last name, without owner.
    pub(super) name: String,
    /// The kind of host, where its name tells.
    pub(super) provider: Option<&'static str>,
}

impl Remote {
    /// Reads `git@host:path.git`, `ssh://...` or `https://...`; logins in it are dropped.
    pub(super) fn of(address: &str) -> Option<Self> {
        let address = address.trim();
        let (scheme, rest) = match address.split_once("://") {
            Some((scheme @ ("http" | "https"), rest)) => (scheme, rest),
            Some(("ssh" | "git", rest)) => ("https", rest),
            Some(_) => return None,
            None => ("https", address),
        };
        let (host, path) = if address.contains("://") { rest.split_once('/') } else { rest.split_once(':') }?;
        let host = host.rsplit('@').next().unwrap_or(host);
        // The port of SSH is not that of the page.
        let host = if address.starts_with("http") { host } else { host.split(':').next().unwrap_or(host) };
        let path = path.trim_matches('/');
        let path = path.strip_suffix(".git").unwrap_or(path);
        let name = path.rsplit('/').next().unwrap_or(path);
        let plain = |text: &str| {
            !text.is_empty() && !text.contains(|sign: char| sign.is_control() || " \\<>|\"'`$".contains(sign))
        };
        (plain(host) && plain(path)).then(|| Self {
            page: format!("{scheme}://{host}/{path}"),
            name: name.to_owned(),
            provider: provider(host),
        })
    }

    /// The page of a commit.
    pub(super) fn commit(&self, sha: &str) -> String {
        let folder = match self.provider {
            Some("GitLab") => "-/commit",
            Some("Bitbucket") => "commits",
            _ => "commit",
        };
        format!("{}/{folder}/{sha}", self.page)
    }
}

fn provider(host: &str) -> Option<&'static str> {
    [("github", "GitHub"), ("gitlab", "GitLab"), ("bitbucket", "Bitbucket")]
        .into_iter()
        .find_map(|(part, name)| host.contains(part).then_some(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_become_pages_and_lose_their_logins() {
        for (address, page, provider) in [
            ("git@github.com:acme/billing.git", "https://github.com/acme/billing", Some("GitHub")),
            ("ssh://git@git.acme.test:7999/pay/billing.git", "https://git.acme.test/pay/billing", None),
            (
                "https://ci:t0ken@gitlab.acme.test:8443/a/b/billing.git",
                "https://gitlab.acme.test:8443/a/b/billing",
                Some("GitLab"),
            ),
            ("https://bitbucket.org/acme/billing/", "https://bitbucket.org/acme/billing", Some("Bitbucket")),
        ] {
            let expected = Remote { page: page.into(), name: "billing".into(), provider };
            assert_eq!(Remote::of(address), Some(expected), "{address}");
        }
        for address in [
            "",
            "/srv/git/billing",
            "file:///srv/git/billing",
            "git@h:",
            "git@h:a\nb",
            "https://h/$(id)",
            "javascript://x/y",
        ] {
            assert_eq!(Remote::of(address), None, "{address}");
        }
    }
}
