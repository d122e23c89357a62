use std::io::Write;

use proptest::prelude::*;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use artifact::{ArtifactId, ServiceName};

use super::super::layout::SPEC;
use super::*;

const SPEC_TEXT: &str = r#"{"id":"a-1","service":"s"}"#;

/// A zip of these files, with `artifact.json`.
fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in [(SPEC, SPEC_TEXT.as_bytes())].iter().chain(files) {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn read(zip: Vec<u8>) -> Result<Artifact, ReadError> {
    read_within(zip, &Limits::default())
}

fn read_within(zip: Vec<u8>, limits: &Limits) -> Result<Artifact, ReadError> {
    let (service, id) = names();
    read_zip(&zip.into(), &service, &id, limits)
}

fn names() -> (ServiceName, ArtifactId) {
    ("s".parse().unwrap(), "a-1".parse().unwrap())
}

fn message(read: Result<Artifact, ReadError>) -> String {
    explain::chain(&read.unwrap_err()).join(": ")
}

/// Puts another name of the same length in the place of one, as an attacker would.
fn renamed(zip: Vec<u8>, from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut zip = zip;
    let places: Vec<usize> =
        (0..zip.len() - from.len()).filter(|at| zip[*at..].starts_with(from.as_bytes())).collect();
    assert_eq!(places.len(), 2, "{from} stands in the local header and in the directory");
    for at in places {
        zip[at..at + to.len()].copy_from_slice(to.as_bytes());
    }
    zip
}

#[test]
fn an_artifact_has_its_spec_and_its_folders() {
    let zip =
        zip_of(&[("dev/b.yaml", b"b"), ("dev/sub/a.yaml", b"a"), ("prod/x", b""), ("message.json", b"{}")]);
    let artifact = read(zip).unwrap();
    assert_eq!(artifact.spec_bytes().as_ref(), SPEC_TEXT.as_bytes());
    assert_eq!(artifact.environments().collect::<Vec<_>>(), ["dev", "prod"]);
    let paths: Vec<&str> = artifact.files("dev").unwrap().iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["b.yaml", "sub/a.yaml"]);
    assert_eq!(artifact.files("staging"), None);
}

#[test]
fn executable_bits_survive() {
    let mut writer = ZipWriter::new_append(Cursor::new(zip_of(&[]))).unwrap();
    writer.start_file("dev/run.sh", SimpleFileOptions::default().unix_permissions(0o755)).unwrap();
    writer.start_file("dev/a.yaml", SimpleFileOptions::default().unix_permissions(0o644)).unwrap();
    let artifact = read(writer.finish().unwrap().into_inner()).unwrap();
    let bits: Vec<bool> = artifact.files("dev").unwrap().iter().map(|file| file.executable).collect();
    assert_eq!(bits, [false, true]);
}

#[test]
fn hostile_names_are_refused() {
    for (name, rule) in [
        ("dev/../../prod/x", "leaves its folder"),
        ("../x", "leaves its folder"),
        ("./x", "leaves its folder"),
        ("dev/./x", "leaves its folder"),
        ("/etc/passwd", "is absolute"),
        ("C:/x", "is absolute"),
        ("dev\\..\\x", "holds a backslash"),
        ("dev//x", "has an empty part"),
        ("dev/a\nb", "holds a control character"),
        ("dev/a\0b", "holds a control character"),
        ("dev/.git/hooks/post-checkout", "is a name of Git's own"),
        ("dev/.GIT/config", "is a name of Git's own"),
    ] {
        let stand_in = "q".repeat(name.len());
        let zip = renamed(zip_of(&[(&stand_in, b"x")]), &stand_in, name);
        assert!(message(read(zip)).ends_with(rule), "{name:?}");
    }
}

#[test]
fn names_that_are_not_utf8_are_refused() {
    let mut zip = zip_of(&[("dev/qqq", b"x")]);
    for at in 0..zip.len() - 7 {
        if zip[at..].starts_with(b"dev/qqq") {
            zip[at + 5] = 0xff;
        }
    }
    assert!(message(read(zip)).ends_with("is not UTF-8"));
}

#[test]
fn the_same_file_twice_is_refused() {
    let twice = renamed(zip_of(&[("dev/aa", b"1"), ("dev/zz", b"2")]), "dev/zz", "dev/aa");
    assert_eq!(message(read(twice)), "the zip has two entries of the same name");
    let cased = zip_of(&[("dev/Config.yaml", b"1"), ("dev/config.yaml", b"2")]);
    assert!(message(read(cased)).ends_with("could be taken for the same file"));
    let below_a_file = zip_of(&[("dev/a", b"1"), ("dev/a/b", b"2")]);
    assert!(message(read(below_a_file)).ends_with("could be taken for the same file"));
}

#[test]
fn what_is_encrypted_is_refused() {
    // The flag alone, in the directory: no key is needed to ask for one.
    let mut zip = zip_of(&[("dev/a", b"secret")]);
    let entry =
        zip.windows(51).position(|bytes| bytes.starts_with(b"PK\x01\x02") && bytes.ends_with(b"dev/a"));
    zip[entry.unwrap() + 8] |= 1;
    assert_eq!(message(read(zip)), "`dev/a` in the zip is encrypted");
}

#[test]
fn a_directory_of_too_many_entries_is_not_even_read() {
    let mut zip = zip_of(&[]);
    let entry = zip.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    let end = zip.windows(4).position(|bytes| bytes == b"PK\x05\x06").unwrap();
    let (header, mut end) = (zip[entry..end].to_vec(), zip.split_off(end));
    for number in 0_u16..200 {
        zip.extend_from_slice(&header);
        // Another name for each, in the place of the last two characters.
        let at = zip.len() - 2;
        zip[at..].copy_from_slice(format!("{number:02x}").as_bytes().last_chunk::<2>().unwrap());
    }
    // How many there are, and how long the directory is.
    end[8..10].copy_from_slice(&201_u16.to_le_bytes());
    end[10..12].copy_from_slice(&201_u16.to_le_bytes());
    end[12..16].copy_from_slice(&u32::try_from(201 * header.len()).unwrap().to_le_bytes());
    zip.extend_from_slice(&end);
    assert_eq!(ZipArchive::new(Cursor::new(&zip)).unwrap().len(), 201, "nothing else is wrong with it");
    let limits = Limits { entries: 100, ..Limits::default() };
    assert_eq!(message(read_within(zip, &limits)), "the artifact has more than 100 entries");
}

#[test]
fn links_are_refused() {
    let mut writer = ZipWriter::new_append(Cursor::new(zip_of(&[]))).unwrap();
    writer.add_symlink("dev/link", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    let zip = writer.finish().unwrap().into_inner();
    assert_eq!(message(read(zip)), "`dev/link` in the artifact is neither a file nor a folder");
}

#[test]
fn limits_hold_for_what_is_really_there() {
    let small = Limits { entries: 3, zip_bytes: 100_000, file_bytes: 1_000, total_bytes: 1_500 };
    let many = zip_of(&[("dev/a", b""), ("dev/b", b""), ("dev/c", b"")]);
    assert_eq!(message(read_within(many, &small)), "the artifact has more than 3 entries");
    let large = zip_of(&[("dev/a", &[0; 1_001])]);
    assert!(message(read_within(large, &small)).starts_with("`dev/a` in the artifact is larger"));
    let total = zip_of(&[("dev/a", &[0; 1_000]), ("dev/b", &[0; 1_000])]);
    assert!(message(read_within(total, &small)).starts_with("the artifact unpacks to more"));
    let fits = zip_of(&[("dev/a", &[0; 1_000])]);
    assert!(read_within(fits, &small).is_ok());
    let zip = zip_of(&[]);
    let tiny = Limits { zip_bytes: 10, ..small };
    assert!(message(read_within(zip, &tiny)).starts_with("the zip is larger"));
}

#[test]
fn a_declared_size_is_not_believed() {
    let mut zip = zip_of(&[("dev/bomb", &[0; 100_000])]);
    let declared = 100_000_u32.to_le_bytes();
    for at in 0..zip.len() - 4 {
        if zip[at..].starts_with(&declared) {
            zip[at..at + 4].copy_from_slice(&10_u32.to_le_bytes());
        }
    }
    let limits = Limits { file_bytes: 1_000, ..Limits::default() };
    assert!(read_within(zip, &limits).is_err());
}

#[test]
fn the_spec_has_to_be_that_of_the_key() {
    assert!(message(read(b"no zip".to_vec())).starts_with("the upload is not a zip file"));
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("dev/a", SimpleFileOptions::default()).unwrap();
    assert_eq!(message(read(writer.finish().unwrap().into_inner())), "it has no artifact.json in its root");
    let other =
        read_zip(&zip_of(&[]).into(), &"other".parse().unwrap(), &"a-1".parse().unwrap(), &Limits::default());
    assert_eq!(message(other), "its artifact.json is of artifact 'a-1' of service 's'");
}

#[test]
fn damaged_content_is_noticed() {
    let content = b"some content that is long enough to be hit";
    let mut writer = ZipWriter::new_append(Cursor::new(zip_of(&[]))).unwrap();
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    writer.start_file("dev/a", stored).unwrap();
    writer.write_all(content).unwrap();
    let mut zip = writer.finish().unwrap().into_inner();
    let at = zip.windows(content.len()).position(|window| window == content).unwrap();
    zip[at] ^= 1;
    assert!(message(read(zip)).starts_with("`dev/a` in the zip is damaged"));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        drop(read(bytes));
    }

    #[test]
    fn no_broken_zip_makes_it_panic(at in 0_usize..600, with in any::<u8>(), cut in 0_usize..600) {
        let mut zip = zip_of(&[("dev/a.yaml", b"some: yaml"), ("prod/b.yaml", b"other: yaml")]);
        let length = zip.len();
        zip[at % length] = with;
        zip.truncate(length - cut % length);
        if let Ok(artifact) = read(zip) {
            for environment in artifact.environments() {
                prop_assert!(!environment.contains(['/', '\\']) && environment != "..");
            }
        }
    }
}
