//! Files and streams: a world whole, JSON Lines line by line, output to a file or the terminal.

use crate::failure::Failure;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use volok::{Engine, spec};

/// Bytes of one line of JSON Lines: an order of 500 lines with the longest keys stays below one megabyte; a line past
/// this is skipped without being kept.
const LINE_BYTES: u64 = 16 << 20;

/// The world document in a file.
pub fn world_document(path: &Path) -> Result<spec::World, Failure> {
    let file = File::open(path).map_err(|cause| Failure::read(path, cause))?;
    spec::world_from_reader(BufReader::new(file))
        .map_err(|cause| Failure::Shape { path: path.to_owned(), cause })
}

/// An engine on the world in a file.
pub fn engine(path: &Path) -> Result<Engine, Failure> {
    let document = world_document(path)?;
    Engine::from_document(&document).map_err(|defects| Failure::World { path: path.to_owned(), defects })
}

/// Where output goes: a file, or standard output.
pub fn output(path: Option<&Path>) -> Result<(Box<dyn Write>, String), Failure> {
    match path {
        Some(path) => {
            let place = path.display().to_string();
            let file = File::create(path).map_err(|cause| Failure::write(place.clone(), cause))?;
            Ok((Box::new(BufWriter::new(file)), place))
        }
        None => Ok((Box::new(BufWriter::new(io::stdout().lock())), "standard output".to_owned())),
    }
}

/// A line of a JSON Lines stream.
pub struct Line {
    /// From 1.
    pub number: usize,
    /// Its text, or why it has none.
    pub text: Result<String, String>,
}

/// Lines of a file or of standard input (`-`), blank ones skipped.
pub struct Lines {
    path: PathBuf,
    reader: Box<dyn BufRead>,
    number: usize,
}

impl Lines {
    /// Opens a file, or standard input for `-`.
    pub fn open(path: &Path) -> Result<Lines, Failure> {
        let reader: Box<dyn BufRead> = if path == Path::new("-") {
            Box::new(BufReader::new(io::stdin()))
        } else {
            Box::new(BufReader::new(File::open(path).map_err(|cause| Failure::read(path, cause))?))
        };
        Ok(Lines { path: path.to_owned(), reader, number: 0 })
    }

    /// What errors call this stream.
    pub fn name(&self) -> String {
        if self.path == Path::new("-") {
            "standard input".to_owned()
        } else {
            self.path.display().to_string()
        }
    }

    /// The next line that is not blank; nothing at the end.
    pub fn next(&mut self) -> Result<Option<Line>, Failure> {
        loop {
            let mut bytes = Vec::new();
            self.number += 1;
            let read = (&mut self.reader)
                .take(LINE_BYTES)
                .read_until(b'\n', &mut bytes)
                .map_err(|cause| Failure::read(&self.path, cause))?;
            if read == 0 {
                return Ok(None);
            }
            if read as u64 == LINE_BYTES && bytes.last() != Some(&b'\n') {
                self.skip_rest()?;
                let text = format!(
                    "found a line longer than {LINE_BYTES} bytes; one document a line, each far shorter"
                );
                return Ok(Some(Line { number: self.number, text: Err(text) }));
            }
            if bytes.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let text = String::from_utf8(bytes).map_err(|error| {
                let at = error.utf8_error().valid_up_to() + 1;
                format!("found a byte that is not UTF-8 at column {at}; JSON is written in UTF-8")
            });
            return Ok(Some(Line { number: self.number, text }));
        }
    }

    /// Up to `most` lines; none at the end.
    pub fn chunk(&mut self, most: usize) -> Result<Vec<Line>, Failure> {
        let mut lines = Vec::new();
        while lines.len() < most {
            match self.next()? {
                Some(line) => lines.push(line),
                None => break,
            }
        }
        Ok(lines)
    }

    fn skip_rest(&mut self) -> Result<(), Failure> {
        loop {
            let buffer = self.reader.fill_buf().map_err(|cause| Failure::read(&self.path, cause))?;
            let (used, ended) = match buffer.iter().position(|&byte| byte == b'\n') {
                Some(at) => (at + 1, true),
                None => (buffer.len(), buffer.is_empty()),
            };
            self.reader.consume(used);
            if ended {
                return Ok(());
            }
        }
    }
}

/// Writes a file whole or not at all: another one takes its place once it is safe on disk. Only its owner may read it.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let beside = path.with_extension("new");
    let written = (|| {
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&beside, path)?;
        #[cfg(unix)]
        if let Some(folder) = path.parent() {
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    })();
    written.map_err(|cause| Failure::write(path.display().to_string(), cause))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bytes: &'static [u8]) -> Vec<(usize, Result<String, String>)> {
        let mut lines = Lines { path: "orders.jsonl".into(), reader: Box::new(bytes), number: 0 };
        lines.chunk(9).unwrap().into_iter().map(|line| (line.number, line.text)).collect()
    }

    #[test]
    fn blank_lines_count_and_are_skipped() {
        assert_eq!(
            lines(b"{}\n\n  \r\n[]"),
            [(1, Ok("{}\n".to_owned())), (4, Ok("[]".to_owned()))],
            "the last line needs no line feed"
        );
        assert!(lines(b"").is_empty());
    }

    #[test]
    fn bytes_that_are_not_text_cost_their_own_line_only() {
        let read = lines(b"{\"id\":\"\xff\"}\n{}");
        assert!(read[0].1.as_ref().unwrap_err().contains("column 8"));
        assert_eq!(read[1], (2, Ok("{}".to_owned())));
    }
}
