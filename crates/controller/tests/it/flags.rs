//! What a person sees who starts it wrongly.

use process::Program;

fn run(args: &[&str]) -> String {
    let output =
        Program::new(env!("CARGO_BIN_EXE_release-controller")).args(args.iter().copied()).run().unwrap();
    format!("{}\n[exit {}]", output.stderr_text().trim_end(), output.code.unwrap_or(-1))
}

#[test]
fn every_mistake_is_named_with_its_flag_and_the_next_step() {
    insta::assert_snapshot!(run(&["--config-repo=nowhere", "--environment=Dev!"]), @r"
    error: --environment: `Dev!` is no name of an environment; --config-repo: `nowhere` is no address of a Git repository
    hint: see `release-controller --help`
    [exit 2]
    ");
    insta::assert_snapshot!(run(&["--environment=dev"]), @r"
    error: the following required arguments were not provided: --config-repo <URL>
    hint: see `release-controller --help`
    [exit 2]
    ");
    let missing = run(&["--config-repo=/srv/x.git", "--environment=dev", "--kubeconfig=/does/not/exist"]);
    insta::assert_snapshot!(missing, @r#"
    error: cannot use the kubeconfig /does/not/exist: failed to read kubeconfig from '"/does/not/exist"': No such file or directory (os error 2)
    hint: check the file given with --kubeconfig
    [exit 1]
    "#);
}
