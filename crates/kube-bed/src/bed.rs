//! A bed: bringing it up, using it, wiping it.

mod images;
mod simulate;
mod start;

use std::fs::File;
use std::path::{Path, PathBuf};

use process::Program;

use crate::image::Image;
use crate::keys::ADMIN;
use crate::packages;
use crate::place::Place;
use crate::plan::Site;
use crate::progress::{Progress, Reporter};
use crate::record::Record;
use crate::slot;
use crate::status;
use crate::sweep;
use crate::tools::tools;
use crate::{BedError, Status};

/// Steps told while a bed comes up, beside those of building its programs.
fn n_steps(record: &Record) -> usize {
    3 + if record.nodes { 3 } else { 0 } + usize::from(record.simulated.is_some())
}

/// Which bed to bring up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BedOptions {
    name: String,
    nodes: bool,
    owned: bool,
}

impl BedOptions {
    /// A bed with a node that outlives this process. The name has 1 to 20 lower-case letters, digits and
    /// dashes.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), nodes: true, owned: false }
    }

    /// API server and controller manager alone: no root is needed, and no pod runs unless
    /// [`Bed::add_simulated_nodes`] plays them.
    #[must_use]
    pub fn without_nodes(mut self) -> Self {
        self.nodes = false;
        self
    }

    /// The bed is started empty and goes down when the [`Bed`] is dropped. When this process is killed, the
    /// next [`Bed::up`] or [`crate::down`] of that name removes it.
    #[must_use]
    pub fn owned(mut self) -> Self {
        self.owned = true;
        self
    }
}

/// A running Kubernetes.
///
/// ```no_run
/// use kube_bed::{Bed, BedOptions};
/// let bed = Bed::up(&BedOptions::new("test"), &mut |progress| eprintln!("{}", progress.what))?;
/// bed.kubectl().args(["get", "pods", "-A"]).run()?;
/// # Ok::<(), kube_bed::BedError>(())
/// ```
#[derive(Debug)]
pub struct Bed {
    place: Place,
    record: Record,
    /// Held by the owner of an owned bed.
    owner: Option<File>,
}

impl Bed {
    /// Brings a bed up, or returns the one of that name that is up and well.
    ///
    /// # Errors
    /// When the machine lacks something, the bed is another process's or of another shape, or a part does not
    /// become ready; then the error holds the end of its log, and nothing is left running.
    pub fn up(options: &BedOptions, tell: &mut dyn FnMut(Progress)) -> Result<Self, BedError> {
        let place = Place::new(&options.name)?;
        if options.nodes && !(cfg!(target_os = "linux") && rustix::process::geteuid().is_root()) {
            return Err(BedError::NotRoot);
        }
        let _lock = place.lock()?;
        let Some(owner) = place.lock_as_owner()? else {
            return Err(BedError::Owned { name: place.name });
        };
        if !options.owned
            && let Some(bed) = Self::running(&place, options.nodes)?
        {
            return Ok(bed);
        }
        sweep::sweep(&place)?;
        packages::provide(options.nodes, &mut Reporter::new(0, tell))?;
        let tools = tools(tell)?;
        let record = {
            let _slots = place.lock_slots()?;
            let slot = slot::choose(&taken_slots(&place)?)?;
            let BedOptions { nodes, owned, .. } = *options;
            let record = Record { slot, tools, nodes, simulated: None, owned, ready: false };
            record.write(&place)?;
            record
        };
        let mut bed = Self { place, record, owner: None };
        let mut reporter = Reporter::new(n_steps(&bed.record), tell);
        let started = bed.site().keys().create().and_then(|()| bed.start(&mut reporter));
        if started.is_err() {
            // The first failure is the one to tell; what this one leaves, the next `up` removes.
            drop(sweep::sweep(&bed.place));
        }
        started?;
        bed.owner = options.owned.then_some(owner);
        Ok(bed)
    }

    fn running(place: &Place, nodes: bool) -> Result<Option<Self>, BedError> {
        let Some(record) = Record::read(place)? else { return Ok(None) };
        if record.owned || !status::observe(place, &record).ready {
            return Ok(None);
        }
        let bed = Self { place: place.clone(), record, owner: None };
        if !bed.answers()? {
            return Ok(None);
        }
        if bed.record.nodes != nodes {
            return Err(BedError::OtherShape { name: place.name.clone(), nodes: bed.record.nodes });
        }
        Ok(Some(bed))
    }

    /// Throws the whole cluster away and starts an empty one: same address, same users, same images,
    /// as many simulated nodes.
    ///
    /// # Errors
    /// As [`Bed::up`].
    pub fn wipe(&mut self, tell: &mut dyn FnMut(Progress)) -> Result<(), BedError> {
        let _lock = self.place.lock()?;
        let mut reporter = Reporter::new(n_steps(&self.record), tell);
        self.record.ready = false;
        self.record.write(&self.place)?;
        sweep::stop(&self.place)?;
        let started = self.start(&mut reporter);
        if started.is_err() {
            // As above.
            drop(sweep::stop(&self.place));
        }
        started
    }

    /// Takes it down; the same as [`crate::down`] with its name.
    ///
    /// # Errors
    /// When something of it does not go away.
    pub fn down(self) -> Result<(), BedError> {
        crate::down(&self.place.name)
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.place.name
    }

    /// Where its API server listens.
    #[must_use]
    pub fn url(&self) -> String {
        format!("https://127.0.0.1:{}", self.record.slot.api_server())
    }

    /// The kubeconfig of its administrator.
    #[must_use]
    pub fn kubeconfig(&self) -> PathBuf {
        self.site().keys().kubeconfig(ADMIN)
    }

    /// The kubeconfig of a user who may do what RBAC grants this name and these groups; valid at once, and
    /// still after a [`Bed::wipe`].
    ///
    /// # Errors
    /// When the certificate cannot be made.
    pub fn kubeconfig_for(&self, user: &str, groups: &[&str]) -> Result<PathBuf, BedError> {
        self.site().keys().user(user, groups, &file_of(user))
    }

    /// A run of the matching kubectl as administrator, without arguments yet.
    #[must_use]
    pub fn kubectl(&self) -> Program {
        // What it remembers of a cluster's kinds is thrown away with the cluster.
        let cache = self.place.data().join("kubectl");
        Program::new(self.record.tools.path("kubectl"))
            .env("KUBECONFIG", self.kubeconfig())
            .env("KUBECACHEDIR", cache)
    }

    /// How its parts do.
    #[must_use]
    pub fn status(&self) -> Status {
        status::observe(&self.place, &self.record)
    }

    /// Gives an image to the node, so that pods can name it; it stays through a [`Bed::wipe`].
    ///
    /// # Errors
    /// When the bed has no node, or containerd refuses the image.
    pub fn load_image(&self, image: &Image) -> Result<(), BedError> {
        images::load(&self.place, image)
    }

    /// The folder with the logs of its parts.
    #[must_use]
    pub fn logs(&self) -> PathBuf {
        self.place.log("").parent().map(Path::to_owned).unwrap_or_default()
    }

    fn site(&self) -> Site {
        self.record.site(&self.place)
    }
}

impl Drop for Bed {
    fn drop(&mut self) {
        if self.owner.is_some() {
            // Nobody is left to tell; the next `up` or `down` of this name tries again.
            drop(crate::down(&self.place.name));
        }
    }
}

/// A file name that no other user and no part of the bed has.
fn file_of(user: &str) -> String {
    let mut file = "user-".to_owned();
    for letter in user.chars() {
        match letter {
            letter if letter.is_ascii_alphanumeric() => file.push(letter),
            other => file.push_str(&format!("_{:x}_", u32::from(other))),
        }
    }
    file
}

fn taken_slots(place: &Place) -> Result<Vec<slot::Slot>, BedError> {
    let records = place.neighbours()?.into_iter().map(|neighbour| Record::read(&neighbour));
    records.filter_map(Result::transpose).map(|record| record.map(|record| record.slot)).collect()
}
