//! The same over SSH and HTTP, with the identities and faults of a real Git host.

use std::path::Path;

use explain::{Explain, Kind};
use git_mirror::{Credentials, Mirror, Movement, PushOutcome, Remote, Tls};
use testkit::{Access, GitHost, TlsDoor};

use crate::support::{add, put};

fn ssh(host: &GitHost, access: Access) -> Credentials {
    Credentials::SshKey { key: host.ssh_key(access), known_hosts: host.known_hosts() }
}

fn mirror(folder: &Path, url: &str, credentials: Credentials) -> Mirror {
    let remote = Remote { credentials, ..Remote::new(url.parse().unwrap(), "main".parse().unwrap()) };
    Mirror::open(folder, remote).unwrap()
}

fn push(mirror: &mut Mirror, content: &str) -> PushOutcome {
    let mut batch = mirror.batch().unwrap();
    add(&mut batch, &[put("a", content)], "ours");
    mirror.push(&batch).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_credential_pushes_and_fetches() {
    let host = GitHost::start().await.unwrap();
    let repository = host.create("config").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (ssh_url, http_url) = (repository.ssh_url(), repository.http_url());
    let token = || host.token(Access::Write).to_owned().into();
    let ways = [
        ("ssh", ssh_url, ssh(&host, Access::Write)),
        ("bearer", http_url, Credentials::Token(token())),
        ("basic", http_url, Credentials::Basic { user: "x".into(), password: token() }),
    ];
    for (name, url, credentials) in ways {
        let mut mirror = mirror(&folder.path().join(name), url, credentials);
        mirror.fetch().unwrap();
        assert_eq!(push(&mut mirror, name), PushOutcome::Pushed, "{name}");
        assert_eq!(repository.file("main", "a").unwrap().trim(), name);
        assert_eq!(mirror.fetch().unwrap().movement, Movement::Unchanged, "{name}");
    }
    repository.fsck().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_only_read_reads_and_is_refused_when_pushing() {
    let host = GitHost::start().await.unwrap();
    let repository = host.create("config").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut writer = mirror(&folder.path().join("writer"), repository.ssh_url(), ssh(&host, Access::Write));
    push(&mut writer, "1");
    let token = Credentials::Token(host.token(Access::Read).to_owned().into());
    for (name, url, credentials) in
        [("ssh", repository.ssh_url(), ssh(&host, Access::Read)), ("http", repository.http_url(), token)]
    {
        let mut reader = mirror(&folder.path().join(name), url, credentials);
        assert_eq!(reader.fetch().unwrap().after, writer.tip().unwrap(), "{name}");
        let outcome = push(&mut reader, "2");
        assert!(matches!(outcome, PushOutcome::Refused(_)), "{name}: {outcome:?}");
    }
    let wrong = Credentials::Token("wrong".to_owned().into());
    let mut stranger = mirror(&folder.path().join("stranger"), repository.http_url(), wrong);
    let error = stranger.fetch().unwrap_err();
    assert_eq!(error.kind(), Kind::Denied, "{error}");
    assert!(!explain::chain(&error).join(" ").contains("wrong"), "no secret in a message: {error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_host_is_refused_and_a_dead_one_is_unreachable() {
    let host = GitHost::start().await.unwrap();
    let repository = host.create("config").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("known");
    std::fs::write(&empty, "").unwrap();
    let credentials = Credentials::SshKey { key: host.ssh_key(Access::Write), known_hosts: empty };
    let mut unknown = mirror(&folder.path().join("unknown"), repository.ssh_url(), credentials);
    assert_eq!(unknown.fetch().unwrap_err().kind(), Kind::Denied);
    host.down().await;
    for (name, url) in [("ssh", repository.ssh_url()), ("http", repository.http_url())] {
        let mut dead = mirror(&folder.path().join(name), url, ssh(&host, Access::Write));
        let error = dead.fetch().unwrap_err();
        assert_eq!(error.kind(), Kind::Unavailable, "{error}");
        let outcome = push(&mut dead, "1");
        assert!(matches!(outcome, PushOutcome::Unreachable(_)), "{name}: {outcome:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_wants_a_client_certificate_lets_in_who_shows_one() {
    let host = GitHost::start().await.unwrap();
    let repository = host.create("config").unwrap();
    let door = TlsDoor::start(host.http().addr()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let open = |name: &str, tls: Tls| {
        let credentials = Credentials::Token(host.token(Access::Write).to_owned().into());
        let url = door.url("config.git").parse().unwrap();
        let remote = Remote { credentials, tls, ..Remote::new(url, "main".parse().unwrap()) };
        Mirror::open(&folder.path().join(name), remote).unwrap()
    };
    let (certificate, key, authority) = (door.client_certificate(), door.client_key(), door.authority());
    let whole = Tls::new(Some(&certificate), Some(&key), Some(&authority)).unwrap();
    let mut mirror = open("whole", whole);
    mirror.fetch().unwrap();
    assert_eq!(push(&mut mirror, "1"), PushOutcome::Pushed);
    assert_eq!(mirror.fetch().unwrap().movement, Movement::Unchanged);
    assert_eq!(repository.file("main", "a").unwrap().trim(), "1");
    let without_authority = Tls::new(Some(&certificate), Some(&key), None).unwrap();
    let without_certificate = Tls::new(None, None, Some(&authority)).unwrap();
    for (name, tls, told) in [
        ("authority", without_authority, "certificate"),
        ("certificate", without_certificate, "unable to access"),
    ] {
        let error = open(name, tls).fetch().unwrap_err();
        assert_eq!(error.kind(), Kind::Unavailable, "{error}");
        assert!(error.to_string().contains(told), "{error}");
    }
}
