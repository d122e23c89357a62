//! What HTTPS needs beside what the system has: a certificate of our own, and whom to believe.

use std::io;
use std::path::{Path, PathBuf};

/// Files for HTTPS, read anew by every fetch and push, so that they can be renewed while we run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tls {
    authority: Option<PathBuf>,
    client: Option<(PathBuf, PathBuf)>,
}

/// Files that cannot be used for HTTPS.
#[derive(Debug, thiserror::Error)]
pub enum InvalidTls {
    /// One of the two is missing.
    #[error("a client certificate and its key are given together or not at all")]
    Half,
    /// A file cannot be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl explain::Explain for InvalidTls {
    fn kind(&self) -> explain::Kind {
        match self {
            Self::Half | Self::Unreadable { .. } => explain::Kind::Usage,
        }
    }

    fn next_step(&self) -> std::borrow::Cow<'static, str> {
        match self {
            Self::Half => "give both, each a file in PEM format".into(),
            Self::Unreadable { .. } => "give a file in PEM format that this process may read".into(),
        }
    }
}

impl Tls {
    /// A client certificate with its key, and the certificates of the authorities to believe instead of the system's.
    ///
    /// # Errors
    /// When a file cannot be read, or one of certificate and key is missing.
    pub fn new(
        certificate: Option<&Path>,
        key: Option<&Path>,
        authority: Option<&Path>,
    ) -> Result<Self, InvalidTls> {
        let client = match (certificate, key) {
            (Some(certificate), Some(key)) => Some((certificate.to_owned(), key.to_owned())),
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => return Err(InvalidTls::Half),
        };
        for path in [certificate, key, authority].into_iter().flatten() {
            let unreadable = |source| InvalidTls::Unreadable { path: path.to_owned(), source };
            std::fs::File::open(path).map_err(unreadable)?;
        }
        Ok(Self { authority: authority.map(Path::to_owned), client })
    }

    /// The settings by which Git knows them.
    pub(crate) fn settings(&self) -> impl Iterator<Item = (&'static str, &Path)> {
        let client = self.client.iter().flat_map(|(certificate, key)| {
            [("http.sslCert", certificate.as_path()), ("http.sslKey", key.as_path())]
        });
        client.chain(self.authority.iter().map(|file| ("http.sslCAInfo", file.as_path())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_without_its_key_and_files_that_are_not_there_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let [there, gone] = ["there", "gone"].map(|name| folder.path().join(name));
        std::fs::write(&there, "pem").unwrap();
        let (there, gone) = (there.as_path(), gone.as_path());
        assert!(matches!(Tls::new(Some(there), None, None), Err(InvalidTls::Half)));
        assert!(matches!(Tls::new(None, Some(there), None), Err(InvalidTls::Half)));
        let error = Tls::new(Some(there), Some(there), Some(gone)).unwrap_err();
        assert_eq!(error.to_string(), format!("cannot read {}", gone.display()));
        assert_eq!(Tls::new(None, None, None).unwrap(), Tls::default());
        let tls = Tls::new(Some(there), Some(there), Some(there)).unwrap();
        let names: Vec<&str> = tls.settings().map(|(name, _)| name).collect();
        assert_eq!(names, ["http.sslCert", "http.sslKey", "http.sslCAInfo"]);
    }
}
