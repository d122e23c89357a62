//! A part to play with: starts it, prints how to reach it, and lives until its standard input ends.
#![expect(clippy::print_stdout, reason = "printing is all this program does")]

use std::io::{self, Read};
use std::process::ExitCode;

use testkit::{Access, GitHost, Issuer, Moto, PartError, RabbitMq, S3, Slack};

const USAGE: &str = "usage: part git|rabbitmq|s3|sqs|oidc|slack";

#[tokio::main]
async fn main() -> Result<ExitCode, PartError> {
    // The box keeps the part alive until the end.
    let part: Box<dyn Send> = match std::env::args().nth(1).as_deref() {
        Some("git") => {
            let host = GitHost::start().await?;
            let repository = host.create("config")?;
            report(&host.pids());
            println!("export GIT_SSH_COMMAND='{}'", host.ssh_command(Access::Write));
            println!("git clone {}", repository.ssh_url());
            println!("git clone {}", repository.http_url_with(host.token(Access::Write)));
            Box::new(host)
        }
        Some("rabbitmq") => {
            let server = RabbitMq::start().await?;
            report(&server.pids());
            println!("{}", server.url());
            Box::new(server)
        }
        Some("s3") => {
            let server = S3::start().await?;
            println!("{} {} {}", server.url(), server.access_key(), server.secret_key());
            Box::new(server)
        }
        Some("sqs") => {
            let server = Moto::start(|message| println!("{message}")).await?;
            report(&server.pids());
            println!("{}", server.url());
            Box::new(server)
        }
        Some("oidc") => {
            let issuer = Issuer::start().await?;
            println!("{}", issuer.url());
            Box::new(issuer)
        }
        Some("slack") => {
            let slack = Slack::start().await?;
            println!("{} {}", slack.url(), slack.token());
            Box::new(slack)
        }
        _ => {
            println!("{USAGE}");
            return Ok(ExitCode::from(2));
        }
    };
    let wait = tokio::task::spawn_blocking(|| io::stdin().read_to_end(&mut Vec::new()));
    drop(wait.await);
    drop(part);
    Ok(ExitCode::SUCCESS)
}

fn report(pids: &[u32]) {
    println!("pids {}", pids.iter().map(u32::to_string).collect::<Vec<_>>().join(" "));
}
