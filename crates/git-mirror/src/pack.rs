//! One pack file with its index, written in process.
//!
//! A new folder is stored as its difference from the version before it in the same pack, so that `git push` can
//! send what is here byte for byte instead of compressing it again.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use gix::ObjectId;
use gix::objs::Kind;
use gix::zlib::Compression;
use gix::zlib::stream::deflate::{Compress, FlushCompress};

use crate::{Error, delta};

/// How many differences may lie on top of each other; Git itself stops at 50 and would not pass longer chains on.
const DEEPEST_CHAIN: u32 = 45;

/// An object to store.
pub(crate) struct NewObject {
    pub(crate) id: ObjectId,
    /// An older object that it resembles.
    pub(crate) like: Option<ObjectId>,
}

/// What is in the objects, by their ids.
type Content = gix::odb::memory::Storage;

/// A pack that is in place and readable, but perhaps not on disk yet.
pub(crate) struct StoredPack {
    files: Vec<PathBuf>,
    /// Its content, as a remote takes it.
    pub(crate) bytes: Vec<u8>,
}

impl StoredPack {
    /// Waits until it would survive a loss of power.
    pub(crate) fn sync(&self) -> io::Result<()> {
        for path in &self.files {
            File::open(path)?.sync_all()?;
        }
        match self.files.first().and_then(|path| path.parent()) {
            Some(folder) => File::open(folder)?.sync_all(),
            None => Ok(()),
        }
    }
}

/// Where an object lies in the pack.
struct Placed {
    id: ObjectId,
    offset: u64,
    crc: u32,
}

/// Writes objects, each after those it resembles, as a pack into this folder.
pub(crate) fn write(folder: &Path, objects: &[NewObject], content: &Content) -> Result<StoredPack, Error> {
    let (pack, placed) = encode(objects, content).map_err(|error| Error::write("a pack", error))?;
    let checksum = sha1(&pack)?;
    let mut pack = pack;
    pack.extend_from_slice(checksum.as_slice());
    let index = index(placed, &checksum)?;
    let path = |extension: &str| folder.join(format!("pack-{checksum}.{extension}"));
    // Git looks for the index first: when it is there, the pack must be.
    for (path, bytes) in [(path("pack"), &pack), (path("idx"), &index)] {
        put(&path, bytes).map_err(Error::folder(&path))?;
    }
    let files = vec![path("pack"), path("idx")];
    Ok(StoredPack { files, bytes: pack })
}

fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = path.with_extension("tmp");
    let temporary = temporary
        .with_file_name(format!("tmp_{}", temporary.file_name().unwrap_or_default().to_string_lossy()));
    File::create(&temporary)?.write_all(bytes)?;
    fs::rename(&temporary, path)
}

fn encode(objects: &[NewObject], content: &Content) -> io::Result<(Vec<u8>, Vec<Placed>)> {
    let get = |id: &ObjectId| {
        content.get(id).ok_or_else(|| io::Error::other(format!("the object {id} was stored before")))
    };
    let count = u32::try_from(objects.len()).map_err(io::Error::other)?;
    let mut pack = Vec::with_capacity(objects.len() * 256);
    pack.extend_from_slice(b"PACK");
    pack.extend_from_slice(&2u32.to_be_bytes());
    pack.extend_from_slice(&count.to_be_bytes());
    let mut compress = Compress::new(Compression::BEST_SPEED);
    let mut known: HashMap<ObjectId, (u64, u32)> = HashMap::with_capacity(objects.len());
    let mut placed = Vec::with_capacity(objects.len());
    for object in objects {
        let offset = pack.len() as u64;
        let (kind, data) = get(&object.id)?;
        let base = object.like.and_then(|like| Some((like, *known.get(&like)?)));
        let delta = match base.filter(|(_, (_, depth))| *depth < DEEPEST_CHAIN) {
            Some((like, (base_offset, depth))) => {
                delta::between(&get(&like)?.1, data).map(|delta| (delta, base_offset, depth + 1))
            }
            None => None,
        };
        let depth = match delta {
            Some((delta, base_offset, depth)) => {
                header(&mut pack, 6, delta.len());
                distance(&mut pack, offset - base_offset);
                compressed(&mut compress, &mut pack, &delta)?;
                depth
            }
            None => {
                header(&mut pack, kind_number(*kind), data.len());
                compressed(&mut compress, &mut pack, data)?;
                0
            }
        };
        known.insert(object.id, (offset, depth));
        let crc = crc32fast::hash(&pack[usize::try_from(offset).map_err(io::Error::other)?..]);
        placed.push(Placed { id: object.id, offset, crc });
    }
    Ok((pack, placed))
}

fn kind_number(kind: Kind) -> u8 {
    match kind {
        Kind::Commit => 1,
        Kind::Tree => 2,
        Kind::Blob => 3,
        Kind::Tag => 4,
    }
}

/// Type and length: four bits of length with the type, then seven bits a byte.
fn header(out: &mut Vec<u8>, kind: u8, mut length: usize) {
    let mut byte = (kind << 4) | (length & 0x0f) as u8;
    length >>= 4;
    while length > 0 {
        out.push(byte | 0x80);
        byte = (length & 0x7f) as u8;
        length >>= 7;
    }
    out.push(byte);
}

/// How far back the base lies: seven bits a byte, highest first, each further byte standing for one more.
fn distance(out: &mut Vec<u8>, mut value: u64) {
    let mut bytes = vec![(value & 0x7f) as u8];
    value >>= 7;
    while value > 0 {
        value -= 1;
        bytes.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.extend(bytes.iter().rev());
}

/// What is shorter is stored as it is: compressing would save less than starting the compressor costs.
const WORTH_COMPRESSING: usize = 512;

fn compressed(compress: &mut Compress, out: &mut Vec<u8>, data: &[u8]) -> io::Result<()> {
    if data.len() < WORTH_COMPRESSING {
        stored(out, data);
        return Ok(());
    }
    compress.reset();
    let start = out.len();
    // Deflate grows what it cannot compress by less than a thousandth and a few bytes.
    out.resize(start + data.len() + data.len() / 500 + 64, 0);
    let status =
        compress.compress(data, &mut out[start..], FlushCompress::Finish).map_err(io::Error::other)?;
    if !matches!(status, gix::zlib::Status::StreamEnd) {
        return Err(io::Error::other("the compressor did not finish"));
    }
    let written = usize::try_from(compress.total_out()).map_err(io::Error::other)?;
    out.truncate(start + written);
    Ok(())
}

/// A zlib stream of one block that holds the bytes themselves (RFC 1950, RFC 1951).
fn stored(out: &mut Vec<u8>, data: &[u8]) {
    let length = data.len() as u16;
    out.extend_from_slice(&[0x78, 0x01, 0x01]);
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(&(!length).to_le_bytes());
    out.extend_from_slice(data);
    // Adler-32; so few bytes cannot overflow before the remainder is taken.
    let (low, high) = data.iter().fold((1u32, 0u32), |(low, high), byte| {
        let low = low + u32::from(*byte);
        (low, high + low)
    });
    out.extend_from_slice(&((high % 65_521) << 16 | (low % 65_521)).to_be_bytes());
}

/// The index, version 2: ids in order, checksums, offsets.
fn index(mut placed: Vec<Placed>, pack: &ObjectId) -> Result<Vec<u8>, Error> {
    placed.sort_unstable_by_key(|object| object.id);
    let mut out = Vec::with_capacity(placed.len() * 28 + 1100);
    out.extend_from_slice(b"\xfftOc");
    out.extend_from_slice(&2u32.to_be_bytes());
    for first in 0..=255u8 {
        let upto = placed.partition_point(|object| object.id.as_slice()[0] <= first);
        out.extend_from_slice(&narrow(upto as u64)?.to_be_bytes());
    }
    for object in &placed {
        out.extend_from_slice(object.id.as_slice());
    }
    for object in &placed {
        out.extend_from_slice(&object.crc.to_be_bytes());
    }
    for object in &placed {
        out.extend_from_slice(&narrow(object.offset)?.to_be_bytes());
    }
    out.extend_from_slice(pack.as_slice());
    let own = sha1(&out)?;
    out.extend_from_slice(own.as_slice());
    Ok(out)
}

/// Offsets above 2 GiB would need another table: a batch that large is refused.
fn narrow(value: u64) -> Result<u32, Error> {
    u32::try_from(value)
        .ok()
        .filter(|value| *value <= i32::MAX as u32)
        .ok_or_else(|| Error::write("a pack", "the batch is larger than 2 GiB"))
}

fn sha1(bytes: &[u8]) -> Result<ObjectId, Error> {
    let mut hasher = gix::hash::hasher(gix::hash::Kind::Sha1);
    hasher.update(bytes);
    hasher.try_finalize().map_err(|error| Error::write("a pack", error))
}
