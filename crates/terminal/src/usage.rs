//! Mistakes on the command line, in the words of every other error.

use explain::{Kind, Report};

/// Turns what the argument parser says about a mistake into a message and a hint.
///
/// `rendered` is its text without colours: a paragraph that starts with `error:`, maybe one with a `tip:`, then the
/// usage. `program` is the command to ask for help, such as `hamctl`.
#[must_use]
pub fn usage_report(rendered: &str, program: &str) -> Report {
    let mut paragraphs = rendered.split("\n\n");
    let first = paragraphs.next().unwrap_or_default();
    let message: Vec<&str> = first.lines().map(str::trim).collect();
    let message = message.join(" ");
    let tip = rendered.lines().find_map(|line| line.trim().strip_prefix("tip: "));
    let command = rendered.lines().find_map(|line| line.strip_prefix("Usage: ")).map(|usage| {
        let words: Vec<&str> =
            usage.split(' ').take_while(|word| !word.starts_with(['[', '<', '-'])).collect();
        words.join(" ")
    });
    let command =
        command.filter(|command| command.starts_with(program)).unwrap_or_else(|| program.to_owned());
    Report {
        kind: Kind::Usage,
        message: message.trim_start_matches("error: ").to_owned(),
        hint: tip.map_or_else(|| format!("see `{command} --help`"), str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_is_one_line_and_the_hint_names_the_command() {
        let rendered = "error: the following required arguments were not provided:\n  --env <ENV>\n\nUsage: hamctl promote --env <ENV>\n\nFor more information, try '--help'.\n";
        let report = usage_report(rendered, "hamctl");
        assert_eq!(report.message, "the following required arguments were not provided: --env <ENV>");
        assert_eq!(report.hint, "see `hamctl promote --help`");
        assert_eq!(report.kind, Kind::Usage);
    }

    #[test]
    fn a_tip_is_the_better_hint() {
        let rendered = "error: unexpected argument '--evn' found\n\n  tip: a similar argument exists: '--env'\n\nUsage: hamctl promote [OPTIONS]\n";
        assert_eq!(usage_report(rendered, "hamctl").hint, "a similar argument exists: '--env'");
    }
}
