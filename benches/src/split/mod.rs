//! Generated order splits of four sizes, every answer with its bound.
//!
//! Rows: `search`, facility location alone; then the whole [`volok::split::solve`] on the very same problems
//! (`linear`), on the same sizes with step tariffs by weight (`steps`), and with quantities that must be drawn from
//! several scarce pools (`scarce`).

pub mod draw;
mod export;
pub mod kinds;
mod measure;

use std::io::Write;
use std::path::Path;

use draw::Variety;
use kinds::Kind;

pub use export::export;

/// A size: lines, ways, problems measured by search alone and linear, problems with steps or scarce pools.
pub type Size = (usize, usize, usize, usize);

/// The four sizes.
pub const SIZES: [Size; 4] = [(4, 12, 2000, 500), (10, 20, 1000, 100), (20, 50, 200, 20), (40, 100, 30, 6)];

/// Measures every size, kind and variety.
///
/// # Errors
///
/// What the writer reports.
pub fn run(json: bool, out: &mut dyn Write) -> std::io::Result<()> {
    for variety in Variety::ALL {
        for (lines, ways, many, _) in SIZES {
            measure::search(variety, (lines, ways), many).write(json, out)?;
        }
        for kind in Kind::ALL {
            for (lines, ways, easy, hard) in SIZES {
                let many = if kind == Kind::Linear { easy } else { hard };
                measure::whole(variety, kind, (lines, ways), many).write(json, out)?;
                out.flush()?;
            }
        }
    }
    Ok(())
}

/// Name of a file of problems.
fn file_name(
    folder: &Path,
    variety: Variety,
    kind: Kind,
    (lines, ways): (usize, usize),
) -> std::path::PathBuf {
    folder.join(format!("{}-{}-{lines}x{ways}.jsonl", kind.name(), variety.name()))
}
