//! From the bytes of an XML file to text: by its first bytes, or by what its first line says.

use encoding_rs::{Encoding, UTF_8};

/// Where the declaration of an encoding ends, at most.
const DECLARATION: usize = 256;

/// The text of a file.
///
/// # Errors
/// What is wrong, where, and what would be right.
pub fn text(bytes: &[u8]) -> Result<String, String> {
    let encoding = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None => declared(bytes)?,
    };
    let (text, _, broken) = encoding.decode(bytes);
    match broken {
        true => Err(format!(
            "found bytes that are not {}; write the encoding into its first line",
            encoding.name()
        )),
        false => Ok(text.into_owned()),
    }
}

/// What `<?xml … encoding="…"?>` says; UTF-8 where it says nothing.
fn declared(bytes: &[u8]) -> Result<&'static Encoding, String> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(DECLARATION)]);
    let declaration = head.trim_start().strip_prefix("<?xml").and_then(|rest| rest.split_once("?>"));
    let Some((_, said)) = declaration.and_then(|(declaration, _)| declaration.split_once("encoding")) else {
        return Ok(UTF_8);
    };
    let label = said.trim_start_matches([' ', '=']).get(1..).unwrap_or_default();
    let label = label.split(['"', '\'']).next().unwrap_or_default();
    Encoding::for_label(label.as_bytes()).ok_or_else(|| {
        format!("found the encoding {label:?}; one known to browsers, as windows-1251, is wanted")
    })
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn what_the_first_line_or_the_first_bytes_say_is_believed() {
        let cyrillic = b"<?xml version=\"1.0\" encoding=\"windows-1251\"?><a>\xd1\xea\xeb\xe0\xe4</a>";
        assert!(text(cyrillic).unwrap().ends_with("<a>Склад</a>"));
        assert_eq!(text("\u{feff}<a>Склад</a>".as_bytes()).unwrap(), "<a>Склад</a>");
        let sixteen: Vec<u8> = "\u{feff}<a>ё</a>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(text(&sixteen).unwrap(), "<a>ё</a>");
        assert_eq!(text("<a>ё</a>".as_bytes()).unwrap(), "<a>ё</a>", "UTF-8 where nothing is said");
        assert!(text(b"<a>\xd1\xea</a>").unwrap_err().contains("UTF-8"));
        assert!(text(b"<?xml version='1.0' encoding='runes'?><a/>").unwrap_err().contains("runes"));
    }
}
