//! Container images without a registry: one layer around a static busybox, as a `docker save` archive.

use std::fs;
use std::path::PathBuf;

use serde_json::json;
use sha2::{Digest, Sha256};
use tar::{Builder, EntryType, Header};

use crate::packages;

/// The name of the image every pod's sandbox is made of.
pub(crate) const PAUSE: &str = "release-manager.local/pause:1";

/// As the first process of a pod it must stay, end when told to, and collect orphans.
const PAUSE_SCRIPT: &str = "trap 'exit 0' TERM INT; while :; do sleep 2147483647 & wait; done";

/// The applets that get a name of their own in `/bin`.
const APPLETS: [&str; 32] = [
    "sh", "ash", "cat", "cp", "date", "dd", "echo", "env", "false", "grep", "head", "hostname", "httpd",
    "id", "kill", "ls", "mkdir", "mv", "nc", "printf", "ps", "rm", "sed", "sleep", "tail", "tee", "test",
    "touch", "tr", "true", "wc", "wget",
];

/// A container image: its name and its archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Name and tag, as a pod names it.
    pub name: String,
    /// The archive, in the format of `docker save`.
    pub archive: Vec<u8>,
}

/// What goes into an image beside busybox and its applets in `/bin`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// Absolute path, content and mode of each file.
    pub files: Vec<(String, Vec<u8>, u32)>,
    /// The command, unless a pod names another.
    pub entrypoint: Vec<String>,
}

/// An image that could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// There is no busybox to put into it.
    #[error("no busybox on this machine to put into an image")]
    NoBusybox,
    /// Reading busybox or writing the archive failed.
    #[error("cannot write the image {name}")]
    Write {
        /// The image.
        name: String,
        /// Why.
        source: std::io::Error,
    },
}

impl explain::Explain for ImageError {
    fn kind(&self) -> explain::Kind {
        match self {
            Self::NoBusybox => explain::Kind::Invalid,
            Self::Write { .. } => explain::Kind::Internal,
        }
    }

    fn next_step(&self) -> std::borrow::Cow<'static, str> {
        match self {
            Self::NoBusybox => "install it: apt-get install -y --no-install-recommends busybox-static".into(),
            Self::Write { .. } => "see whether the files it is made of can be read".into(),
        }
    }
}

/// An image of busybox and these contents.
///
/// # Errors
/// When there is no busybox on this machine, or a path cannot be part of an archive.
pub fn app(name: &str, contents: &Contents) -> Result<Image, ImageError> {
    let path: PathBuf = packages::find("busybox").ok_or(ImageError::NoBusybox)?;
    let archive = fs::read(path).and_then(|busybox| archive(name, &busybox, contents));
    let archive = archive.map_err(|source| ImageError::Write { name: name.to_owned(), source })?;
    Ok(Image { name: name.to_owned(), archive })
}

/// The image of pod sandboxes.
pub(crate) fn pause() -> Result<Image, ImageError> {
    let entrypoint = ["/bin/sh", "-c", PAUSE_SCRIPT].map(str::to_owned).to_vec();
    app(PAUSE, &Contents { files: Vec::new(), entrypoint })
}

fn archive(name: &str, busybox: &[u8], contents: &Contents) -> std::io::Result<Vec<u8>> {
    let layer = layer(busybox, contents)?;
    let config = json!({
        "architecture": architecture(),
        "os": "linux",
        "config": {"Entrypoint": contents.entrypoint, "Env": ["PATH=/bin"], "WorkingDir": "/"},
        "rootfs": {"type": "layers", "diff_ids": [format!("sha256:{}", sha256(&layer))]},
    })
    .to_string();
    let config_name = format!("{}.json", sha256(config.as_bytes()));
    let manifest = json!([{"Config": config_name, "RepoTags": [name], "Layers": ["layer.tar"]}]).to_string();
    let mut tar = Builder::new(Vec::new());
    add_file(&mut tar, &config_name, config.as_bytes(), 0o644)?;
    add_file(&mut tar, "layer.tar", &layer, 0o644)?;
    add_file(&mut tar, "manifest.json", manifest.as_bytes(), 0o644)?;
    tar.into_inner()
}

fn layer(busybox: &[u8], contents: &Contents) -> std::io::Result<Vec<u8>> {
    let mut tar = Builder::new(Vec::new());
    add_folder(&mut tar, "bin/", 0o755)?;
    add_folder(&mut tar, "tmp/", 0o1777)?;
    add_file(&mut tar, "bin/busybox", busybox, 0o755)?;
    for applet in APPLETS {
        let mut header = header(EntryType::Symlink, 0, 0o777);
        tar.append_link(&mut header, format!("bin/{applet}"), "busybox")?;
    }
    for (path, bytes, mode) in &contents.files {
        add_file(&mut tar, path.trim_start_matches('/'), bytes, *mode)?;
    }
    tar.into_inner()
}

fn add_file(tar: &mut Builder<Vec<u8>>, path: &str, bytes: &[u8], mode: u32) -> std::io::Result<()> {
    let mut header = header(EntryType::Regular, bytes.len() as u64, mode);
    tar.append_data(&mut header, path, bytes)
}

fn add_folder(tar: &mut Builder<Vec<u8>>, path: &str, mode: u32) -> std::io::Result<()> {
    let mut header = header(EntryType::Directory, 0, mode);
    tar.append_data(&mut header, path, std::io::empty())
}

/// No time and no owner: the same contents make the same image.
fn header(kind: EntryType, size: u64, mode: u32) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_size(size);
    header.set_mode(mode);
    header
}

fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::io::Read;

    use super::*;

    fn read(archive: &[u8]) -> BTreeMap<String, (Vec<u8>, u32, EntryType)> {
        let mut archive = tar::Archive::new(archive);
        let entries = archive.entries().unwrap().map(|entry| {
            let mut entry = entry.unwrap();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            let header = entry.header();
            let path = entry.path().unwrap().display().to_string();
            (path, (bytes, header.mode().unwrap(), header.entry_type()))
        });
        entries.collect()
    }

    #[test]
    fn an_archive_names_its_config_and_its_only_layer() {
        let contents = Contents {
            files: vec![("/www/index.html".into(), b"hello".to_vec(), 0o644)],
            entrypoint: vec!["/bin/httpd".into(), "-f".into()],
        };
        let files = read(&archive("shop/pay:v1", b"busybox", &contents).unwrap());
        let manifest: serde_json::Value = serde_json::from_slice(&files["manifest.json"].0).unwrap();
        assert_eq!(manifest[0]["RepoTags"], json!(["shop/pay:v1"]));
        let config: serde_json::Value =
            serde_json::from_slice(&files[manifest[0]["Config"].as_str().unwrap()].0).unwrap();
        assert_eq!(config["config"]["Entrypoint"], json!(["/bin/httpd", "-f"]));
        let layer = &files["layer.tar"].0;
        assert_eq!(config["rootfs"]["diff_ids"], json!([format!("sha256:{}", sha256(layer))]));

        let layer = read(layer);
        assert_eq!(layer["bin/busybox"], (b"busybox".to_vec(), 0o755, EntryType::Regular));
        assert_eq!(layer["bin/sh"].2, EntryType::Symlink);
        assert_eq!(layer["tmp/"], (Vec::new(), 0o1777, EntryType::Directory));
        assert_eq!(layer["www/index.html"], (b"hello".to_vec(), 0o644, EntryType::Regular));
    }

    #[test]
    fn the_same_contents_make_the_same_image() {
        let contents = Contents::default();
        assert_eq!(archive("a:1", b"b", &contents).unwrap(), archive("a:1", b"b", &contents).unwrap());
    }
}
