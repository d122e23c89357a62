//! The commands that print something: bytes that scripts depend on.

use crate::desk::Desk;

const SHUTTLE: &str = r#"
plan: ../plan
vars:
  service: web
  port: 8080
  ratio: 1.5
  on: false
  nothing:
  quoted: "yes"
  lines: "a\nb\n"
  long: aaaaaaaaaa bbbbbbbbbb cccccccccc dddddddddd eeeeeeeeee ffffffffff gggggggggg hhhhhhhhhh iiii
  list: [one, {b: 2, a: 1}]
  docker: {image: r.example.test/web, args: [x]}
scripts:
  own: {description: mine}
"#;

const PLAN: &str = r"
scripts:
  build: {description: build the image, args: [{name: tag, required: true, description: the tag}]}
  a-rather-long-name:
";

fn desk() -> Desk {
    let desk = Desk::new(SHUTTLE, PLAN);
    desk.write("plan/templates/hello.tmpl", "hello {{ .Vars.service }} {{ .Args.who }}\n");
    desk.write("plan/plain.tmpl", "plan's << .Args.who >>");
    desk.write("web/own.tmpl", "{{ .Vars.service | upper }}\n");
    desk
}

fn out(desk: &Desk, args: &[&str]) -> String {
    let output = desk.shuttle(args);
    assert!(output.succeeded() && output.stderr.is_empty(), "{args:?}: {}", desk.show(&output));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn get_prints_yaml_without_a_final_line_end() {
    let desk = desk();
    let table = [
        ("service", "web"),
        ("port", "8080"),
        ("ratio", "1.5"),
        ("true", "false"),
        ("nothing", ""),
        ("missing.x", ""),
        ("service.x", ""),
        ("quoted", "\"yes\""),
        ("lines", "|\n  a\n  b"),
        ("list", "- one\n- a: 1\n  b: 2"),
        ("docker", "args:\n- x\nimage: r.example.test/web"),
        ("docker.image", "r.example.test/web"),
    ];
    for (path, want) in table {
        // The key `on` is forced to text by what was written, not by what it means.
        let path = if path == "true" { "on" } else { path };
        assert_eq!(out(&desk, &["get", path]), want, "{path}");
    }
    assert!(out(&desk, &["get", "long"]).contains("hhhhhhhhhh\n  iiii"));
    assert_eq!(
        out(&desk, &["get", "docker", "--template", "{{ .image }}{{ range .args }}-{{ . }}{{ end }}"]),
        "r.example.test/web-x"
    );
    assert_eq!(out(&desk, &["get", "missing", "--template", "{{ . }}"]), "<no value>");
}

#[test]
fn has_answers_by_exit_code_or_word() {
    let desk = desk();
    let table =
        [("service", 0), ("on", 0), ("nothing", 1), ("missing", 1), ("docker.image", 0), ("ratio.x", 1)];
    for (path, code) in table {
        let output = desk.shuttle(&["has", path]);
        assert_eq!((output.code, output.stdout.len(), output.stderr.len()), (Some(code), 0, 0), "{path}");
        assert_eq!(out(&desk, &["has", "-o", path]), if code == 0 { "true" } else { "false" });
    }
    assert_eq!(desk.shuttle(&["has", "--script", "build"]).code, Some(0));
    assert_eq!(desk.shuttle(&["has", "--script", "nope"]).code, Some(1));
}

#[test]
fn ls_lists_the_merged_scripts() {
    let desk = desk();
    assert_eq!(
        out(&desk, &["ls"]),
        "Available Scripts:\n  a-rather-long-name  \n  build               Build the image\n  own                 Mine\n"
    );
    let template = "{{ .Max }}{{ range $n, $s := .Scripts }} {{ $n }}{{ range $s.Args }}({{ .Name }},{{ .Required }}){{ end }}{{ end }}";
    assert_eq!(out(&desk, &["ls", "--template", template]), "20 a-rather-long-name build(tag,true) own");
}

#[test]
fn plan_prints_what_is_configured() {
    let desk = desk();
    assert_eq!(out(&desk, &["plan"]), "../plan");
    let template =
        "{{ .PlanRaw }} {{ base .LocalPlanPath }} {{ base .ProjectPath }} {{ base .TempDirectoryPath }}";
    assert_eq!(out(&desk, &["plan", "--template", template]), "../plan plan web temp");
    desk.write("web/shuttle.yaml", "plan: false\nvars: {a: 1}\n");
    assert_eq!(out(&desk, &["plan", "--template", "[{{ .Plan }}] {{ .PlanRaw }}"]), "[] false");
    assert_eq!(out(&desk, &["get", "a"]), "1");
}

#[test]
fn templates_are_found_in_the_project_then_in_the_plan() {
    let desk = desk();
    assert_eq!(out(&desk, &["template", "hello.tmpl", "who=you"]), "hello web you\n");
    assert_eq!(out(&desk, &["template", "plain.tmpl", "who=you", "--delims", "<<,>>"]), "plan's you");
    assert_eq!(out(&desk, &["template", "own.tmpl"]), "WEB\n");
    desk.write("web/templates/hello.tmpl", "override");
    assert_eq!(out(&desk, &["template", "hello.tmpl"]), "override");
    assert_eq!(
        out(&desk, &["template", "--ignore-project-overrides", "hello.tmpl", "who=x"]),
        "hello web x\n"
    );
    assert_eq!(out(&desk, &["template", "hello.tmpl", "-o", "sub/out.txt"]), "");
    assert_eq!(desk.read("web/.shuttle/temp/sub/out.txt"), "override");
}

#[test]
fn the_project_is_found_from_below_and_from_outside() {
    let desk = desk();
    desk.write("web/deep/er/file", "");
    let below = desk
        .program(crate::desk::SHUTTLE)
        .folder(desk.path("web/deep/er"))
        .args(["get", "service"])
        .run()
        .unwrap();
    assert_eq!(below.stdout_text(), "web");
    let outside = desk
        .program(crate::desk::SHUTTLE)
        .folder(desk.path(""))
        .args(["-p", "web", "get", "port"])
        .run()
        .unwrap();
    assert_eq!(outside.stdout_text(), "8080");
}

#[test]
fn config_hides_secrets() {
    let desk = desk();
    let output = desk
        .program(crate::desk::SHUTTLE)
        .env("MY_TOKEN", "s3cret")
        .env("PLAIN", "yes")
        .args(["config"])
        .run()
        .unwrap();
    let text = output.stdout_text();
    assert!(
        text.contains("MY_TOKEN=***") && text.contains("PLAIN=yes") && !text.contains("s3cret"),
        "{text}"
    );
    assert!(text.starts_with("Version 0.1.0\n\nPlan:\n"), "{text}");
}

#[test]
fn version_and_help_need_no_project() {
    let desk = desk();
    let outside = |args: &[&str]| {
        desk.program(crate::desk::SHUTTLE).folder(desk.path("home")).args(args.iter().copied()).run().unwrap()
    };
    for words in [&["version"][..], &["--version"], &["--skip-pull", "--version"]] {
        assert_eq!(outside(words).stdout_text(), env!("CARGO_PKG_VERSION"), "{words:?}");
    }
    assert!(outside(&["--help"]).stdout_text().starts_with("Run the scripts"));
    assert!(out(&desk, &["run", "build", "--help"]).contains("--tag string"));
    assert!(out(&desk, &["run"]).contains("build"));
}
