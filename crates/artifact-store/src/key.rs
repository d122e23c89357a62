//! Where an artifact lies.

use artifact::{ArtifactId, ServiceName};
use object_store::path::Path;

/// How a store writes the id of an artifact into the last part of a key.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Naming {
    /// `SERVICE/ID`, as the original does in S3.
    Plain,
    /// `SERVICE/ID.zip`: on a disk a person should see what it is, and no id can then look like a temporary file.
    ZipFile,
}

const ZIP_SUFFIX: &str = ".zip";

impl Naming {
    pub(crate) fn key(
        self,
        service: &ServiceName,
        id: &ArtifactId,
    ) -> Result<Path, object_store::path::Error> {
        let suffix = match self {
            Self::Plain => "",
            Self::ZipFile => ZIP_SUFFIX,
        };
        Path::parse(format!("{service}/{id}{suffix}"))
    }

    /// The artifact a key stands for; `None` for anything else that lies in the store.
    pub(crate) fn parse(self, key: &str) -> Option<(ServiceName, ArtifactId)> {
        let (service, id) = key.split_once('/')?;
        let id = match self {
            Self::Plain => id,
            Self::ZipFile => id.strip_suffix(ZIP_SUFFIX)?,
        };
        Some((service.parse().ok()?, id.parse().ok()?))
    }
}

/// Where uploads to a bucket wait: no service has such a name.
pub(crate) const UPLOADS: &str = ".uploads";

/// The folder of a service's uploads, or of an artifact's, or one upload of it by its MD5.
pub(crate) fn upload(service: &ServiceName, of: Option<(&ArtifactId, &str)>) -> String {
    match of {
        None => format!("{UPLOADS}/{service}"),
        Some((id, "")) => format!("{UPLOADS}/{service}/{id}"),
        Some((id, md5)) => format!("{UPLOADS}/{service}/{id}/{md5}"),
    }
}

/// The artifact an upload is of; `None` for anything else.
pub(crate) fn parse_upload(key: &str) -> Option<(ServiceName, ArtifactId)> {
    let (artifact, _md5) = key.strip_prefix(UPLOADS)?.strip_prefix('/')?.rsplit_once('/')?;
    Naming::Plain.parse(artifact)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back_and_keeps_its_characters() {
        for naming in [Naming::Plain, Naming::ZipFile] {
            for id in ["master-1-2", "fix#12", "a+b@c%20d", "ü"] {
                let (service, id) = ("billing".parse().unwrap(), id.parse().unwrap());
                let key = naming.key(&service, &id).unwrap();
                assert!(key.as_ref().starts_with(&format!("billing/{id}")), "{key}");
                assert_eq!(naming.parse(key.as_ref()), Some((service, id)));
            }
        }
    }

    #[test]
    fn an_upload_reads_back_and_is_no_artifact() {
        let (service, id): (ServiceName, ArtifactId) = ("billing".parse().unwrap(), "a#1".parse().unwrap());
        let key = upload(&service, Some((&id, "0f")));
        assert_eq!(key, ".uploads/billing/a#1/0f");
        assert_eq!(parse_upload(&key), Some((service, id)));
        assert_eq!(Naming::Plain.parse(&key), None);
        for key in ["billing/a-1", ".uploads/billing/a-1", ".uploads/a/b/c/d", ".uploadsx/a/b/c", ".uploads"]
        {
            assert_eq!(parse_upload(key), None, "{key}");
        }
    }

    #[test]
    fn what_is_no_artifact_is_skipped() {
        for key in ["billing", "a/b/c", "/x", "billing/.hidden", "x y/z"] {
            assert_eq!(Naming::Plain.parse(key), None, "{key}");
        }
        assert_eq!(Naming::ZipFile.parse("billing/master-1"), None);
    }
}
