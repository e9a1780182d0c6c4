//! Every public name of the crate stands in `surface.txt`, so that a new one is a decision and not an accident.
//!
//! After a wanted change: `VOLOK_REWRITE=1 cargo test -p volok --features testkit,last-resort --test surface`, and read the difference.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Public names of a module and of the public modules below it, each with its path.
fn collect(file: &Path, path: &str, names: &mut BTreeSet<String>) {
    let text = fs::read_to_string(file).expect("a source file is readable text");
    let code: String =
        text.lines().map(|line| line.split("//").next().unwrap_or("")).collect::<Vec<_>>().join("\n");
    let mut note = |name: &str| {
        names.insert(format!("{path}::{name}"));
    };
    // Items that stand in the module itself.
    for line in code.lines() {
        let Some(rest) = line.strip_prefix("pub ") else { continue };
        let mut words = rest
            .split(|letter: char| !letter.is_alphanumeric() && letter != '_')
            .filter(|word| !word.is_empty());
        let kind = words.by_ref().find(|word| !matches!(*word, "const" if rest.starts_with("const fn")));
        if let Some("fn" | "struct" | "enum" | "trait" | "type" | "const" | "static" | "mod") = kind
            && let Some(name) = words.next()
        {
            note(name);
        }
    }
    // Index types, which a macro makes.
    for (at, _) in code.match_indices("index_type!(") {
        let inside = code[at + "index_type!(".len()..].split(')').next().unwrap_or("");
        if let Some(name) = inside.split_whitespace().last() {
            note(name);
        }
    }
    // Names taken over from elsewhere.
    for (at, _) in code.match_indices("\npub use ") {
        let list = code[at + "\npub use ".len()..].split(';').next().unwrap_or("");
        let inner = list.split_once('{').map_or(list, |(_, inner)| inner.trim_end_matches('}'));
        for name in inner.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            let shown = name.rsplit(" as ").next().unwrap_or(name);
            note(shown.rsplit("::").next().unwrap_or(shown));
        }
    }
    // Public modules.
    let folder = match file.file_stem().and_then(|stem| stem.to_str()) {
        Some("mod" | "lib") => file.with_file_name(""),
        _ => file.with_extension(""),
    };
    for line in code.lines() {
        if let Some(module) = line.strip_prefix("pub mod ").and_then(|rest| rest.strip_suffix(';')) {
            let candidates: [PathBuf; 2] =
                [folder.join(format!("{module}.rs")), folder.join(module).join("mod.rs")];
            let found = candidates.iter().find(|file| file.exists()).expect("a module has a file");
            collect(found, &format!("{path}::{module}"), names);
        }
    }
}

#[test]
fn every_public_name_is_a_decision() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut names = BTreeSet::new();
    collect(&home.join("src/lib.rs"), "volok", &mut names);
    // What only the doctests see.
    names.retain(|name| !matches!(name.as_str(), "volok::Readme" | "volok::EmbedInRust"));
    let golden = home.join("tests/surface.txt");
    let found: Vec<String> = names.into_iter().collect();
    if std::env::var_os("VOLOK_REWRITE").is_some_and(|value| value == "1") {
        fs::write(&golden, found.join("\n") + "\n").expect("the list can be written");
        return;
    }
    let text = fs::read_to_string(&golden).unwrap_or_default();
    let known: BTreeSet<&str> = text.lines().collect();
    let new: Vec<&String> = found.iter().filter(|name| !known.contains(name.as_str())).collect();
    let gone: Vec<&&str> = known.iter().filter(|name| !found.iter().any(|other| other == **name)).collect();
    assert!(
        new.is_empty() && gone.is_empty(),
        "public names changed: new {new:?}, gone {gone:?}. Is each of them meant? Then run this test once with \
         VOLOK_REWRITE=1 and commit surface.txt; else write pub(crate)."
    );
}
