//! Everything that runs while the story is told.

mod parts;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use process::Program;
use testkit::git::SecondWriter;
use testkit::{Access, GitHost, Issuer, Port, Repository, Service, Slack};

use crate::cluster::{Cluster, ClusterChoice, ENVIRONMENTS};
use crate::{Narrator, Programs, ci};

/// The image every sample container runs.
pub const IMAGE: &str = "docker.io/library/busybox:1.36";

/// The services of the story, beside their plan.
pub(crate) const SERVICES: [&str; 2] = ["web", "batch"];

/// The developer who uses hamctl.
pub(crate) const DEVELOPER: &str = "ida@example.test";

/// How the stage is set.
#[derive(Clone, Debug)]
pub struct StageOptions {
    /// Where everything is kept; emptied first.
    pub folder: PathBuf,
    /// The sample services and their plan.
    pub examples: PathBuf,
    /// Where pods run.
    pub cluster: ClusterChoice,
    /// The name of the test bed, so that two stages can stand side by side.
    pub bed: String,
}

/// What runs, from the Git host to the cluster. Dropping it stops all of it.
#[derive(Debug)]
pub struct Stage {
    // Dropped from top to bottom: those who ask before those who answer.
    daemons: Vec<Service>,
    controllers: Vec<Service>,
    server: Service,
    server_port: Port,
    cluster: Option<Cluster>,
    slack: Slack,
    issuer: Issuer,
    git_host: GitHost,
    repositories: Vec<(String, Repository)>,
    programs: Programs,
    options: StageOptions,
    _only_one: File,
}

impl Stage {
    /// Sets the stage: starts every part and waits until each is ready.
    ///
    /// # Errors
    /// When another stage stands in the same folder, or a part does not start.
    pub async fn set(options: StageOptions, narrator: &Narrator) -> Result<Self> {
        let only_one = claim(&options.folder)?;
        let programs = Programs::find()?;
        let git_host = GitHost::start().await?;
        let repositories = parts::repositories(&git_host)?;
        let issuer = Issuer::start().await?;
        for (id, secret) in [parts::CI_CLIENT, parts::DAEMON_CLIENT] {
            issuer.add_client(id, secret);
        }
        let slack = Slack::start().await?;
        for email in [ci::AUTHOR.1, DEVELOPER] {
            slack.add_user(email);
        }
        let cluster = Cluster::start(&options.cluster, &options.bed, narrator)?;
        let server_port = Port::reserve()?;
        let config = parts::repository(&repositories, "config")?;
        let launch = parts::server(
            &options.folder,
            &programs,
            &git_host,
            config,
            &issuer,
            &slack,
            server_port.address(),
        );
        let server = Service::start(launch)?;
        let mut stage = Self {
            daemons: Vec::new(),
            controllers: Vec::new(),
            server,
            server_port,
            cluster,
            slack,
            issuer,
            git_host,
            repositories,
            programs,
            options,
            _only_one: only_one,
        };
        stage.publish_examples()?;
        stage.server_is_ready(narrator).await?;
        stage.start_cluster_programs()?;
        Ok(stage)
    }

    /// Puts the sample services, their plan and an empty config repository on the Git host.
    fn publish_examples(&self) -> Result<()> {
        for name in SERVICES.into_iter().chain(["plan"]) {
            ci::publish(self, &self.options.examples.join(name), name)?;
        }
        Ok(())
    }

    async fn server_is_ready(&mut self, narrator: &Narrator) -> Result<()> {
        let address = self.server_port.address();
        let log = self.server.log().to_owned();
        let ready = self.server.ready(Duration::from_secs(30), || parts::answers(address, "/readyz"));
        narrator
            .wait("the release manager starts", async { Ok(ready.await?) })
            .await
            .with_context(|| format!("the release manager did not become ready; see {}", log.display()))
    }

    /// One controller and one daemon an environment: they share a cluster here, and know nothing of each other.
    fn start_cluster_programs(&mut self) -> Result<()> {
        let Some(cluster) = &self.cluster else { return Ok(()) };
        for environment in ENVIRONMENTS {
            let context = parts::InCluster {
                folder: &self.options.folder,
                programs: &self.programs,
                environment,
                controller: cluster.kubeconfig_for("release-controller", &self.options.folder)?,
                daemon: cluster.kubeconfig_for("release-daemon", &self.options.folder)?,
            };
            let config = parts::repository(&self.repositories, "config")?;
            self.controllers.push(Service::start(parts::controller(&context, &self.git_host, config))?);
            let server = format!("http://{}", self.server_port.address());
            self.daemons.push(Service::start(parts::daemon(&context, &self.issuer, &server))?);
        }
        Ok(())
    }

    /// Where everything is kept.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.options.folder
    }

    /// The built programs.
    #[must_use]
    pub fn programs(&self) -> &Programs {
        &self.programs
    }

    /// The cluster, when there is one.
    #[must_use]
    pub fn cluster(&self) -> Option<&Cluster> {
        self.cluster.as_ref()
    }

    /// The cluster, to be thrown away.
    #[must_use]
    pub fn cluster_mut(&mut self) -> Option<&mut Cluster> {
        self.cluster.as_mut()
    }

    /// The Git host.
    #[must_use]
    pub fn git_host(&self) -> &GitHost {
        &self.git_host
    }

    /// The Slack double.
    #[must_use]
    pub fn slack(&self) -> &Slack {
        &self.slack
    }

    /// The base URL of Slack's methods.
    #[must_use]
    pub fn slack_url(&self) -> String {
        self.slack.url()
    }

    /// The token Slack accepts.
    #[must_use]
    pub fn slack_token(&self) -> &str {
        self.slack.token()
    }

    /// A repository on the Git host.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn repository(&self, name: &str) -> Result<&Repository> {
        parts::repository(&self.repositories, name)
    }

    /// Somebody else who commits to the config repository: an operator with an editor.
    ///
    /// # Errors
    /// When no working copy can be made.
    pub fn operator(&self) -> Result<SecondWriter> {
        Ok(self.repository("config")?.second_writer()?)
    }

    /// Where the release manager listens.
    #[must_use]
    pub fn server_url(&self) -> String {
        format!("http://{}", self.server_port.address())
    }

    /// The identity provider.
    #[must_use]
    pub fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// Where the identity provider answers.
    #[must_use]
    pub fn idp_url(&self) -> String {
        self.issuer.url().to_owned()
    }

    /// What CI jobs identify themselves with.
    #[must_use]
    pub fn ci_client(&self) -> (&'static str, &'static str) {
        parts::CI_CLIENT
    }

    /// The tag of the image the services run.
    #[must_use]
    pub fn image_tag(&self) -> String {
        IMAGE.rsplit_once(':').map(|(_, tag)| tag.to_owned()).unwrap_or_default()
    }

    /// A run of git as a developer or a CI job, who may push.
    #[must_use]
    pub fn git(&self, folder: &Path) -> Program {
        let (name, email) = ci::AUTHOR;
        Program::new("git")
            .folder(folder)
            .env("GIT_SSH_COMMAND", self.git_host.ssh_command(Access::Write))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_AUTHOR_NAME", name)
            .env("GIT_AUTHOR_EMAIL", email)
            .env("GIT_COMMITTER_NAME", name)
            .env("GIT_COMMITTER_EMAIL", email)
    }

    /// What a developer has set to use hamctl; the token file of a login lies below `HOME`.
    #[must_use]
    pub fn hamctl_environment(&self) -> [(&'static str, String); 5] {
        [
            ("HAMCTL_URL", self.server_url()),
            ("HAMCTL_OAUTH_IDP_URL", self.idp_url()),
            ("HAMCTL_OAUTH_CLIENT_ID", "hamctl".to_owned()),
            ("HOME", self.home().display().to_string()),
            ("BROWSER", "true".to_owned()),
        ]
    }

    /// A run of hamctl as the developer has it set up.
    #[must_use]
    pub fn hamctl(&self, args: &[&str]) -> Program {
        let run = self.programs.run("hamctl").args(args).folder(self.home());
        self.hamctl_environment().into_iter().fold(run, |run, (name, value)| run.env(name, value))
    }

    /// Logs the developer in with the device flow, as on any machine with or without a browser; returns the code she
    /// entered.
    ///
    /// # Errors
    /// When the login fails.
    pub async fn log_in(&self) -> Result<String> {
        let login = self.hamctl(&["login"]);
        let run = tokio::task::spawn_blocking(move || login.run());
        let waiting = self.issuer.wait_for_login(Duration::from_secs(30)).await?;
        self.issuer.approve(&waiting.user_code, DEVELOPER)?;
        let output = run.await??;
        ensure!(output.succeeded(), "hamctl login failed: {} {}", output.stdout_text(), output.stderr_text());
        Ok(waiting.user_code)
    }

    /// The developer's home folder.
    #[must_use]
    pub fn home(&self) -> PathBuf {
        self.options.folder.join("home")
    }

    /// The logs of our programs, by name.
    #[must_use]
    pub fn logs(&self) -> Vec<(String, PathBuf)> {
        let named = |kind: &str, services: &[Service]| -> Vec<(String, PathBuf)> {
            let name = |environment: &str| format!("{kind} of {environment}");
            ENVIRONMENTS
                .iter()
                .zip(services)
                .map(|(env, service)| (name(env), service.log().to_owned()))
                .collect()
        };
        let mut logs = vec![("release manager".to_owned(), self.server.log().to_owned())];
        logs.extend(named("controller", &self.controllers));
        logs.extend(named("daemon", &self.daemons));
        logs
    }
}

/// Makes the folder ours and empties it of what an earlier run has left.
fn claim(folder: &Path) -> Result<File> {
    fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
    let lock = folder.join("lock");
    let file = File::create(&lock).with_context(|| format!("write {}", lock.display()))?;
    if file.try_lock().is_err() {
        bail!("another demo runs in {}; stop it first", folder.display());
    }
    for entry in fs::read_dir(folder).with_context(|| format!("read {}", folder.display()))? {
        let path = entry?.path();
        if path == lock {
            continue;
        }
        let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        removed.with_context(|| format!("remove {}", path.display()))?;
    }
    for part in ["home", "tmp"] {
        fs::create_dir(folder.join(part)).with_context(|| format!("make {}", folder.join(part).display()))?;
    }
    Ok(file)
}
