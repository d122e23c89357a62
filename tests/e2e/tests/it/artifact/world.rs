//! A server, a Git host, a CI job and a developer.

use std::fmt::Write;
use std::path::PathBuf;
use std::time::Duration;

use e2e::Programs;
use process::{Output, Program};
use tempfile::TempDir;
use testkit::{Access, GitHost, Launch, Port, Repository, Service, wait};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// How long anything may take on a busy machine.
pub(super) const PATIENCE: Duration = Duration::from_secs(120);

/// What the Git host and the server share.
pub(super) const WEBHOOK_SECRET: &str = "webhook-secret";

/// The Git host, and what the programs work with.
pub(super) struct Ground {
    pub(super) host: GitHost,
    pub(super) config: Repository,
    programs: Programs,
    port: Port,
    folder: TempDir,
}

/// All of it, with a server that is ready.
pub(super) struct World {
    pub(super) ground: Ground,
    server: Service,
}

impl Ground {
    pub(super) async fn new() -> Self {
        let host = GitHost::start().await.unwrap();
        let config = host.create("config").unwrap();
        let begin = "What runs where.\n";
        config.second_writer().unwrap().push("master", "README.md", begin, "Start").unwrap();
        let folder = TempDir::new().unwrap();
        for name in ["home", "build"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        let person = "[user]\nname = Ida Holm\nemail = ida@example.test\n";
        std::fs::write(folder.path().join("home/.gitconfig"), person).unwrap();
        let (programs, port) = (Programs::find().unwrap(), Port::reserve().unwrap());
        Self { host, config, programs, port, folder }
    }

    /// Starts the server with more flags, and waits until it is ready.
    pub(super) async fn serve(self, more: &[String]) -> World {
        let flags = [
            "start".to_owned(),
            format!("--http-port={}", self.port.address().port()),
            format!("--data-dir={}", self.folder.path().join("data").display()),
            format!("--public-url={}", self.url()),
            format!("--config-repo={}", self.config.ssh_url()),
            format!("--ssh-private-key={}", self.host.ssh_key(Access::Write).display()),
            format!("--known-hosts={}", self.host.known_hosts().display()),
            format!("--github-webhook-secret={WEBHOOK_SECRET}"),
            "--hamctl-auth-token=hamctl-token".to_owned(),
            "--artifact-auth-token=ci-token".to_owned(),
        ];
        let mut server = Service::start(Launch {
            name: "release-manager",
            program: self.programs.path("release-manager"),
            args: flags.into_iter().chain(more.to_vec()).collect(),
            env: Vec::new(),
        })
        .unwrap();
        let request = format!("GET /readyz HTTP/1.0\r\nHost: {}\r\n\r\n", self.port.address());
        let ready = server.ready(PATIENCE, || async {
            let answer = self.answer(&request).await.map_err(|error| error.to_string())?;
            if answer.contains(" 200 ") { Ok(()) } else { Err(answer) }
        });
        ready.await.unwrap();
        World { ground: self, server }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.port.address())
    }

    /// What the server answers to these bytes, over a connection of its own.
    async fn answer(&self, request: &str) -> std::io::Result<String> {
        let mut stream = tokio::net::TcpStream::connect(self.port.address()).await?;
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        Ok(answer)
    }

    fn program(&self, name: &str, command: &str) -> Program {
        let words = command.split_whitespace();
        self.programs.run(name).args(words).env("HOME", self.folder.path().join("home")).deadline(PATIENCE)
    }

    /// A file of the build.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join("build").join(name)
    }
}

impl World {
    /// A step of the CI job, in the folder of the build. The CI system is GitLab, which tells all that `init` asks for.
    pub(super) fn step(&self, command: &str) -> Program {
        let (build, ssh) = (self.ground.file(""), self.ground.host.ssh_command(Access::Write));
        let step = self.ground.program("artifact", command).folder(build).env("GIT_SSH_COMMAND", ssh);
        let step = step.env("ARTIFACT_URL", self.ground.url()).env("ARTIFACT_AUTH_TOKEN", "ci-token");
        let gitlab = [
            ("GITLAB_CI", "true"),
            ("CI_COMMIT_SHA", "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"),
            ("CI_COMMIT_BRANCH", "master"),
            ("CI_COMMIT_MESSAGE", "Add refund limit"),
            ("CI_COMMIT_AUTHOR", "Bo Lind <bo@example.test>"),
            ("CI_PROJECT_URL", "https://gitlab.example.test/acme/billing"),
            ("CI_JOB_URL", "https://gitlab.example.test/acme/billing/-/jobs/17"),
        ];
        gitlab.into_iter().fold(step, |step, (name, value)| step.env(name, value))
    }

    /// Begins a build of the billing service with manifests for two environments.
    pub(super) fn builds(&self, id: &str) {
        for env in ["dev", "staging"] {
            let file = self.ground.file(&format!("{env}/configmap.yaml"));
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            let manifest = format!(
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: billing}}\ndata: {{id: {id}, env: {env}}}\n"
            );
            std::fs::write(file, manifest).unwrap();
        }
        let people = "--git-committer-name=Ida --git-committer-email=ida@example.test";
        self.succeeds(self.step(&format!("init --service billing --artifact-id {id} {people}")));
    }

    /// Waits for what a run prints; it has to succeed.
    pub(super) fn succeeds(&self, program: Program) -> String {
        let output = program.run().unwrap();
        assert!(output.succeeded(), "{}{}", told(&output), self.server.last_words());
        output.stdout_text()
    }

    /// The developer's hamctl.
    pub(super) fn hamctl(&self, command: &str) -> Program {
        let hamctl = self.ground.program("hamctl", command).folder(self.ground.file("../home"));
        hamctl.env("HAMCTL_URL", self.ground.url()).env("HAMCTL_TOKEN", "hamctl-token")
    }

    /// Waits until the developer sees the artifact.
    pub(super) async fn knows(&self, id: &str) {
        wait::until(id, PATIENCE, async || {
            let output = self.hamctl("describe artifact --service billing --count 10").run().unwrap();
            let shown = told(&output);
            if output.succeeded() && shown.contains(id) { Ok(()) } else { Err(shown) }
        })
        .await;
    }

    /// Sends the server a webhook as the Git host does; the status of the answer.
    pub(super) async fn webhook(&self, body: &str, headers: &[(&str, &str)]) -> String {
        let mut request = String::from("POST /webhook/github HTTP/1.0\r\n");
        for (name, value) in headers {
            write!(request, "{name}: {value}\r\n").unwrap();
        }
        write!(request, "content-length: {}\r\n\r\n{body}", body.len()).unwrap();
        let answer = self.ground.answer(&request).await.unwrap();
        answer.split(' ').nth(1).unwrap_or_default().to_owned()
    }

    /// The titles of the config repository's commits, newest first.
    pub(super) fn history(&self) -> Vec<String> {
        let log = self.ground.config.log("master").unwrap();
        log.iter().map(|commit| commit.subject().to_owned()).collect()
    }
}

/// All that a run printed, and how it ended.
pub(super) fn told(output: &Output) -> String {
    format!("{}\n{}\n[exit {}]", output.stdout_text(), output.stderr_text(), output.code.unwrap_or(-1))
}
