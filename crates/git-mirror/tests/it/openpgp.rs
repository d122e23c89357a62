//! OpenPGP signatures, judged by git and gpg.

use std::path::{Path, PathBuf};

use explain::{Explain, Kind};
use git_mirror::{GpgError, GpgSigner, PushOutcome};
use process::{Output, Program};

use crate::support::{World, commit, git_ok, put};

/// A key ring of a person, who makes keys and judges signatures.
struct Ring(PathBuf);

impl Ring {
    fn new(world: &World) -> Self {
        use std::os::unix::fs::DirBuilderExt;
        let home = world.path().join("ring");
        std::fs::DirBuilder::new().mode(0o700).create(&home).unwrap();
        Self(home)
    }

    fn gpg(&self, args: &[&str]) -> Output {
        let output = Program::new("gpg")
            .env("GNUPGHOME", &self.0)
            .args(["--batch", "--no-tty", "--pinentry-mode", "loopback"])
            .args(args.iter().copied())
            .run()
            .unwrap();
        assert!(output.succeeded(), "gpg {args:?}: {}", output.stderr_text());
        output
    }

    /// Makes a key for an address and writes its secret part to a file.
    fn key(&self, email: &str, passphrase: &str, file: &Path) {
        self.gpg(&["--passphrase", passphrase, "--quick-gen-key", email, "ed25519", "sign", "0"]);
        let key = self.gpg(&["--passphrase", passphrase, "--armor", "--export-secret-keys", email]);
        std::fs::write(file, key.stdout).unwrap();
    }

    fn verify(&self, repository: &Path, commit: &str) -> Output {
        Program::new("git")
            .env("GNUPGHOME", &self.0)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .args(["verify-commit", "--raw", commit])
            .folder(repository)
            .run()
            .unwrap()
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        drop(Program::new("gpgconf").env("GNUPGHOME", &self.0).args(["--kill", "gpg-agent"]).run());
    }
}

fn agent_is_there(home: &Path) -> bool {
    Program::new("gpg-connect-agent")
        .args(["--no-autostart".into(), "--homedir".into(), home.as_os_str().to_owned(), "/bye".into()])
        .run()
        .unwrap()
        .stderr
        .is_empty()
}

#[test]
fn openpgp_signatures_are_good_directly_in_a_batch_and_after_a_lost_race() {
    let world = World::new();
    let ring = Ring::new(&world);
    let keys = world.path().join("keys");
    std::fs::create_dir_all(keys.join("not-a-file")).unwrap();
    ring.key("rm@example.test", "", &keys.join("rm.asc"));
    ring.key("other@example.test", "", &world.path().join("other.asc"));
    let home = world.path().join("gnupg");
    let signer = GpgSigner::open(&home, "rm@example.test", &[keys, world.path().join("other.asc")]).unwrap();
    let mut mirror = world.mirror();
    let mut commits = Vec::new();
    let mut batch = mirror.batch().unwrap();
    for n in 0..20 {
        let made = batch.commit(&[put("a", &n.to_string())], &commit("signed\n"), Some(&signer)).unwrap();
        commits.push(made.unwrap());
    }
    assert_eq!(mirror.push(&batch).unwrap(), PushOutcome::Pushed);
    let build = |mirror: &mut git_mirror::Mirror| {
        let mut batch = mirror.batch().unwrap();
        let id = batch.commit(&[put("b", "1")], &commit("raced\n"), Some(&signer)).unwrap().unwrap();
        (batch, id)
    };
    let (lost, _) = build(&mut mirror);
    world.foreign(&[("theirs", "1")], "first");
    assert!(matches!(mirror.push(&lost).unwrap(), PushOutcome::Lost(_)));
    mirror.fetch().unwrap();
    let (again, replayed) = build(&mut mirror);
    assert_eq!(mirror.push(&again).unwrap(), PushOutcome::Pushed);
    commits.push(replayed);
    for id in commits {
        let verdict = ring.verify(&world.remote_path(), &id.to_string());
        assert!(verdict.succeeded(), "{}", verdict.stderr_text());
        assert!(verdict.stderr_text().contains("GOODSIG"), "{}", verdict.stderr_text());
    }
    let raw = world.ask(&["cat-file", "commit", &replayed.to_string()]);
    let forged = world.path().join("forged");
    std::fs::write(&forged, raw.replace("raced", "forged") + "\n").unwrap();
    let forged =
        git_ok(&world.remote_path(), &["hash-object", "-t", "commit", "-w", forged.to_str().unwrap()]);
    assert!(!ring.verify(&world.remote_path(), &forged).succeeded());
    world.fsck();
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(std::fs::metadata(&home).unwrap().permissions().mode() & 0o777, 0o700);
    assert!(agent_is_there(&home), "a signature needs the agent");
    drop(signer);
    assert!(!agent_is_there(&home), "nothing is left running");
}

#[test]
fn keys_that_cannot_sign_are_told_apart() {
    let world = World::new();
    let ring = Ring::new(&world);
    let file = |name: &str| world.path().join(name);
    ring.key("open@example.test", "", &file("open.asc"));
    ring.key("locked@example.test", "secret", &file("locked.asc"));
    std::fs::write(file("broken.asc"), "no key").unwrap();
    let home = file("gnupg");
    let open = |key: &str, imports: &[&str]| {
        let imports: Vec<PathBuf> = imports.iter().map(|name| file(name)).collect();
        GpgSigner::open(&home, key, &imports)
    };
    let locked = open("locked@example.test", &["locked.asc"]).unwrap_err();
    assert!(matches!(locked, GpgError::Locked { .. }), "{locked}");
    assert!(locked.next_step().starts_with("remove the pass-phrase with `gpg --edit-key"));
    let other = open("nobody@example.test", &["open.asc"]).unwrap_err();
    assert_eq!(other.kind(), Kind::Usage);
    assert!(other.to_string().starts_with("no imported secret key is `nobody@example.test`: "), "{other}");
    for name in ["broken.asc", "missing.asc"] {
        let error = open("open@example.test", &[name]).unwrap_err();
        let expected = format!("failed to import GPG key(s) from {}", file(name).display());
        assert!(error.to_string().starts_with(&expected), "{error}");
    }
    // What an earlier start imported is not there any more.
    drop(open("open@example.test", &["open.asc"]).unwrap());
    assert!(open("open@example.test", &["locked.asc"]).is_err());
}
