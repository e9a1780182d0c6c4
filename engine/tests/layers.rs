//! Data walks one way: which room may name which.
//!
//! The table below is the one of `docs/architecture.md`. A room that needs another that it may not name gets what it
//! needs as data, or the table is changed on purpose, in both places, with the reason.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A room and the rooms it may name, itself apart.
const MAY_NAME: [(&str, &[&str]); 15] = [
    ("units", &[]),
    ("spec", &["units"]),
    ("world", &["spec", "units"]),
    ("stock", &["spec", "units", "world"]),
    ("transit", &["units", "world"]),
    ("load", &["units", "world"]),
    ("split", &[]),
    ("batch", &[]),
    ("sourcing", &["load", "split", "stock", "transit", "units", "world"]),
    ("plan", &["load", "sourcing", "spec", "split", "stock", "units", "world"]),
    ("ledger", &["load", "plan", "stock", "units", "world"]),
    ("check", &["plan", "stock", "units", "world"]),
    (
        "engine",
        &[
            "batch", "ledger", "load", "plan", "sourcing", "spec", "split", "stock", "transit", "units",
            "world",
        ],
    ),
    (
        "testkit",
        &["check", "engine", "ledger", "load", "plan", "spec", "split", "stock", "transit", "units", "world"],
    ),
    (
        "lib",
        &[
            "batch", "check", "engine", "ledger", "load", "plan", "sourcing", "spec", "split", "stock",
            "transit", "units", "world",
        ],
    ),
];

/// Only these read and write JSON.
const KNOW_JSON: [&str; 2] = ["spec", "testkit"];

/// What JSON is called in code.
const JSON: [&str; 4] = ["serde", "serde_json", "serde_path_to_error", "schemars"];

/// One file of the engine, without comments and without what only its tests see.
struct Source {
    path: PathBuf,
    room: String,
    /// How many modules deep the file stands below the crate's root.
    depth: usize,
    code: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn sources() -> Vec<Source> {
    let (mut files, mut only_tests) = (Vec::new(), BTreeSet::new());
    walk(&root(), &mut files);
    files.sort();
    let mut sources = Vec::new();
    for path in files {
        let text = fs::read_to_string(&path).expect("a source file is readable text");
        let (code, tests) = without_tests(&text);
        let home = if is_mod(&path) { path.with_file_name("") } else { path.with_extension("") };
        only_tests.extend(tests.iter().map(|module| home.join(module)));
        let below: Vec<String> = path
            .strip_prefix(root())
            .expect("below the root")
            .with_extension("")
            .components()
            .map(|part| part.as_os_str().to_string_lossy().into_owned())
            .collect();
        let depth = below.len() - usize::from(is_mod(&path));
        sources.push(Source { room: below[0].clone(), depth, code, path });
    }
    let spared = |path: &Path| path.ancestors().any(|part| only_tests.contains(&part.with_extension("")));
    sources.retain(|source| !spared(&source.path));
    sources
}

fn is_mod(path: &Path) -> bool {
    matches!(path.file_stem().and_then(|stem| stem.to_str()), Some("mod" | "lib"))
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the source folder is there").flatten() {
        let path = entry.path();
        if path.is_dir() {
            walk(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The code without comments and without tests, and the names of modules that are compiled for tests only. A module
/// of tests inside a file stands at its end.
fn without_tests(text: &str) -> (String, Vec<String>) {
    let (mut code, mut only_tests, mut hidden) = (String::new(), Vec::new(), false);
    for line in text.lines() {
        let bare = line.split("//").next().unwrap_or("").trim_end();
        if bare == "#[cfg(test)]" || bare.starts_with("#[cfg(all(test,") {
            hidden = true;
            continue;
        }
        if !hidden {
            code.push_str(bare);
            code.push('\n');
            continue;
        }
        let declared = bare.trim_start_matches("pub(crate) ").strip_prefix("mod ");
        match declared {
            Some(module) if module.ends_with(';') => {
                only_tests.push(module.trim_end_matches(';').to_owned());
                hidden = false;
            }
            Some(_) => break,
            None => hidden = bare.is_empty() || bare.starts_with("#["),
        }
    }
    (code, only_tests)
}

/// First names of every path that begins with `crate::`, lists in braces taken apart.
fn named(code: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            None => names.extend(first_name(rest)),
            Some(list) => {
                let (mut depth, mut start) = (0, 0);
                for (k, letter) in list.char_indices() {
                    match letter {
                        '{' => depth += 1,
                        '}' if depth > 0 => depth -= 1,
                        ',' | '}' if depth == 0 => {
                            names.extend(first_name(list[start..k].trim()));
                            start = k + 1;
                            if letter == '}' {
                                break;
                            }
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    names
}

fn first_name(path: &str) -> Option<String> {
    let end = path.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(path.len());
    (end > 0).then(|| path[..end].to_owned())
}

/// The longest run of `super::` in a row.
fn supers(code: &str) -> usize {
    let mut most = 0;
    for (at, _) in code.match_indices("super::") {
        let run = code[at..].split("super::").skip(1).take_while(|rest| rest.is_empty()).count() + 1;
        most = most.max(run);
    }
    most
}

#[test]
fn data_walks_one_way() {
    let mut wrong = Vec::new();
    for source in sources() {
        let file = source.path.strip_prefix(root()).expect("below the root").display();
        let Some((_, allowed)) = MAY_NAME.iter().find(|(room, _)| *room == source.room) else {
            wrong.push(format!(
                "{file}: room `{}` is not in the table. Add it to MAY_NAME here and to docs/architecture.md, with the rooms \
                 it may name.",
                source.room
            ));
            continue;
        };
        for name in named(&source.code) {
            let is_room = MAY_NAME.iter().any(|(room, _)| *room == name);
            if is_room && name != source.room && !allowed.contains(&name.as_str()) {
                wrong.push(format!(
                    "{file}: `{}` names `{name}`, which stands to its right or is kept apart from it. Hand over what is needed \
                     as data, move the code to the room that may know both, or change the table in \
                     docs/architecture.md and here, with the reason.",
                    source.room
                ));
            }
            let at_the_door = name.starts_with(char::is_uppercase);
            if at_the_door && source.room != "lib" {
                wrong.push(format!(
                    "{file}: `crate::{name}` goes through the front door. Name the room it stands in, so that the table \
                     above can see it."
                ));
            }
        }
        if source.room != "lib" && source.room != "engine" && supers(&source.code) >= source.depth {
            wrong.push(format!(
                "{file}: `super::` leads out of the room. Write `crate::` and the room's name."
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn only_spec_knows_json() {
    let mut wrong = Vec::new();
    for source in sources() {
        if KNOW_JSON.contains(&source.room.as_str()) {
            continue;
        }
        for library in JSON {
            if source.code.contains(&format!("{library}::")) {
                let file = source.path.strip_prefix(root()).expect("below the root").display();
                wrong.push(format!(
                    "{file} names `{library}`. How things are said outside is the business of `spec`: give it a type there and \
                     build the inner value from it."
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_search_has_never_heard_of_a_warehouse() {
    // Words, not only paths: a search that speaks of nodes and lanes has begun to know them.
    const WORDS: [&str; 6] = ["warehouse", "NodeIx", "LaneIx", "SkuIx", "Temperatures", "Calendar"];
    for source in sources().iter().filter(|source| source.room == "split") {
        for word in WORDS {
            let file = source.path.display();
            assert!(
                !source.code.contains(word),
                "{file} speaks of `{word}`. The search sees lines, ways, offers and pools only: sourcing translates."
            );
        }
    }
}

#[test]
fn only_the_simulator_of_the_testkit_knows_the_engine() {
    // What judges the engine is worth something only because it has never met it.
    let simulator = root().join("testkit").join("simulate");
    for source in sources().iter().filter(|source| source.room == "testkit") {
        let file = source.path.display();
        let known: Vec<String> =
            named(&source.code).into_iter().filter(|name| name == "engine" || name == "split").collect();
        assert!(
            known.is_empty() || source.path.starts_with(&simulator),
            "{file} names {known:?}: the rest of the testkit judges the engine and must not lean on it"
        );
    }
}

#[test]
fn the_table_is_read_as_it_is_meant() {
    let (code, only_tests) =
        without_tests("use crate::a;\n#[cfg(test)]\nmod tests;\nuse crate::b; // crate::c\n");
    assert_eq!(named(&code).into_iter().collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(only_tests, ["tests"]);
    let list = named("use crate::{a::{b, c}, d, Engine};");
    assert_eq!(list.into_iter().collect::<Vec<_>>(), ["Engine", "a", "d"]);
    assert_eq!(supers("use super::super::x; super::y"), 2);
}
