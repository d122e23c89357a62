//! Plans in Git repositories: cloned, kept up to date, and never confused with the user's own repository.

use crate::desk::Desk;

const ADDRESS: &str = "https://git.example.test/team/plan.git";

/// A desk whose plan is a bare repository, reached under an address.
fn desk() -> Desk {
    let desk = Desk::new(&format!("plan: {ADDRESS}\n"), "");
    let bare = desk.path("bare/plan.git");
    let config = desk.read("home/.gitconfig");
    desk.write(
        "home/.gitconfig",
        &format!(
            "{config}[url \"{}\"]\ninsteadOf = {ADDRESS}\n[protocol \"file\"]\nallow = always\n",
            bare.display()
        ),
    );
    desk.write("bare/.keep", "");
    git(&desk, "bare", &["init", "--quiet", "--bare", "plan.git"]);
    git(&desk, "plan", &["init", "--quiet"]);
    git(&desk, "plan", &["remote", "add", "origin", ADDRESS]);
    publish(&desk, "one", "master");
    desk
}

fn git(desk: &Desk, folder: &str, args: &[&str]) -> String {
    let output = desk.program("git").folder(desk.path(folder)).args(args.iter().copied()).run().unwrap();
    assert!(output.succeeded(), "git {args:?}: {}", desk.show(&output));
    output.stdout_text()
}

/// Commits a plan whose script says a word, and gives the commit.
fn publish(desk: &Desk, word: &str, branch: &str) -> String {
    desk.write("plan/plan.yaml", &format!("scripts: {{say: {{actions: [{{shell: echo {word}}}]}}}}\n"));
    git(desk, "plan", &["checkout", "--quiet", "-B", branch]);
    git(desk, "plan", &["add", "."]);
    git(desk, "plan", &["commit", "--quiet", "-m", word]);
    git(desk, "plan", &["push", "--quiet", "--force", "origin", branch]);
    git(desk, "plan", &["rev-parse", "HEAD"])
}

fn says(desk: &Desk, args: &[&str]) -> String {
    let output = desk.shuttle(&[args, &["run", "say"]].concat());
    assert!(output.succeeded(), "{}", desk.show(&output));
    output.stdout_text()
}

#[test]
fn a_plan_is_cloned_then_pulled() {
    let desk = desk();
    insta::assert_snapshot!(desk.transcript(&["run", "say"]), @r"
    one
    ------- stderr
    Cloning plan https://git.example.test/team/plan.git
    [exit 0]
    ");
    publish(&desk, "two", "master");
    assert_eq!(says(&desk, &["--skip-pull"]), "one");
    insta::assert_snapshot!(desk.transcript(&["run", "say"]), @r"
    two
    ------- stderr
    Pulling latest plan changes on master
    [exit 0]
    ");
}

#[test]
fn a_young_clone_is_used_as_it_is_when_the_user_says_so() {
    let desk = desk();
    assert_eq!(says(&desk, &[]), "one");
    publish(&desk, "two", "master");
    let cached = |minutes: &str| {
        desk.program(crate::desk::SHUTTLE)
            .env("SHUTTLE_CACHE_DURATION_MIN", minutes)
            .args(["run", "say"])
            .run()
            .unwrap()
    };
    assert_eq!(cached("60").stdout_text(), "one");
    assert_eq!(cached("0").stdout_text(), "two");
    assert_eq!(cached("soon").code, Some(1));
}

#[test]
fn another_branch_tag_or_commit_can_be_asked_for() {
    let desk = desk();
    let first = git(&desk, "plan", &["rev-parse", "HEAD"]);
    publish(&desk, "branch", "feature");
    git(&desk, "plan", &["tag", "v2"]);
    git(&desk, "plan", &["push", "--quiet", "origin", "v2"]);
    git(&desk, "plan", &["checkout", "--quiet", "master"]);
    publish(&desk, "two", "master");
    assert_eq!(says(&desk, &["--plan", "#feature"]), "branch");
    assert_eq!(says(&desk, &[]), "two");
    assert_eq!(says(&desk, &["--plan", "#v2"]), "branch");
    assert_eq!(says(&desk, &["--plan", &format!("#{first}")]), "one");
    assert_eq!(says(&desk, &["--clean", "--plan", &format!("{ADDRESS}#{first}")]), "one");
    insta::assert_snapshot!(desk.transcript(&["--plan", "#nope", "run", "say"]), @r"
    ------- stderr
    Overload git plan branch/tag/sha with nope
    error: git checkout failed for plan https://git.example.test/team/plan.git: invalid reference: nope
    hint: check that `git ls-remote https://git.example.test/team/plan.git` works, and the name behind #
    [exit 4]
    ");
    insta::assert_snapshot!(desk.transcript(&["--plan", "nope", "run", "say"]), @r"
    ------- stderr
    error: `nope` is no branch, tag or commit of the plan
    hint: name one as --plan '#NAME', or a whole plan
    [exit 1]
    ");
}

#[test]
fn work_in_the_clone_is_left_alone() {
    let desk = desk();
    assert_eq!(says(&desk, &[]), "one");
    publish(&desk, "two", "master");
    desk.write("web/.shuttle/plan/untracked", "");
    desk.write("web/.shuttle/plan/plan.yaml", "scripts: {say: {actions: [{shell: echo mine}]}}\n");
    insta::assert_snapshot!(desk.transcript(&["run", "say"]), @r"
    mine
    ------- stderr
    Found 1 files locally changed in plan
    Skipping plan pull because of changes
    [exit 0]
    ");
    let other = format!("plan: {ADDRESS}\n").replace("team", "other");
    desk.write("web/shuttle.yaml", &other);
    insta::assert_snapshot!(desk.transcript(&["run", "say"]), @r"
    ------- stderr
    error: DESK/web/.shuttle/plan holds changes to another plan than https://git.example.test/other/plan.git
    hint: save what you need from there, then run shuttle with --clean
    [exit 1]
    ");
    assert!(desk.read("web/.shuttle/plan/plan.yaml").contains("mine"));
}

#[test]
fn the_users_own_repository_is_never_touched() {
    let desk = desk();
    git(&desk, "web", &["init", "--quiet"]);
    git(&desk, "web", &["commit", "--quiet", "--allow-empty", "-m", "mine"]);
    git(&desk, "web", &["checkout", "--quiet", "-b", "topic"]);
    let head = git(&desk, "web", &["rev-parse", "HEAD"]);
    // A local plan first, which leaves a plain folder where the clone will be.
    desk.write("local/plan.yaml", "scripts: {say: {actions: [{shell: echo local}]}}\n");
    assert_eq!(says(&desk, &["--plan", "../local"]), "local");
    assert_eq!(says(&desk, &[]), "one");
    assert_eq!(git(&desk, "web", &["rev-parse", "HEAD"]), head);
    assert_eq!(git(&desk, "web", &["branch", "--show-current"]), "topic");
    // And back: the clone makes way for the copy.
    assert_eq!(says(&desk, &["--plan", "../local"]), "local");
    assert!(!desk.path("web/.shuttle/plan/.git").exists());
}

#[test]
fn a_token_is_neither_printed_nor_kept() {
    let desk = desk();
    let output = desk
        .program(crate::desk::SHUTTLE)
        .env("SHUTTLE_GIT_TOKEN", "s3cret")
        .args(["-v", "run", "say"])
        .run()
        .unwrap();
    assert!(output.succeeded(), "{}", desk.show(&output));
    assert!(!desk.show(&output).contains("s3cret"));
    assert!(!desk.read("web/.shuttle/plan/.git/config").contains("s3cret"));
}

#[test]
fn a_plan_that_cannot_be_reached_fails() {
    let desk = Desk::new("plan: https://git.invalid/team/plan.git\n", "");
    desk.write(
        "home/.gitconfig",
        &format!("[url \"{}\"]\ninsteadOf = https://git.invalid/\n", desk.path("nowhere/").display()),
    );
    insta::assert_snapshot!(desk.transcript(&["prepare"]), @r"
    ------- stderr
    Cloning plan https://git.invalid/team/plan.git
    error: git clone failed for plan https://git.invalid/team/plan.git: 'DESK/nowhere/team/plan.git' does not appear to be a git repository
    hint: check that `git ls-remote https://git.invalid/team/plan.git` works, and the name behind #
    [exit 4]
    ");
}
