//! Signed commits, by the flags of the original.

use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use artifact::Intent;
use process::{Output, Program};

use crate::bed::Bed;

/// Runs `gpg` or `git` with a key ring in this folder.
fn run(program: &str, ring: &Path, args: &[&str]) -> Output {
    Program::new(program)
        .env("GNUPGHOME", ring)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .args(args.iter().copied())
        .run()
        .unwrap()
}

/// A key for `rm@example.test`: its ring, and the file of its secret part.
fn key(folder: &Path) -> (std::path::PathBuf, std::path::PathBuf) {
    let (ring, file) = (folder.join("ring"), folder.join("key.asc"));
    std::fs::DirBuilder::new().mode(0o700).create(&ring).unwrap();
    let make = ["--batch", "--passphrase", "", "--quick-gen-key", "rm@example.test", "ed25519", "sign", "0"];
    assert!(run("gpg", &ring, &make).succeeded());
    let export = run("gpg", &ring, &["--batch", "--armor", "--export-secret-keys", "rm@example.test"]);
    std::fs::write(&file, export.stdout).unwrap();
    (ring, file)
}

#[tokio::test(flavor = "multi_thread")]
async fn releases_at_every_place_are_signed_by_the_imported_key() {
    let folder = tempfile::tempdir().unwrap();
    let (ring, file) = key(folder.path());
    let bed = Bed::new()
        .await
        .flag("--git-signing-key=rm@example.test")
        .flag(format!("--git-gpg-key-import-paths={}", file.display()));
    let settings = "environments: [dev, {name: prod, branch: live}]\n";
    let second = bed.repo.second_writer().unwrap();
    second.push(crate::bed::BRANCH, "release-manager.yaml", settings, "places").unwrap();
    let server = bed.start().await;
    server.upload("billing", "master-1", "master").await;
    for (environment, branch) in [("dev", crate::bed::BRANCH), ("prod", "live")] {
        server.release("billing", environment, "master-1", &Intent::ReleaseArtifact).await.unwrap();
        let newest = &bed.repo.log(branch).unwrap()[0];
        assert_eq!(newest.trailer("Environment"), Some(environment));
        let repository = bed.repo.path().to_str().unwrap();
        let verified = run("git", &ring, &["-C", repository, "verify-commit", &newest.id]);
        assert!(verified.succeeded(), "{}", verified.stderr_text());
    }
    let environments: Vec<String> =
        server.status("billing").await.environments.into_iter().map(|row| row.name).collect();
    assert_eq!(environments, ["dev", "prod"]);
    run("gpgconf", &ring, &["--kill", "gpg-agent"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_could_not_sign_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let bin = folder.path().join("bin");
    std::fs::create_dir(&bin).unwrap();
    let start = async |flags: &[&str], path: Option<&Path>| {
        let mut bed = Bed::new().await;
        bed.flags = flags.iter().map(|flag| (*flag).to_owned()).collect();
        let launch = bed.launch();
        let program = Program::new(launch.program).args(launch.args);
        let program = match path {
            Some(path) => program.env("PATH", path),
            None => program,
        };
        program.run().unwrap()
    };
    let keyless = start(&["--git-signing-key=0xF00D"], None).await;
    let told = "error: gpg signing key provided, but no import paths specified";
    assert_eq!(keyless.code, Some(2));
    assert!(keyless.stderr_text().starts_with(told), "{}", keyless.stderr_text());
    let missing = ["--git-signing-key=0xF00D", "--git-gpg-key-import-paths=/nowhere"];
    let missing = start(&missing, None).await;
    assert!(!missing.succeeded());
    let text = missing.stderr_text();
    assert!(text.contains("error: failed to import GPG key(s) from /nowhere"), "{text}");
    let file = folder.path().join("key");
    std::fs::write(&file, "key").unwrap();
    let import = format!("--git-gpg-key-import-paths={}", file.display());
    let without = start(&["--git-signing-key=0xF00D", &import], Some(&bin)).await;
    assert!(!without.succeeded());
    let text = without.stderr_text();
    assert!(text.contains("error: cannot use OpenPGP keys: cannot start `gpg`"), "{text}");
    assert!(text.contains("hint: install GnuPG"), "{text}");
}
