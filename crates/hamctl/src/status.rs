//! `hamctl status`.

use std::time::Duration;

use api::{ClientError, EnvironmentStatus, StatusResponse};
use explain::Explain;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::time::sleep;

use crate::args::StatusArgs;
use crate::error::CommandError;
use crate::fitted::fitted;
use crate::output::Output;
use crate::server::Server;
use crate::{environments, known, rollout};

/// How often `--watch` asks.
const INTERVAL: Duration = Duration::from_secs(2);

pub(crate) async fn show(server: &Server, args: &StatusArgs, output: &Output) -> Result<(), CommandError> {
    if args.watch {
        return watch(server, args, output).await;
    }
    let answer = ask(server, args).await?;
    if answer.environments.is_empty() {
        known::check(server, None).await?;
    }
    let room = output.terminal.data_width();
    output.answer(&answer, |answer| text(&server.service, answer, &TimeZone::system(), room))
}

/// Shows the status again whenever it changed, until the process is ended or nobody reads any more.
async fn watch(server: &Server, args: &StatusArgs, output: &Output) -> Result<(), CommandError> {
    let mut live = output.terminal.live();
    let mut last = None;
    loop {
        match ask(server, args).await {
            Ok(answer) if output.is_data() => {
                if last.as_ref() != Some(&answer) {
                    if last.is_some() {
                        output.next_document();
                    }
                    output.data(&answer)?;
                }
                last = Some(answer);
            }
            Ok(answer) => {
                let room = output.terminal.data_width();
                live.show(&text(&server.service, &answer, &TimeZone::system(), room));
                last = Some(answer);
            }
            // Once it has answered, a server that restarts does not end the watch.
            Err(error) if last.is_some() && error.kind().retry_helps() => {}
            Err(error) => return Err(error.into()),
        }
        if output.terminal.is_closed() {
            return Ok(());
        }
        sleep(INTERVAL).await;
    }
}

/// What runs where, in the order of the environments as far as the server says it.
async fn ask(server: &Server, args: &StatusArgs) -> Result<StatusResponse, ClientError> {
    let (status, names) = tokio::join!(server.status(args.namespace.as_deref()), environments::names(server));
    let mut status = status?;
    // The order is no reason to fail.
    if let Ok(Some(names)) = names {
        let place = |env: &EnvironmentStatus| names.iter().position(|name| *name == env.name);
        status.environments.sort_by_key(|env| place(env).unwrap_or(usize::MAX));
    }
    Ok(status)
}

fn text(service: &str, status: &StatusResponse, zone: &TimeZone, room: Option<usize>) -> String {
    let mut text = format!("Status for service {service}\n\n");
    if status.environments.is_empty() {
        text.push_str("No environments managed by release-manager.\n\n");
        if status.default_namespaces {
            text.push_str("Using environment specific namespace, ie. dev, prod.\n");
        }
        text.push_str("Are you setting the right namespace?\n");
        return text;
    }
    let longest = status.environments.iter().map(|env| env.name.chars().count()).max().unwrap_or(0);
    for env in &status.environments {
        text.push_str(&fitted(&row(env, longest + 2, zone), room));
        for line in env.rollout.iter().flat_map(|rollout| rollout::lines(rollout, &env.tag)) {
            text.push_str(&fitted(&format!("      {line}\n"), room));
        }
    }
    text
}

fn row(env: &EnvironmentStatus, width: usize, zone: &TimeZone) -> String {
    let name = format!("{}:", env.name);
    let mut row = format!("{name:<width$}");
    if env.problem.is_empty() {
        let date = Timestamp::from_millisecond(env.date).unwrap_or(Timestamp::UNIX_EPOCH);
        let date = date.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S");
        row.push_str(&format!("{date} {} by {}: {}\n", env.tag, env.committer, env.message));
    } else {
        row.push_str(&format!("cannot be read: {}\n", env.problem));
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(name: &str, date: i64) -> EnvironmentStatus {
        EnvironmentStatus {
            name: name.into(),
            tag: "a-1".into(),
            committer: "Ida".into(),
            message: "Fix".into(),
            date,
            ..EnvironmentStatus::default()
        }
    }

    #[test]
    fn dates_are_in_the_local_zone() {
        let zone = TimeZone::fixed(jiff::tz::offset(1));
        assert_eq!(
            row(&env("dev", 1_767_600_370_123), 6, &zone),
            "dev:  2026-01-05 09:06:10 a-1 by Ida: Fix\n"
        );
    }

    #[test]
    fn the_unset_date_of_the_original_is_shown_as_the_original_does() {
        assert!(row(&env("dev", -6_795_364_578_871), 5, &TimeZone::UTC).contains("1754-08-30 22:43:41"));
    }

    #[test]
    fn an_environment_that_cannot_be_read_says_so_and_the_others_stay() {
        let broken = EnvironmentStatus { problem: "artifact not parsable".into(), ..env("prod", 0) };
        let status =
            StatusResponse { environments: vec![env("dev", 0), broken], ..StatusResponse::default() };
        assert_eq!(
            text("s", &status, &TimeZone::UTC, None),
            "Status for service s\n\ndev:  1970-01-01 00:00:00 a-1 by Ida: Fix\nprod: cannot be read: artifact not parsable\n"
        );
    }
}
