//! Environments on branches and in repositories of their own.

use config_repo::{ConfigRepo, Options};
use explain::{Explain, Kind};
use policy::PolicyChangeKind;

use crate::support::{Running, World, git_ok, policy, policy_said, request, said};

/// `dev` at home, `prod` on a branch, `eu` in a repository.
fn settings(world: &World) -> String {
    format!("environments: [dev, {{name: prod, branch: prod}}, {{name: eu, repository: '{}'}}]\n", eu(world))
}

fn eu(world: &World) -> String {
    let path = world.path().join("eu.git");
    if !path.exists() {
        git_ok(world.path(), &["init", "--quiet", "--bare", "-b", "master", "eu.git"]);
    }
    path.display().to_string()
}

fn world() -> World {
    let world = World::new();
    world.foreign(&[("release-manager.yaml", &settings(&world))], "places");
    world
}

/// `request`, for an artifact that is rendered for `eu` too.
fn asked(n: u128, environment: &str, artifact: &str) -> config_repo::ReleaseRequest {
    let mut request = request(n, environment, "pay", artifact);
    request.manifests.rendered.push("eu".into());
    request
}

fn running(repo: &Running) -> Vec<String> {
    let status = repo.reader.status(&"pay".parse().unwrap(), None).unwrap();
    let shown = |running: config_repo::Running| match running.spec {
        Ok(spec) => format!("{} {} {}", running.environment, spec.id, running.landed.is_some()),
        Err(error) => format!("{}: {}", running.environment, explain::chain(&error).join(": ")),
    };
    status.into_iter().map(shown).collect()
}

fn history(repo: &Running, environment: &str) -> Vec<String> {
    let landed = repo.reader.releases(&environment.parse().unwrap(), &"pay".parse().unwrap(), 10).unwrap();
    let id = |landed: &config_repo::Landed| {
        let spec = repo.reader.spec_bytes(landed).unwrap().unwrap();
        artifact::decode(&spec).unwrap().id
    };
    landed.iter().map(id).collect()
}

#[tokio::test]
async fn each_environment_is_written_and_read_where_it_lives() {
    let world = world();
    let repo = world.open();
    let ask = |n, environment: &'static str| repo.writer.release(asked(n, environment, "a-1"));
    let (dev, prod, eu_) = tokio::join!(ask(1, "dev"), ask(2, "prod"), ask(3, "eu"));
    assert_eq!([said(&dev), said(&prod), said(&eu_)], ["landed", "landed", "landed"]);
    assert_eq!(running(&repo), ["dev a-1 true", "eu a-1 true", "prod a-1 true"]);
    let files = |repository: &str, branch: &str| {
        let names = git_ok(repository.as_ref(), &["ls-tree", "-r", "--name-only", branch]);
        names.lines().filter(|name| name.ends_with("artifact.json")).map(str::to_owned).collect::<Vec<_>>()
    };
    let home = world.remote().display().to_string();
    assert_eq!(files(&home, "master"), ["dev/releases/dev/pay/artifact.json"]);
    assert_eq!(files(&home, "prod"), ["prod/releases/prod/pay/artifact.json"]);
    assert_eq!(files(&eu(&world), "master"), ["eu/releases/eu/pay/artifact.json"]);
    for environment in ["dev", "prod", "eu"] {
        assert_eq!(history(&repo, environment), ["a-1"], "{environment}");
    }
    let ran = repo.reader.ran(&"a-1".parse().unwrap()).unwrap();
    assert_eq!(ran.len(), 3);
    let services: Vec<String> =
        repo.reader.services().unwrap().into_iter().map(|(environment, _)| environment).collect();
    assert_eq!(services, ["dev", "eu", "prod"]);
    for n in 1..=3 {
        assert!(repo.reader.landed(crate::support::id(n)).unwrap().is_some(), "{n}");
    }
    // The same requests again find what they did; other artifacts replace it.
    for (n, environment) in [(1, "dev"), (2, "prod"), (3, "eu")] {
        assert_eq!(said(&ask(n, environment).await), "landed");
    }
    assert_eq!(repo.reader.ran(&"a-1".parse().unwrap()).unwrap().len(), 3, "nothing was done twice");
    repo.stop();
    // All of it is known at the next start.
    let repo = world.open();
    assert_eq!(running(&repo), ["dev a-1 true", "eu a-1 true", "prod a-1 true"]);
    repo.stop();
    world.fsck();
}

#[tokio::test]
async fn policies_of_the_home_branch_hold_everywhere() {
    let world = world();
    let repo = world.open();
    let restrict = |environment: &str| PolicyChangeKind::ApplyBranchRestriction {
        pattern: "^v".into(),
        environment: environment.parse().unwrap(),
    };
    for (n, environment) in [(1, "prod"), (3, "eu")] {
        assert_eq!(said(&repo.writer.release(asked(n, environment, "a-1")).await), "landed");
        let changed = repo.writer.change_policies(policy("pay", restrict(environment))).await;
        assert_eq!(policy_said(&changed), format!("landed branch-restriction-{environment}"));
        let refused = said(&repo.writer.release(asked(n + 1, environment, "a-2")).await);
        assert!(refused.starts_with("denied: "), "{environment}: {refused}");
    }
    // Somebody else's change, told by a webhook.
    world.foreign(&[("policies/pay.json", "{\"service\":\"pay\"}")], "by hand");
    repo.writer.refresh().await.unwrap();
    assert_eq!(said(&repo.writer.release(asked(5, "prod", "a-2")).await), "landed");
    world.foreign(&[("policies/pay.json", "no policies")], "by hand");
    repo.writer.refresh().await.unwrap();
    let refused = said(&repo.writer.release(asked(6, "prod", "a-3")).await);
    assert!(refused.starts_with("failed: cannot decide: "), "{refused}");
    repo.stop();
}

#[tokio::test]
async fn a_place_decides_nothing_by_rules_that_may_be_old() {
    let world = world();
    let repo = world.open();
    assert_eq!(said(&repo.writer.release(asked(1, "eu", "a-1")).await), "landed");
    repo.stop();
    let away = world.path().join("away.git");
    std::fs::rename(world.remote(), &away).unwrap();
    // The place answers; what its rules are now is not known.
    let repo = world.open();
    let outcome = said(&repo.writer.release(asked(2, "eu", "a-2")).await);
    assert!(outcome.starts_with("failed: the config repository cannot be reached: "), "{outcome}");
    let known = ["eu a-1 true", "prod: the config repository has not been read yet"];
    assert_eq!(running(&repo), known, "what is known is told");
    std::fs::rename(&away, world.remote()).unwrap();
    assert_eq!(said(&repo.writer.release(asked(2, "eu", "a-2")).await), "landed");
    repo.stop();
}

#[tokio::test]
async fn a_commit_moves_an_environment_while_the_server_runs() {
    let world = World::new();
    world.foreign(&[("release-manager.yaml", "environments: [dev, prod]\n")], "start");
    let repo = world.open();
    assert_eq!(said(&repo.writer.release(asked(1, "prod", "a-1")).await), "landed");
    world.foreign(&[("release-manager.yaml", "environments: [dev, {name: prod, branch: live}]\n")], "move");
    repo.writer.refresh().await.unwrap();
    assert_eq!(running(&repo), [""; 0], "its new place is empty");
    assert_eq!(history(&repo, "prod"), ["a-1"], "what it was before is remembered");
    // What landed before the move is not done again.
    assert_eq!(said(&repo.writer.release(asked(1, "prod", "a-1")).await), "landed");
    assert_eq!(said(&repo.writer.release(asked(2, "prod", "a-2")).await), "landed");
    assert_eq!(git_ok(&world.remote(), &["rev-list", "--count", "live"]), "1");
    assert_eq!(history(&repo, "prod"), ["a-2", "a-1"]);
    // Others may push there, too.
    git_ok(&world.path().join("work"), &["fetch", "--quiet", "origin", "live"]);
    git_ok(&world.path().join("work"), &["checkout", "--quiet", "-B", "live", "FETCH_HEAD"]);
    git_ok(&world.path().join("work"), &["rm", "--quiet", "-r", "prod"]);
    git_ok(&world.path().join("work"), &["commit", "--quiet", "-m", "by hand"]);
    git_ok(&world.path().join("work"), &["push", "--quiet", "origin", "live"]);
    repo.writer.refresh().await.unwrap();
    assert_eq!(running(&repo), [""; 0]);
    // And back home.
    world.foreign(&[("release-manager.yaml", "environments: [dev, prod]\n")], "back");
    repo.writer.refresh().await.unwrap();
    assert_eq!(running(&repo), ["prod a-1 true"]);
    repo.stop();
    world.fsck();
}

#[tokio::test]
async fn a_place_that_cannot_be_used_closes_its_environment_alone() {
    let world = World::new();
    let text = "environments:\n- dev\n- {name: prod, repository: 'https://bo:hunter2@host/config.git'}\n\
                - {name: eu, branch: '..'}\n- {name: us, repository: '/nowhere/config.git'}\n";
    world.foreign(&[("release-manager.yaml", text)], "start");
    let repo = world.open();
    assert_eq!(said(&repo.writer.release(asked(1, "dev", "a-1")).await), "landed");
    let refused = |n, environment: &'static str| {
        let asked = asked(n, environment, "a-1");
        async { said(&repo.writer.release(asked).await) }
    };
    assert_eq!(
        refused(2, "prod").await,
        "failed: the environment prod cannot be changed: release-manager.yaml names a repository that cannot be \
         used: the address of the Git repository on `host` holds credentials"
    );
    assert_eq!(
        refused(3, "eu").await,
        "failed: the environment eu cannot be changed: release-manager.yaml names a branch that cannot be used: \
         `..` is no name of a branch"
    );
    let unreachable = refused(4, "us").await;
    assert!(unreachable.starts_with("failed: the config repository cannot be reached: "), "{unreachable}");
    let status = running(&repo);
    assert_eq!(status[0], "dev a-1 true");
    assert!(status[1].starts_with("eu: release-manager.yaml names a branch"), "{status:?}");
    assert!(status[2].starts_with("prod: release-manager.yaml names a repository"), "{status:?}");
    assert_eq!(status[3], "us: the config repository has not been read yet");
    assert!(!status.join(" ").contains("hunter2"), "{status:?}");
    // Wrong settings close what they would have to decide, and nothing that is read.
    world.foreign(&[("release-manager.yaml", "environments: [dev")], "broken");
    repo.writer.refresh().await.unwrap();
    assert!(said(&repo.writer.release(asked(5, "dev", "a-2")).await).starts_with("failed: cannot decide: "));
    assert_eq!(running(&repo).len(), 4);
    repo.stop();
}

#[tokio::test]
async fn two_servers_race_at_a_place_and_lose_nothing() {
    let world = world();
    let repos = [world.open_with(world.options("one")), world.open_with(world.options("two"))];
    let mut callers = tokio::task::JoinSet::new();
    for n in 0..20u128 {
        for repo in &repos {
            let writer = repo.writer.clone();
            let mut asked = asked(n + 1, ["prod", "eu"][n as usize % 2], &format!("a-{n}"));
            asked.release.service = format!("s{n}").parse().unwrap();
            callers.spawn(async move { writer.release(asked).await });
        }
    }
    while let Some(outcome) = callers.join_next().await {
        assert_eq!(said(&outcome.unwrap()), "landed");
    }
    assert_eq!(git_ok(&world.remote(), &["rev-list", "--count", "prod"]), "10");
    assert_eq!(git_ok(eu(&world).as_ref(), &["rev-list", "--count", "master"]), "10");
    repos.into_iter().for_each(Running::stop);
    world.fsck();
}

#[tokio::test]
async fn nothing_is_said_of_a_repository_that_has_never_been_read() {
    let world = World::new();
    world.foreign(&[("README.md", "hello")], "start");
    let options: Options = world.options("state");
    let ConfigRepo { writer, reader, worker } = ConfigRepo::open(options).unwrap();
    let pay = "pay".parse().unwrap();
    for error in [
        reader.tip().unwrap_err(),
        reader.settings().unwrap_err(),
        reader.policies(&pay).unwrap_err(),
        reader.status(&pay, None).unwrap_err(),
        reader.releases(&"dev".parse().unwrap(), &pay, 1).unwrap_err(),
        reader.ran(&"a-1".parse().unwrap()).unwrap_err(),
    ] {
        assert_eq!(error.to_string(), "the config repository has not been read yet");
        assert_eq!(error.kind(), Kind::Unavailable);
    }
    let thread = std::thread::spawn(move || worker.run());
    writer.refresh().await.unwrap();
    assert!(reader.tip().unwrap().is_some());
    assert_eq!(reader.settings().unwrap().environments.len(), 3);
    drop(writer);
    thread.join().unwrap();
    // What was read once is there at once the next time, before anybody is asked.
    let tip = reader.tip().unwrap();
    drop(reader);
    let again = ConfigRepo::open(world.options("state")).unwrap();
    assert_eq!(again.reader.tip().unwrap(), tip);
}
