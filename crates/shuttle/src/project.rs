//! A project: where it is, what its files say, where its plan is.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::config::{self, ConfigError, ProjectFile, Scripts};
use crate::console::Console;
use crate::failure::Failure;
use crate::flags::Globals;
use crate::plan;

const PROJECT_FILE: &str = "shuttle.yaml";
const PLAN_FILE: &str = "plan.yaml";

/// A loaded project.
#[derive(Clone, Debug)]
pub(crate) struct Project {
    /// Its folder.
    pub(crate) folder: PathBuf,
    /// What `shuttle.yaml` says.
    pub(crate) file: ProjectFile,
    /// Where its plan is now; `None` without plan.
    pub(crate) plan: Option<PathBuf>,
    /// The plan's scripts, replaced by the project's of the same name.
    pub(crate) scripts: Scripts,
}

impl Project {
    /// Finds the project, brings its plan and reads both files.
    pub(crate) fn load(globals: &Globals, console: Console) -> Result<Self, Failure> {
        let (folder, text) = find(globals)?;
        let path = folder.join(PROJECT_FILE);
        let file = config::parse_project(&path, &text)?;
        let own = folder.join(".shuttle");
        if globals.clean {
            console.info(&format!("Cleaning {}", own.display()));
            match fs::remove_dir_all(&own) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(Failure::file("remove", own)(error));
                }
                _ => {}
            }
        }
        fs::create_dir_all(&own).map_err(Failure::file("create", &own))?;
        let plan = plan::bring(&folder, file.plan.as_deref(), globals, console)?;
        let mut scripts = match &plan {
            Some(plan) => read_plan(plan)?,
            None => Scripts::new(),
        };
        scripts.extend(file.scripts.clone());
        Ok(Self { folder, file, plan, scripts })
    }

    /// The folder for what scripts make.
    pub(crate) fn temp(&self) -> PathBuf {
        self.folder.join(".shuttle/temp")
    }
}

fn read_plan(plan: &Path) -> Result<Scripts, Failure> {
    let path = plan.join(PLAN_FILE);
    let text =
        fs::read_to_string(&path).map_err(|source| ConfigError::Open { path: path.clone(), source })?;
    Ok(config::parse_plan(&path, &text)?)
}

/// The project's folder and the text of its file: where `--project` says, else here or above.
fn find(globals: &Globals) -> Result<(PathBuf, String), Failure> {
    let here = std::env::current_dir().map_err(Failure::file("find", "."))?;
    let start =
        globals.project.as_ref().map_or_else(|| here.clone(), |project| plan::clean(&here.join(project)));
    let upwards = if globals.project.is_some() { 1 } else { usize::MAX };
    for folder in start.ancestors().take(upwards) {
        let path = folder.join(PROJECT_FILE);
        match fs::read_to_string(&path) {
            Ok(text) => return Ok((folder.to_owned(), text)),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {}
            Err(source) => return Err(ConfigError::Open { path, source }.into()),
        }
    }
    Err(Failure::NoProject { folder: start })
}
