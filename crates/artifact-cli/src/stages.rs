//! What a stage records, and the line Slack gets about it.

use artifact::{Image, SnykCode, SnykDocker, Stage, StageData, Test, TestResults, Vulnerabilities};

use crate::args::{Findings, ImageArgs, StageCommand};

/// Where a scan is shown when nobody says.
const SNYK: &str = "https://app.snyk.io";

/// The stage as the file has it.
pub(crate) fn stage(command: &StageCommand) -> Stage {
    let (name, data) = match command {
        StageCommand::Build(args) => ("Build", StageData::Build(image(args))),
        StageCommand::Push(args) => ("Push", StageData::Push(image(args))),
        StageCommand::Test { passed, failed, skipped, url } => {
            let results = TestResults { passed: *passed, failed: *failed, skipped: *skipped };
            ("Test", StageData::Test(Test { url: url.clone(), results }))
        }
        StageCommand::SnykCode { language, findings } => (
            "Security Scan - Code",
            StageData::SnykCode(SnykCode {
                snyk_version: findings.snyk_version.clone(),
                url: findings.url.clone(),
                language: language.clone(),
                vulnerabilities: vulnerabilities(findings),
            }),
        ),
        StageCommand::SnykDocker { base_image, tag, findings } => (
            "Security Scan - Docker",
            StageData::SnykDocker(SnykDocker {
                tag: tag.clone(),
                snyk_version: findings.snyk_version.clone(),
                url: findings.url.clone(),
                base_image: base_image.clone(),
                vulnerabilities: vulnerabilities(findings),
            }),
        ),
    };
    Stage { name: name.to_owned(), data }
}

fn image(args: &ImageArgs) -> Image {
    Image { image: args.image.clone(), tag: args.tag.clone(), docker_version: args.docker_version.clone() }
}

fn vulnerabilities(findings: &Findings) -> Vulnerabilities {
    Vulnerabilities { high: findings.high, medium: findings.medium, low: findings.low }
}

/// The line that the Slack message gets.
pub(crate) fn line(data: &StageData) -> String {
    match data {
        StageData::Build(image) => format!(":white_check_mark: *Build* ({}:{})\n", image.image, image.tag),
        StageData::Push(image) => format!(":white_check_mark: *Push* ({}:{})\n", image.image, image.tag),
        StageData::Test(Test { results, .. }) => format!(
            ":white_check_mark: *Test* (passed: {}, failed: {}, skipped: {})\n",
            results.passed, results.failed, results.skipped
        ),
        StageData::SnykCode(scan) => scan_line("Snyk - Code", &scan.url, scan.vulnerabilities),
        StageData::SnykDocker(scan) => scan_line("Snyk - Docker", &scan.url, scan.vulnerabilities),
        StageData::Other { id, .. } => format!(":white_check_mark: *{id}*\n"),
    }
}

fn scan_line(name: &str, url: &str, found: Vulnerabilities) -> String {
    let url = if url.is_empty() || url == "null" { SNYK } else { url };
    format!(
        ":white_check_mark: <{url}|*{name}*> (high: {}, medium: {}, low: {})\n",
        found.high, found.medium, found.low
    )
}
