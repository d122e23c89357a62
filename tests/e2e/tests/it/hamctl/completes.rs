//! Completion as bash does it: the script is loaded, a line is typed, and bash is asked what it offers.

use process::Program;

use super::world::World;

/// Loads the script, fills in what bash tells a completion function, calls it, and prints what it offers.
const DRIVER: &str = r#"
source <(hamctl completion bash)
read -ra COMP_WORDS <<< "$LINE"
[[ "$LINE" == *' ' ]] && COMP_WORDS+=('')
COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 ))
COMP_LINE=$LINE COMP_POINT=${#LINE} COMP_TYPE=9
function=$(complete -p hamctl | sed -E 's/.*-F ([^ ]+).*/\1/')
compopt() { :; }
"$function" hamctl "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
printf '%s\n' "${COMPREPLY[@]}"
"#;

fn offered(world: &World, line: &str) -> Vec<String> {
    let path = std::env::var("PATH").unwrap();
    let mut bash = Program::new("bash")
        .args(["--norc", "-c", DRIVER])
        .folder(world.stage.home())
        .env("LINE", line)
        .env("PATH", format!("{}:{path}", world.stage.programs().folder().display()));
    for (name, value) in world.stage.hamctl_environment() {
        bash = bash.env(name, value);
    }
    let output = bash.run().unwrap();
    assert_eq!(output.stderr_text(), "", "{line}: a prompt is no place for an error");
    let told = output.stdout_text();
    told.lines().map(str::trim_end).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

pub(super) fn names_come_from_the_server(world: &World, first: &str, second: &str) {
    for (line, expected) in [
        ("hamctl prom", &["promote"][..]),
        ("hamctl status --service ", &["web"]),
        ("hamctl promote --service web --env ", &["dev", "staging", "prod"]),
        ("hamctl promote --service web --env st", &["staging"]),
        ("hamctl release --service web --branch ", &["master"]),
        ("hamctl release --service web --env dev --artifact m", &[second, first]),
        ("hamctl rollback --service web --env dev --to m", &[second, first]),
        ("hamctl status --service web --namespace ", &["dev", "staging"]),
        ("hamctl status --service web --namespace d", &["dev"]),
        ("hamctl promote --service web --env zz", &[]),
        ("hamctl --output ", &["table", "json", "yaml"]),
    ] {
        let mut offered = offered(world, line);
        let mut expected: Vec<String> = expected.iter().map(|name| (*name).to_owned()).collect();
        offered.sort();
        expected.sort();
        assert_eq!(offered, expected, "{line}");
    }
}
