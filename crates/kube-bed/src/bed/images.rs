//! Images of a bed: kept as files, given to its containerd.

use std::fs;
use std::path::Path;
use std::time::Duration;

use process::Program;

use crate::BedError;
use crate::image::Image;
use crate::place::Place;
use crate::progress::run;
use crate::wait;

const IMPORT_DEADLINE: Duration = Duration::from_secs(60);

/// Keeps an image and gives it to containerd.
pub(super) fn load(place: &Place, image: &Image) -> Result<(), BedError> {
    import(place, &keep(place, image)?)
}

/// Keeps an image for the next start.
pub(super) fn keep(place: &Place, image: &Image) -> Result<std::path::PathBuf, BedError> {
    let folder = place.images();
    fs::create_dir_all(&folder).map_err(BedError::io(&folder))?;
    let file: String = image.name.chars().map(|letter| if letter == '/' { '+' } else { letter }).collect();
    let path = folder.join(format!("{file}.tar"));
    fs::write(&path, &image.archive).map_err(BedError::io(&path))?;
    Ok(path)
}

/// Gives all kept images to a containerd that has just started.
pub(super) fn load_kept(place: &Place) -> Result<(), BedError> {
    let folder = place.images();
    for entry in fs::read_dir(&folder).map_err(BedError::io(&folder))? {
        import(place, &entry.map_err(BedError::io(&folder))?.path())?;
    }
    Ok(())
}

fn import(place: &Place, path: &Path) -> Result<(), BedError> {
    run(ctr(place).args(["images", "import"]).args([path])).map(drop)?;
    // The part of containerd that kubelet asks learns of it a moment later, and marks what it knows.
    let known = wait::until(IMPORT_DEADLINE, || {
        let unknown = r#"labels."io.cri-containerd.image"!=managed"#;
        let output = run(ctr(place).args(["images", "list", "--quiet", unknown]))?;
        Ok::<_, BedError>(output.stdout.is_empty().then_some(()))
    })?;
    known.ok_or_else(|| BedError::Command {
        command: "ctr".into(),
        output: "the image is not taken up".into(),
    })
}

fn ctr(place: &Place) -> Program {
    Program::new("ctr")
        .args([Path::new("--address"), &place.containerd_socket()])
        .args(["--namespace", "k8s.io"])
}
