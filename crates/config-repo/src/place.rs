//! Where an environment lives: in the home branch, on another branch, or in a repository of its own.

use git_mirror::{Branch, Credentials, Remote, RemoteUrl};

use crate::PlaceError;

/// Where the settings say that an environment lives, in their words: a slip in them must not close the other
/// environments, so they are checked when they are used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The repository, when it is not the home one.
    pub repository: Option<String>,
    /// The branch, when it is not the one of the home repository.
    pub branch: Option<String>,
}

impl Place {
    /// The remote to use, in with what opens home; `None` when this is home itself.
    pub(crate) fn remote(&self, home: &Remote) -> Result<Option<Remote>, PlaceError> {
        let url = match &self.repository {
            Some(text) => text.parse().map_err(PlaceError::Address)?,
            None => home.url.clone(),
        };
        let branch: Branch = match &self.branch {
            Some(text) => text.parse().map_err(PlaceError::Branch)?,
            None => home.branch.clone(),
        };
        if url == home.url && branch == home.branch {
            return Ok(None);
        }
        allowed(&url, home)?;
        Ok(Some(Remote { url, branch, ..home.clone() }))
    }
}

/// Whoever may push to the home repository names the others. That must neither send our password elsewhere, nor
/// reach files of the machine we run on.
fn allowed(url: &RemoteUrl, home: &Remote) -> Result<(), PlaceError> {
    let has_secret = match home.credentials {
        Credentials::Token(_) | Credentials::Basic { .. } => true,
        Credentials::None | Credentials::SshKey { .. } => false,
    };
    if url.is_http() && has_secret && url.origin() != home.url.origin() {
        return Err(PlaceError::OtherHost { url: url.clone(), home: home.url.clone() });
    }
    if url.origin().is_none() && home.url.origin().is_some() {
        return Err(PlaceError::Local { url: url.clone() });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(repository: &str, branch: &str, home: &Remote) -> Result<Option<String>, String> {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let place = Place { repository: given(repository), branch: given(branch) };
        let remote = place.remote(home).map_err(|error| explain::chain(&error).join(": "))?;
        Ok(remote.map(|remote| format!("{} {}", remote.url, remote.branch)))
    }

    #[test]
    fn a_place_is_home_another_branch_or_another_repository() {
        let home = Remote::new("git@host:org/config.git".parse().unwrap(), "main".parse().unwrap());
        let cases = [
            ("", "", None),
            ("", "main", None),
            ("git@host:org/config.git", "", None),
            ("", "prod", Some("git@host:org/config.git prod")),
            ("ssh://git@other/prod.git", "", Some("ssh://git@other/prod.git main")),
            ("https://other/prod.git", "live", Some("https://other/prod.git live")),
        ];
        for (repository, branch, expected) in cases {
            let found = resolved(repository, branch, &home);
            assert_eq!(found, Ok(expected.map(str::to_owned)), "{repository} {branch}");
        }
    }

    #[test]
    fn no_place_gets_our_password_or_reaches_our_disk() {
        let url = "https://host/config.git".parse().unwrap();
        let token = Credentials::Token("secret".to_owned().into());
        let home = Remote { credentials: token, ..Remote::new(url, "main".parse().unwrap()) };
        let beside = resolved("https://host/prod.git", "", &home);
        assert_eq!(beside, Ok(Some("https://host/prod.git main".to_owned())));
        for (repository, branch, told) in [
            ("https://evil/prod.git", "", "is on another host than the home repository"),
            ("http://host/prod.git", "", "is on another host than the home repository"),
            ("https://host:8443/prod.git", "", "is on another host than the home repository"),
            ("https://host@evil/prod.git", "", "holds credentials"),
            ("/var/lib/release-manager/config-repo/mirror.git", "", "is a folder of this machine"),
            ("file:///etc", "", "is a folder of this machine"),
            ("ext::sh -c id", "", "is no address of a Git repository"),
            ("", "--upload-pack=id", "is no name of a branch"),
        ] {
            let problem = resolved(repository, branch, &home).unwrap_err();
            assert!(problem.contains(told), "{repository} {branch}: {problem}");
        }
    }
}
