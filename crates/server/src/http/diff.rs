//! What a release would change in the files of a service.

mod mask;

use api::{ChangedFile, DiffResponse, FileText};
use artifact::{ArtifactId, BranchName, EnvName, Intent, Person, ReleaseId, ServiceName};
use axum::extract::State;
use config_repo::FilePreview;
use explain::Kind;
use policy::Release;

use self::mask::Masks;
use super::Failure;
use super::answer::Json;
use super::caller::Hamctl;
use super::path::Path;
use super::query::Query;
use super::releases::no_artifact;
use crate::app::App;
use crate::release::manifests;

/// The longest side of a file that is shown: more than a person reads.
const MAX_FILE_BYTES: usize = 512 << 10;

/// All that is shown of one answer.
const MAX_ANSWER_BYTES: usize = 8 << 20;

pub(crate) async fn diff(
    State(app): State<App>,
    Hamctl(_): Hamctl,
    Path((service, environment)): Path<(String, String)>,
    query: Query,
) -> Result<Json<DiffResponse>, Failure> {
    let (service, environment): (ServiceName, EnvName) = (service.parse()?, environment.parse()?);
    let artifact = wanted(&app, &service, &query).await?;
    // Nobody asks for this release: it only says what goes where.
    let release = Release {
        id: ReleaseId::new(uuid::Uuid::nil()),
        service,
        environment,
        artifact,
        intent: Intent::ReleaseArtifact,
        actor: Person::default(),
    };
    let artifact = app
        .store
        .artifact(&release.service, &release.artifact)
        .await
        .map_err(|error| no_artifact(error, &release))?;
    if artifact.files(release.environment.as_str()).is_none() {
        let (id, environment) = (&release.artifact, &release.environment);
        let rendered: Vec<&str> = artifact.environments().collect();
        return Err(Failure::invalid(
            format!("artifact '{id}' holds no manifests for environment '{environment}'"),
            format!("it has them for: {}", rendered.join(", ")),
        ));
    }
    let manifests = manifests(&artifact, &release.environment).map_err(Failure::of)?;
    let running = app.reader.preview(&release, &manifests, &app.globals)?.current;
    let (files, unchanged) = app.reader.preview_files(&release, &manifests)?;
    Ok(Json::ok(DiffResponse {
        service: release.service.to_string(),
        environment: release.environment.to_string(),
        running: running.map(|id| id.to_string()).unwrap_or_default(),
        artifact: release.artifact.to_string(),
        files: shown(files),
        unchanged,
    }))
}

/// The artifact to compare with: one by its id, or the newest of a branch.
async fn wanted(app: &App, service: &ServiceName, query: &Query) -> Result<ArtifactId, Failure> {
    match (query.given("artifact"), query.given("branch")) {
        (Some(id), None) => Ok(id.parse()?),
        (None, Some(branch)) => {
            let branch: BranchName = branch.parse()?;
            let newest = app.store.newest(service, Some(&branch), 1).await?.into_iter().next();
            let newest = newest.ok_or_else(|| {
                let message =
                    format!("no artifacts available for service '{service}' and branch '{branch}'.");
                let hint =
                    format!("see which artifacts there are: hamctl describe artifact --service {service}");
                Failure::new(Kind::NotFound, message, hint).with_status(400)
            })?;
            Ok(newest.id.parse()?)
        }
        _ => Err(Failure::invalid(
            "say what to compare with: an artifact or a branch",
            "add ?artifact=... or ?branch=... to the path",
        )),
    }
}

/// What is shown of the files: text, bounded, without the values of secrets.
fn shown(files: Vec<FilePreview>) -> Vec<ChangedFile> {
    let masks = Masks::of(files.iter().filter_map(|file| text(file.before.as_deref()?).ok()));
    let mut room = MAX_ANSWER_BYTES;
    let mut side = |content: Option<&[u8]>, masked: &dyn Fn(&str) -> String| {
        let text = match text(content?) {
            Ok(text) => masked(text),
            Err(omitted) => return Some(FileText { omitted, ..FileText::default() }),
        };
        let Some(left) = room.checked_sub(text.len()) else {
            let omitted = format!("{} bytes, and this answer is long already", text.len());
            return Some(FileText { omitted, ..FileText::default() });
        };
        room = left;
        Some(FileText { text, omitted: String::new() })
    };
    files
        .iter()
        .map(|file| ChangedFile {
            name: file.path.clone(),
            before: side(file.before.as_deref(), &|text| masks.before(text)),
            after: side(file.after.as_deref(), &|text| masks.after(text)),
        })
        .collect()
}

/// The text of a file, or why it is not shown.
fn text(content: &[u8]) -> Result<&str, String> {
    let bytes = content.len();
    if bytes > MAX_FILE_BYTES {
        return Err(format!("{bytes} bytes, more than are shown"));
    }
    std::str::from_utf8(content)
        .ok()
        .filter(|text| !text.contains('\0'))
        .ok_or_else(|| format!("binary, {bytes} bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn preview(path: &str, before: Option<&[u8]>, after: Option<&[u8]>) -> FilePreview {
        FilePreview {
            path: path.into(),
            before: before.map(<[u8]>::to_vec),
            after: after.map(<[u8]>::to_vec),
        }
    }

    #[test]
    fn what_cannot_be_shown_says_why() {
        let long = vec![b'a'; MAX_FILE_BYTES + 1];
        let files = vec![
            preview("a.png", Some(&[0xff, 0]), Some(b"text\n")),
            preview("b.yaml", None, Some(&long)),
            preview("c.yaml", Some(b"\0"), None),
        ];
        let shown = shown(files);
        let omitted = |side: &Option<FileText>| side.as_ref().map(|side| side.omitted.clone());
        assert_eq!(omitted(&shown[0].before).as_deref(), Some("binary, 2 bytes"));
        assert_eq!(shown[0].after.as_ref().map(|side| &*side.text), Some("text\n"));
        assert_eq!(omitted(&shown[1].after).as_deref(), Some("524289 bytes, more than are shown"));
        assert_eq!(omitted(&shown[2].before).as_deref(), Some("binary, 1 bytes"));
        assert_eq!(shown[2].after, None);
    }

    #[test]
    fn an_answer_has_an_end() {
        let half = vec![b'a'; MAX_FILE_BYTES];
        let files = (0..20).map(|n| preview(&format!("{n}"), None, Some(&half))).collect();
        let shown = shown(files);
        let bytes: usize = shown.iter().filter_map(|file| Some(file.after.as_ref()?.text.len())).sum();
        assert_eq!(bytes, MAX_ANSWER_BYTES);
        assert!(shown.last().unwrap().after.as_ref().unwrap().omitted.contains("long already"));
    }
}
