//! Stories in files: a world, orders and what must come out, shared by every test suite.
//!
//! One JSON file is one story:
//! ```json
//! {
//!   "story": "What happens and why it should, in plain words.",
//!   "preset": { "name": "three-items", "seed": 1 },
//!   "orders": [],
//!   "expect": [ { "plan": { … } }, { "error": [ "lines[0].qty: found 0; …" ] } ]
//! }
//! ```
//! The world is written out (`world`), drawn (`preset`) or read from another file beside it (`file`). Without
//! `orders` a preset's own are used. `expect` stands last, with one whole document per order: a plan, or the defects
//! of the order; or one `error` alone, the defects of the world. Search steps are not compared: how long the search
//! took is not part of a story.
//!
//! With a `disruption`, the last order is planned again, and what comes of that is expected after its plan.
//!
//! To rewrite what is expected after a wanted change, run the tests with `VOLOK_REWRITE=1` and read the difference.

use super::generate::{self, Generated};
use crate::spec;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// A story.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What happens, in plain words.
    pub story: String,
    /// The world, written out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub world: Option<spec::World>,
    /// The world, drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preset: Option<Preset>,
    /// A world document beside this file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Orders, in the order in which they are planned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub orders: Vec<spec::Order>,
    /// What goes wrong with the plan of the last order, which is then planned again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disruption: Option<spec::Disruption>,
    /// What must come out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expect: Vec<Outcome>,
}

/// A generated world.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    /// One of [`generate::PRESETS`].
    pub name: String,
    /// Seed.
    #[serde(default)]
    pub seed: u64,
}

/// What comes out of one order, or of a world that cannot be built.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The plan.
    Plan(Box<spec::Plan>),
    /// The last order planned again, after its plan.
    Replanned(Box<spec::Replanned>),
    /// Defects, a line each.
    Error(Vec<String>),
}

/// A story that cannot be told or does not come true.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {text}", path.display())]
pub struct ScenarioError {
    /// Which file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub text: String,
}

fn error(path: &Path, text: impl ToString) -> ScenarioError {
    ScenarioError { path: path.to_owned(), text: text.to_string() }
}

/// A story and the file it stands in.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// Which file.
    pub path: PathBuf,
    /// The story.
    pub scenario: Scenario,
    text: String,
}

/// Every story of a folder, by file name.
///
/// # Errors
/// The first file that cannot be read or is not a story.
pub fn read_all(folder: &Path) -> Result<Vec<Told>, ScenarioError> {
    let entries = std::fs::read_dir(folder).map_err(|broken| error(folder, broken))?;
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(|broken| error(folder, broken))?.path();
        if path.extension().is_some_and(|end| end == "json") {
            paths.push(path);
        }
    }
    paths.sort_unstable();
    // World documents that stories refer to may stand beside them; a story is what has one.
    let told = paths.into_iter().map(|path| read(&path));
    told.filter(|told| !matches!(told, Ok(None))).filter_map(Result::transpose).collect()
}

/// The story of a file; nothing when the file is a world document that stories refer to.
///
/// # Errors
/// When the file cannot be read or is neither.
pub fn read(path: &Path) -> Result<Option<Told>, ScenarioError> {
    let text = std::fs::read_to_string(path).map_err(|broken| error(path, broken))?;
    match serde_json::from_str(&text) {
        Ok(scenario) => Ok(Some(Told { path: path.to_owned(), scenario, text })),
        Err(_) if spec::world_from_str(&text).is_ok() => Ok(None),
        Err(broken) => Err(error(path, broken)),
    }
}

impl Told {
    /// The world and the orders of the story.
    ///
    /// # Errors
    /// When no world is named, more than one is, or the one named does not exist.
    pub fn documents(&self) -> Result<Generated, ScenarioError> {
        let Scenario { world, preset, file, orders, .. } = &self.scenario;
        let mut made = match (world, preset, file) {
            (Some(world), None, None) => Generated { world: world.clone(), orders: Vec::new() },
            (None, Some(preset), None) => {
                generate::preset(&preset.name, preset.seed, None).ok_or_else(|| {
                    let known = generate::PRESETS.join(", ");
                    error(&self.path, format!("no preset {:?}; there are {known}", preset.name))
                })?
            }
            (None, None, Some(file)) => {
                let path = self.path.with_file_name(file);
                let text = std::fs::read_to_string(&path).map_err(|broken| error(&path, broken))?;
                let world = spec::world_from_str(&text).map_err(|broken| error(&path, broken))?;
                Generated { world, orders: Vec::new() }
            }
            _ => return Err(error(&self.path, "one of `world`, `preset` and `file` says what the world is")),
        };
        if !orders.is_empty() {
            made.orders.clone_from(orders);
        }
        Ok(made)
    }

    /// Holds what came out against what must; with `rewrite`, writes it into the file instead.
    ///
    /// # Errors
    /// The first line that differs, or a file that cannot be written.
    pub fn settle(&self, mut came_out: Vec<Outcome>, rewrite: bool) -> Result<(), ScenarioError> {
        let mut expected = self.scenario.expect.clone();
        for outcome in expected.iter_mut().chain(&mut came_out) {
            match outcome {
                Outcome::Plan(plan) => plan.steps = 0,
                Outcome::Replanned(again) => again.plan.steps = 0,
                Outcome::Error(_) => {}
            }
        }
        let (expected, came_out) = (written(&expected), written(&came_out));
        if expected == came_out {
            return Ok(());
        }
        if rewrite {
            let text = rewritten(&self.text, &came_out);
            return std::fs::write(&self.path, text).map_err(|broken| error(&self.path, broken));
        }
        let pairs = expected.lines().zip(came_out.lines());
        let line = pairs.take_while(|(one, other)| one == other).count();
        let of = |text: &str| text.lines().nth(line).unwrap_or("nothing").trim().to_owned();
        let text = format!(
            "line {} of what is expected is {}, but {} came out; VOLOK_REWRITE=1 accepts it",
            line + 1,
            of(&expected),
            of(&came_out)
        );
        Err(error(&self.path, text))
    }
}

/// Whether the environment asks to rewrite what is expected.
pub fn rewriting() -> bool {
    std::env::var_os("VOLOK_REWRITE").is_some_and(|value| value == "1")
}

/// Outcomes as they stand in a file, two blanks deep.
fn written(outcomes: &[Outcome]) -> String {
    let pretty = serde_json::to_string_pretty(outcomes).unwrap_or_default();
    pretty.replace('\n', "\n  ")
}

/// The text of a story with other outcomes; everything above them stays as its author laid it out.
fn rewritten(text: &str, outcomes: &str) -> String {
    const KEY: &str = "\n  \"expect\":";
    let head = match text.rfind(KEY) {
        Some(start) => text[..start].to_owned(),
        None => {
            let body = text.trim_end().trim_end_matches('}').trim_end();
            format!("{body},")
        }
    };
    format!("{head}{KEY} {outcomes}\n}}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const STORY: &str =
        "{\n  \"story\": \"Nothing is known of it.\",\n  \"preset\": { \"name\": \"three-items\" }\n}\n";

    fn told(text: &str) -> Told {
        let scenario = serde_json::from_str(text).expect("a story");
        Told { path: PathBuf::from("story.json"), scenario, text: text.to_owned() }
    }

    #[test]
    fn a_story_names_one_world() {
        assert_eq!(told(STORY).documents().expect("a preset").orders.len(), 1);
        let none = told("{ \"story\": \"Nowhere.\" }").documents();
        assert!(none.is_err_and(|error| error.to_string().starts_with("story.json: one of")));
        let unknown = told(&STORY.replace("three-items", "four-items")).documents();
        assert!(unknown.is_err_and(|error| error.text.contains("three-items, country")));
    }

    #[test]
    fn rewriting_keeps_what_stands_above_and_is_stable() {
        let outcomes = [Outcome::Error(vec!["lines[0].qty: found 0".to_owned()])];
        let once = rewritten(STORY, &written(&outcomes));
        assert!(once.starts_with("{\n  \"story\": \"Nothing is known of it.\",\n  \"preset\": { \"name\""));
        assert_eq!(told(&once).scenario.expect, outcomes);
        assert_eq!(rewritten(&once, &written(&outcomes)), once);
        assert_eq!(told(&once).settle(outcomes.to_vec(), false), Ok(()));
    }

    #[test]
    fn a_story_that_does_not_come_true_names_the_line() {
        let once = rewritten(STORY, &written(&[Outcome::Error(vec!["one".to_owned()])]));
        let wrong = told(&once).settle(vec![Outcome::Error(vec!["two".to_owned()])], false);
        let text = wrong.expect_err("they differ").text;
        assert!(text.starts_with("line 4 of what is expected is \"one\", but \"two\" came out"), "{text}");
    }
}
