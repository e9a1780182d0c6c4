//! Pages keep up with the code: codes, switches and links.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use volok::ReasonCode;

fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn text(path: impl AsRef<Path>) -> String {
    let path = project().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// First cells of the table rows of one section, without their backticks.
fn first_cells(page: &str, section: &str) -> Vec<String> {
    let start = page.find(section).unwrap_or_else(|| panic!("no section `{section}`"));
    let body = &page[start + section.len()..];
    let body = body.split("\n## ").next().unwrap_or(body);
    let cell = |line: &str| line.strip_prefix("| `")?.split('`').next().map(str::to_owned);
    body.lines().filter_map(cell).collect()
}

#[test]
fn every_reason_is_on_its_page() {
    let codes: Vec<&str> = ReasonCode::all().map(ReasonCode::code).collect();
    let page = first_cells(&text("docs/reasons.md"), "## Why units stay unfilled");
    assert_eq!(page, codes, "docs/reasons.md lists every ReasonCode, in the order of the filters");
}

#[test]
fn every_refusal_of_the_ledger_is_on_its_page() {
    let codes: Vec<&str> = volok::ledger::Code::ALL.iter().map(|code| code.code()).collect();
    let page = first_cells(&text("docs/ledger.md"), "## Refusals");
    assert_eq!(page, codes, "docs/ledger.md lists every Code, in its order");
}

/// Bugs that can be planted, by name, each with its sentence.
fn planted() -> Vec<(String, String)> {
    let code = text("engine/src/ledger/planted/bug.rs");
    let lines: Vec<&str> = code.lines().collect();
    let rows = lines.windows(2).filter_map(|pair| {
        let name = pair[1].strip_suffix("\";")?.split_once(" \"")?.1;
        let sentence = pair[0].trim().strip_prefix("/// ").unwrap_or_default();
        Some((name.to_owned(), sentence.to_owned()))
    });
    rows.collect()
}

#[test]
fn every_planted_bug_has_a_sentence_and_a_test_that_notices_it() {
    let page = text("docs/planted.md");
    let mut tests: String =
        sources(&project().join("engine/tests/ledger")).into_iter().map(|file| file.1).collect();
    tests.extend(sources(&project().join("engine/src/ledger")).into_iter().map(|file| file.1));
    let bugs = planted();
    assert!(bugs.len() >= 30, "{} bugs can be planted", bugs.len());
    let mut wrong = Vec::new();
    for (name, sentence) in &bugs {
        if !sentence.ends_with('.') {
            wrong.push(format!("{name} has no sentence"));
        }
        let row = page.lines().find_map(|line| line.strip_prefix(&format!("| `{name}` | {sentence} | ")));
        let Some(row) = row else {
            wrong.push(format!("docs/planted.md has no row for {name} and its sentence"));
            continue;
        };
        let mut named = row.split('`').skip(1).step_by(2).peekable();
        if named.peek().is_none() {
            wrong.push(format!("docs/planted.md names no test that notices {name}"));
        }
        for test in named {
            let function = test.rsplit("::").next().unwrap_or(test);
            // Scenes are named after their files.
            let stands = tests.contains(&format!("fn {function}()"))
                || project().join(format!("examples/scenarios/ledger/{function}.json")).exists();
            if !stands {
                wrong.push(format!("docs/planted.md: {name} is noticed by {test}, which is not there"));
            }
        }
    }
    let rows = page.lines().filter(|line| line.starts_with("| `")).count();
    if rows != bugs.len() {
        wrong.push(format!("docs/planted.md has {rows} rows for {} bugs", bugs.len()));
    }
    assert!(wrong.is_empty(), "{}; `make planted WRITE=--write` writes the table", wrong.join("; "));
}

#[test]
fn every_plan_error_is_on_its_page() {
    let code = text("engine/src/engine.rs");
    let start = code.find("pub enum PlanError {").expect("PlanError stands in engine.rs");
    let body = code[start..].split("\n}").next().unwrap_or("");
    let variants: Vec<&str> = body
        .lines()
        .filter_map(|line| line.strip_prefix("    "))
        .filter(|line| line.starts_with(char::is_uppercase))
        .map(|line| line.split([' ', ',', '(']).next().unwrap_or(line))
        .collect();
    let page = first_cells(&text("docs/reasons.md"), "## Why an order has no plan at all");
    assert_eq!(page, variants, "docs/reasons.md lists every PlanError");
}

#[test]
fn every_code_of_a_defect_is_on_its_page() {
    let code = text("engine/src/world/defect.rs");
    let told = code
        .lines()
        .find(|line| line.contains("Stable code:"))
        .expect("the codes are told at `Defect::code`");
    let known: BTreeSet<&str> = told.split('`').skip(1).step_by(2).collect();
    let page = first_cells(&text("docs/reasons.md"), "## What is wrong with a document");
    assert_eq!(
        page.iter().map(String::as_str).collect::<BTreeSet<_>>(),
        known,
        "docs/reasons.md and `Defect::code`"
    );
    let sources = sources(&project().join("engine/src"));
    for code in known {
        let literal = format!("\"{code}\"");
        assert!(sources.iter().any(|(_, text)| text.contains(&literal)), "no defect is noted as `{code}`");
    }
}

fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                if path.file_name().is_some_and(|name| name != "target") {
                    folders.push(path);
                }
            } else if let Ok(text) = fs::read_to_string(&path) {
                found.push((path, text));
            }
        }
    }
    found
}

#[test]
fn every_switch_of_the_tests_is_on_its_page() {
    let page = text("docs/testing.md");
    let mut switches = BTreeSet::new();
    for folder in ["engine", "benches", "bindings", "examples", "fuzz"] {
        for (path, text) in sources(&project().join(folder)) {
            if path.extension().is_some_and(|extension| extension == "rs") {
                let words = text.split(|letter: char| !letter.is_ascii_uppercase() && letter != '_');
                let is_switch =
                    |word: &&str| word.strip_prefix("VOLOK_").is_some_and(|rest| !rest.is_empty());
                switches.extend(words.filter(is_switch).map(str::to_owned));
            }
        }
    }
    for switch in switches {
        assert!(page.contains(&switch), "docs/testing.md does not say what `{switch}` does");
    }
}

#[test]
fn every_test_of_the_engine_is_on_its_page() {
    let page = text("docs/testing.md");
    for entry in fs::read_dir(project().join("engine/tests")).expect("tests stand there").flatten() {
        let path = entry.path();
        let suite = path.is_dir() || path.extension().is_some_and(|extension| extension == "rs");
        let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        assert!(
            !suite || page.contains(&format!("`{name}`")),
            "docs/testing.md does not name the suite `{name}`"
        );
    }
}

#[test]
fn links_lead_somewhere() {
    let mut pages = vec![project().join("README.md"), project().join("CHANGELOG.md")];
    pages.extend(sources(&project().join("docs")).into_iter().map(|(path, _)| path));
    let mut lost = Vec::new();
    for page in pages.iter().filter(|page| page.extension().is_some_and(|extension| extension == "md")) {
        let text = fs::read_to_string(page).expect("a page is readable text");
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let path = link.split('#').next().unwrap_or(link);
            let elsewhere = link.contains("://") || path.is_empty() || path.contains(char::is_whitespace);
            if !elsewhere && !page.with_file_name(path).exists() {
                lost.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(lost.is_empty(), "links that lead nowhere:\n{}", lost.join("\n"));
}
