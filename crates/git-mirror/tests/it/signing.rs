//! Signatures, judged by git and ssh-keygen.

use explain::Explain;
use git_mirror::{PushOutcome, SignError, SshSigner};
use process::Program;

use crate::support::{World, commit, git, put};

#[test]
fn a_signed_commit_is_accepted_by_git_and_a_changed_one_is_not() {
    let world = World::new();
    let key = world.path().join("key");
    let made = Program::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", "rm@example.test", "-f"])
        .args([&key])
        .run()
        .unwrap();
    assert!(made.succeeded(), "{}", made.stderr_text());
    let public = std::fs::read_to_string(key.with_extension("pub")).unwrap();
    let allowed = world.path().join("allowed");
    std::fs::write(&allowed, format!("rm@example.test {public}")).unwrap();
    let signer = SshSigner::read(&key).unwrap();
    let mut mirror = world.mirror();
    let mut batch = mirror.batch().unwrap();
    let id = batch.commit(&[put("a", "1")], &commit("signed\n"), Some(&signer)).unwrap().unwrap();
    assert_eq!(mirror.push(&batch).unwrap(), PushOutcome::Pushed);
    let config = format!("gpg.ssh.allowedSignersFile={}", allowed.display());
    let verify = |id: &str| git(&world.remote_path(), &["-c", &config, "verify-commit", id]);
    let good = verify(&id.to_string());
    assert!(good.succeeded(), "{}", good.stderr_text());
    let raw = world.ask(&["cat-file", "commit", &id.to_string()]);
    let forged = world.path().join("forged");
    std::fs::write(&forged, raw.replace("signed", "forged") + "\n").unwrap();
    let forged = world.ask(&["hash-object", "-t", "commit", "-w", forged.to_str().unwrap()]);
    assert!(!verify(&forged).succeeded());
    world.fsck();
}

#[test]
fn a_locked_or_broken_key_is_named_with_the_way_out() {
    let world = World::new();
    let key = world.path().join("locked");
    Program::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "secret", "-f"])
        .args([&key])
        .run()
        .unwrap();
    let error = SshSigner::read(&key).unwrap_err();
    assert!(matches!(error, SignError::Locked { .. }), "{error}");
    assert!(error.next_step().starts_with("remove the pass-phrase with `ssh-keygen -p -N ''"));
    let broken = world.path().join("broken");
    std::fs::write(&broken, "no key").unwrap();
    assert!(matches!(SshSigner::read(&broken).unwrap_err(), SignError::Key { .. }));
}
