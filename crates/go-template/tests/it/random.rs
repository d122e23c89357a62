//! What differs from run to run comes from the world alone.

use go_template::{Delimiters, Dialect, Entry, NoWorld, Template, TemplateError, Value, World};

/// A world whose chance always throws the same bytes.
struct Loaded;

impl World for Loaded {
    fn now(&self) -> i64 {
        0
    }
    fn env(&self, name: &str) -> String {
        format!("<{name}>")
    }
    fn read_file(&self, path: &str) -> Result<String, String> {
        NoWorld.read_file(path)
    }
    fn file_exists(&self, path: &str) -> bool {
        path == "there"
    }
    fn folder(&self, _path: &str) -> Vec<Entry> {
        vec![Entry { name: "a.txt".to_owned(), size: 3, is_folder: false }]
    }
    fn random(&self, bytes: &mut [u8]) -> Result<(), String> {
        bytes.fill(7);
        Ok(())
    }
}

fn render(text: &str, world: &dyn World) -> Result<String, TemplateError> {
    Template::parse("t", text, &Delimiters::default(), Dialect::Shuttle)?.render(&Value::Nil, world)
}

#[test]
fn the_world_is_asked() {
    let table = [
        ("{{ uuidv4 }}", "07070707-0707-4707-8707-070707070707"),
        ("{{ randNumeric 4 | len }}", "4"),
        ("{{ $n := randInt 3 5 }}{{ and (ge $n 3) (lt $n 5) }}", "true"),
        ("{{ env \"HOME\" }} {{ expandenv \"a$B/${C}d\" }}", "<HOME> a<B>/<C>d"),
        ("{{ fileExists \"there\" }} {{ fileExists \"gone\" }}", "true false"),
        ("{{ range getFiles \".\" }}{{ .Name }} {{ .Size }} {{ .IsDir }}{{ end }}", "a.txt 3 false"),
    ];
    for (text, want) in table {
        assert_eq!(render(text, &Loaded).unwrap(), want, "{text}");
    }
}

#[test]
fn without_chance_nothing_is_made_up() {
    for text in ["{{ uuidv4 }}", "{{ randAlpha 8 }}", "{{ randInt 1 9 }}"] {
        let error = render(text, &NoWorld).unwrap_err().to_string();
        assert!(error.ends_with("there is no source of randomness here"), "{error}");
    }
    let error = render("{{ getFileContent \"x\" }}", &NoWorld).unwrap_err().to_string();
    assert!(error.ends_with("error calling getFileContent: open x: no such file or directory"), "{error}");
}
