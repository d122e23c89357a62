//! CI: turns a commit of a service into an artifact and uploads it, with the programs a CI job would use.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use process::Program;

use crate::programs::must;
use crate::{Narrator, Stage};

/// A developer's commit to a service.
#[derive(Clone, Copy, Debug)]
pub struct Change<'a> {
    /// The branch it is made on.
    pub branch: &'a str,
    /// The commit message.
    pub message: &'a str,
    /// What to edit: a file, a text in it, and what replaces the text.
    pub edit: Option<(&'a str, &'a str, &'a str)>,
}

/// A CI job's checkout of one service beside the shared plan.
#[derive(Debug)]
pub struct Workspace {
    root: PathBuf,
    service: String,
}

/// What CI knows of one build.
#[derive(Clone, Debug)]
pub struct Build {
    /// The artifact's id.
    pub id: String,
    sha: String,
    plan: String,
    branch: String,
}

/// Where a build puts its artifact, below the service's checkout.
const ARTIFACT: &str = ".shuttle/temp/artifact";

/// Who writes the services' code.
pub(crate) const AUTHOR: (&str, &str) = ("Bo Lind", "bo@example.test");

impl Workspace {
    /// Clones the service and the plan, as a CI system does.
    ///
    /// # Errors
    /// When a repository cannot be cloned.
    pub fn clone_from(stage: &Stage, service: &str) -> Result<Self> {
        let root = stage.folder().join("ci").join(service);
        fs::create_dir_all(&root).with_context(|| format!("make {}", root.display()))?;
        for name in ["plan", service] {
            let url = stage.repository(name)?.ssh_url().to_owned();
            must("git clone", stage.git(&root).args(["clone", "--quiet", &url, name]))?;
        }
        Ok(Self { root, service: service.to_owned() })
    }

    /// The service's checkout.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        self.root.join(&self.service)
    }

    /// Makes a commit and pushes it.
    ///
    /// # Errors
    /// When git fails, or the text to edit is not there.
    pub fn commit(&self, stage: &Stage, change: &Change<'_>) -> Result<()> {
        let folder = self.folder();
        must(
            "git checkout",
            stage.git(&folder).args(["checkout", "--quiet", "-B", change.branch, "origin/master"]),
        )?;
        if let Some((file, from, to)) = change.edit {
            let path = folder.join(file);
            let text = fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
            anyhow::ensure!(text.contains(from), "{} does not hold `{from}`", path.display());
            fs::write(&path, text.replace(from, to)).with_context(|| format!("write {}", path.display()))?;
        }
        let message = change.message;
        must(
            "git commit",
            stage.git(&folder).args(["commit", "--quiet", "--all", "--allow-empty", "-m", message]),
        )?;
        must("git push", stage.git(&folder).args(["push", "--quiet", "origin", change.branch]))?;
        Ok(())
    }

    /// Renders the manifests of every environment from the plan's templates.
    ///
    /// # Errors
    /// When shuttle or git fails.
    pub fn render(&self, stage: &Stage, narrator: &Narrator, branch: &str) -> Result<Build> {
        let sha = self.rev_parse(stage, &self.folder())?;
        let plan = self.rev_parse(stage, &self.root.join("plan"))?;
        let id = format!("{}-{}-{}", branch.replace('/', "_"), &sha[..10], &plan[..10]);
        let (_, author) = AUTHOR;
        let tag = stage.image_tag();
        let args = [
            "run",
            "build",
            &format!("tag={tag}"),
            &format!("artifact_id={id}"),
            &format!("author={author}"),
        ];
        self.tell(stage, narrator, "shuttle", &args)?;
        Ok(Build { id, sha, plan, branch: branch.to_owned() })
    }

    /// Describes the build step by step, as a CI job does.
    ///
    /// # Errors
    /// When the artifact program or git fails.
    pub fn describe(&self, stage: &Stage, narrator: &Narrator, build: &Build) -> Result<()> {
        let message =
            must("git log", stage.git(&self.folder()).args(["log", "-1", "--format=%s"]))?.stdout_text();
        let (name, email) = AUTHOR;
        self.artifact(
            stage,
            narrator,
            &[
                "init",
                "--artifact-id",
                &build.id,
                "--service",
                &self.service,
                "--squad",
                "checkout",
                "--git-branch",
                &build.branch,
                "--git-sha",
                &build.sha,
                "--git-message",
                &message,
                "--git-author-name",
                name,
                "--git-author-email",
                email,
                "--git-committer-name",
                name,
                "--git-committer-email",
                email,
                "--shuttle-plan-sha",
                &build.plan,
                "--name",
                &self.service,
                "--url",
                &format!("https://git.example.test/acme/{}/commit/{}", self.service, build.sha),
                "--ci-job-url",
                "https://ci.example.test/job/1",
            ],
        )?;
        let tag = stage.image_tag();
        self.artifact(
            stage,
            narrator,
            &["add", "test", "--passed", "12", "--failed", "0", "--skipped", "0"],
        )?;
        let push = ["add", "push", "--image", "busybox", "--tag", &tag, "--docker-version", "none"];
        self.artifact(stage, narrator, &push)?;
        self.artifact(stage, narrator, &["end"])
    }

    /// Uploads what was rendered and described.
    ///
    /// # Errors
    /// When the upload fails.
    pub fn push(&self, stage: &Stage, narrator: &Narrator) -> Result<()> {
        let (id, secret) = stage.ci_client();
        let (server, idp) = (stage.server_url(), stage.idp_url());
        self.artifact(
            stage,
            narrator,
            &[
                "push",
                "--http-base-url",
                &server,
                "--idp-url",
                &idp,
                "--client-id",
                id,
                "--client-secret",
                secret,
            ],
        )
    }

    /// Commits a change on a branch of its own, and lets CI build and upload it: the commands are those that the
    /// reader has seen before.
    ///
    /// # Errors
    /// When a step fails.
    pub fn deliver(&self, stage: &Stage, narrator: &Narrator, change: &Change<'_>) -> Result<Build> {
        self.commit(stage, change)?;
        let silent = Narrator::silent();
        let build = self.render(stage, &silent, change.branch)?;
        self.describe(stage, &silent, &build)?;
        self.push(stage, &silent)?;
        narrator.say(&format!("Somebody commits to branch {}: {}.", change.branch, change.message))?;
        narrator.say(&format!("CI renders, describes and uploads it by the same commands: {}", build.id))?;
        Ok(build)
    }

    /// The files that were rendered for an environment.
    ///
    /// # Errors
    /// When there are none.
    pub fn rendered(&self, environment: &str) -> Result<Vec<String>> {
        let folder = self.folder().join(ARTIFACT).join(environment);
        let entries = fs::read_dir(&folder).with_context(|| format!("read {}", folder.display()))?;
        let mut names: Vec<String> = entries
            .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
            .collect::<Result<_>>()?;
        names.sort();
        Ok(names)
    }

    fn artifact(&self, stage: &Stage, narrator: &Narrator, args: &[&str]) -> Result<()> {
        let common = ["--root", ARTIFACT, "--slack-token", stage.slack_token()];
        let args: Vec<&str> = args.iter().copied().chain(common).collect();
        self.tell(stage, narrator, "artifact", &args)
    }

    /// Runs one of our programs in the checkout, showing the command without its secrets.
    fn tell(&self, stage: &Stage, narrator: &Narrator, name: &str, args: &[&str]) -> Result<()> {
        let command = shown(name, args);
        narrator.command(&command)?;
        let program = stage.programs().run(name).args(args).folder(self.folder());
        must(&command, program.env("SLACK_URL", stage.slack_url()))?;
        Ok(())
    }

    fn rev_parse(&self, stage: &Stage, folder: &Path) -> Result<String> {
        Ok(must("git rev-parse HEAD", stage.git(folder).args(["rev-parse", "HEAD"]))?.stdout_text())
    }
}

/// A command as a person would type it; values of secrets are cut out.
pub(crate) fn shown(name: &str, args: &[&str]) -> String {
    let mut words = vec![name.to_owned()];
    let mut hide = false;
    for &arg in args {
        let word = if hide { "***".to_owned() } else { quoted(arg) };
        hide = matches!(arg, "--slack-token" | "--client-secret");
        words.push(word);
    }
    words.join(" ")
}

fn quoted(arg: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@,".contains(c);
    if !arg.is_empty() && arg.chars().all(plain) {
        arg.to_owned()
    } else {
        format!("'{}'", arg.replace('\'', r"'\''"))
    }
}

/// Puts a folder into a new repository on the Git host, as one commit on `master`.
///
/// # Errors
/// When the folder cannot be copied or git fails.
pub(crate) fn publish(stage: &Stage, source: &Path, name: &str) -> Result<()> {
    let folder = stage.folder().join("seed").join(name);
    let parent = folder.parent().context("a seed folder has a parent")?;
    fs::create_dir_all(parent).with_context(|| format!("make {}", parent.display()))?;
    must("cp", Program::new("cp").args(["-R", "--"]).args([source, &folder]))?;
    // A developer's own render is not part of the service.
    must("rm", Program::new("rm").args(["-rf", "--"]).args([folder.join(".shuttle")]))?;
    let url = stage.repository(name)?.ssh_url().to_owned();
    must("git init", stage.git(&folder).args(["init", "--quiet", "--initial-branch=master", "."]))?;
    must("git add", stage.git(&folder).args(["add", "--all"]))?;
    must("git commit", stage.git(&folder).args(["commit", "--quiet", "-m", &format!("Start {name}")]))?;
    must("git push", stage.git(&folder).args(["push", "--quiet", &url, "master"]))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shown_command_can_be_typed_and_tells_no_secret() {
        let args = ["push", "--client-secret", "s3cret", "--git-message", "it's done", ""];
        assert_eq!(
            shown("artifact", &args),
            r"artifact push --client-secret *** --git-message 'it'\''s done' ''"
        );
    }
}
