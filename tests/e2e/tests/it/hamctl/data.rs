//! `--output json` and `--output yaml` of every command.

use super::world::World;

/// Each answer is parsed, and says what it has to.
pub(super) fn every_answer_is_data(world: &World, first: &str, second: &str) {
    let told = |command: &str| world.data(command);
    let (status, _) = told("status --service web");
    let environments = status["environments"].as_array().unwrap();
    let names: Vec<_> = environments.iter().map(|env| env["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["dev", "staging"], "in the order in which a change travels");
    assert_eq!(environments[0]["tag"], second);
    assert_eq!(environments[0]["rollout"]["state"], "ready");

    let (diff, code) = told("diff --service web --env staging --exit-code");
    assert_eq!((diff["running"].as_str(), diff["artifact"].as_str(), code), (Some(first), Some(second), 10));
    assert!(diff["files"][0]["after"]["text"].as_str().unwrap().contains("good morning"), "{diff}");

    let (dry_run, code) = told("promote --service web --env staging --dry-run");
    assert_eq!((&dry_run["dryRun"], code), (&true.into(), 0));
    assert_eq!(dry_run["results"][0]["decision"], "approved");

    let (history, _) = told("history --service web");
    let rows = history["releases"].as_array().unwrap();
    assert_eq!(rows.len(), 3, "{history}");
    assert_eq!(
        (&rows[0]["message"], &rows[0]["state"]),
        (&"Greet by the time of day".into(), &"landed".into())
    );
    assert!(rows[0]["landedAt"].as_str().unwrap().contains('T'), "the exact time: {history}");

    let (services, _) = told("services");
    assert_eq!(services["services"][0]["name"], "web");
    assert_eq!(services["services"][0]["environments"][0]["namespace"], "dev");

    let (release, _) = told("describe release --service web --env dev --count 2");
    assert_eq!(release["releases"][1]["artifact"]["id"], first);
    let (artifacts, _) = told("describe artifact --service web");
    assert_eq!(artifacts["artifacts"][0]["id"], second);

    assert_eq!(told("policy list --service web").0["service"], "web");
    assert_eq!(told("queue list").0["items"], serde_json::json!([]));
    assert_eq!(told("whoami").0["subject"], "ida@example.test");
    assert!(told("version").0["version"].is_string());
    let (doctor, code) = told("doctor --service web");
    assert!(doctor["checks"].as_array().unwrap().iter().any(|check| check["name"] == "version"), "{doctor}");
    assert_eq!(code, 0);
    assert_eq!(told("config list").0["servers"], serde_json::json!([]));

    // Nothing but the data is on standard output, and an error is not.
    let refused = world.run("diff --service web --env nowhere --output json");
    assert_eq!((refused.stdout_text().as_str(), refused.code), ("", Some(1)));
    let wrong = world.run("status --service web --output jsn");
    assert_eq!(wrong.code, Some(2));
    assert!(wrong.stderr_text().contains("'json'"), "{}", wrong.stderr_text());
}

/// The answers of commands that change something.
pub(super) fn every_change_is_data(world: &World, first: &str, second: &str) {
    let (promoted, code) = world.told_as("promote --service web --env staging", "json");
    let result = &promoted["results"][0];
    assert_eq!((&result["environment"], &result["artifactId"], code), (&"staging".into(), &second.into(), 0));
    assert_eq!(result["answer"]["state"], "landed");
    assert_eq!(result["answer"]["commit"].as_str().unwrap().len(), 40, "{promoted}");

    let (back, code) = world.told_as("rollback --service web --env staging --yes", "yaml");
    assert_eq!((&back["results"][0]["artifactId"], code), (&first.into(), 0), "{back}");

    let (applied, _) =
        world.told_as("policy apply auto-release --service web --branch next --env dev", "yaml");
    assert_eq!(applied["id"], "auto-release-next-dev");
    let restriction = "policy apply branch-restriction --service web --branch-regex ^x$ --env prod";
    assert_eq!(world.told_as(restriction, "json").0["branchRegex"], "^x$");
    let (policies, _) = world.data("policy list --service web");
    assert_eq!(policies["autoReleases"][0]["branch"], "next");
    assert_eq!(policies["branchRestrictions"][0]["environment"], "prod");

    let refused = format!("release --service web --env prod --artifact {second}");
    let (refused, code) = world.told_as(&refused, "yaml");
    assert_eq!((&refused["results"][0]["error"]["kind"], code), (&"denied".into(), 3), "{refused}");
    assert!(!refused["results"][0]["error"]["hint"].as_str().unwrap().is_empty(), "{refused}");

    let deleted = "policy delete --service web auto-release-next-dev branch-restriction-prod";
    let (deleted, code) = world.told_as(deleted, "json");
    assert_eq!((&deleted["count"], code), (&2.into(), 0));
}
