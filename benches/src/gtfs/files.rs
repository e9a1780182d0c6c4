//! Files of a feed: in a folder, gzip or not, or in a zip file.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use super::read::FeedError;

/// Where a feed lies.
pub(super) enum Files {
    Folder(PathBuf),
    Zip(Box<zip::ZipArchive<BufReader<File>>>),
}

impl Files {
    pub(super) fn open(path: &Path) -> Result<Files, FeedError> {
        if path.is_dir() {
            return Ok(Files::Folder(path.to_owned()));
        }
        let file = File::open(path).map_err(|cause| FeedError::file(path, cause))?;
        let archive = zip::ZipArchive::new(BufReader::new(file))
            .map_err(|cause| FeedError::file(path, io::Error::other(cause)))?;
        Ok(Files::Zip(Box::new(archive)))
    }

    /// The text of a table; nothing when the feed has no such file.
    pub(super) fn table(&mut self, name: &str) -> Result<Option<Vec<u8>>, FeedError> {
        let mut bytes = Vec::new();
        let fails = |cause| FeedError::file(Path::new(name), cause);
        match self {
            Files::Folder(folder) => {
                let (plain, packed) = (folder.join(name), folder.join(format!("{name}.gz")));
                if plain.is_file() {
                    File::open(plain).and_then(|mut file| file.read_to_end(&mut bytes)).map_err(fails)?;
                } else if packed.is_file() {
                    let file = File::open(packed).map_err(fails)?;
                    flate2::read::MultiGzDecoder::new(file).read_to_end(&mut bytes).map_err(fails)?;
                } else {
                    return Ok(None);
                }
            }
            Files::Zip(archive) => {
                let below = format!("/{name}");
                let names = archive.file_names().filter_map(Result::ok).map(std::borrow::Cow::into_owned);
                let mut inside = names.filter(|found| found == name || found.ends_with(&below));
                let Some(found) = inside.next() else { return Ok(None) };
                drop(inside);
                let mut file = archive.by_name(&found).map_err(io::Error::other).map_err(fails)?;
                file.read_to_end(&mut bytes).map_err(fails)?;
            }
        }
        Ok(Some(bytes))
    }
}
