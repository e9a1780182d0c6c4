//! Scenes from shops, each in a file of `examples/scenarios/ledger`: what is asked, what is answered, what is seen then.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use volok::testkit::ledger::scene;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/scenarios/ledger")
}

/// A test for each, so that what fails is called by its name.
macro_rules! scenes {
    ($($name:ident)*) => {
        const SCENES: &[&str] = &[$(stringify!($name)),*];
        $(
            #[test]
            fn $name() {
                let file = folder().join(concat!(stringify!($name), ".json"));
                scene::act(&file).unwrap_or_else(|wrong| panic!("{wrong}"));
            }
        )*
    };
}

scenes! {
    a_count_below_what_is_held_names_the_holds_it_hits
    a_group_happens_whole_or_not_at_all
    a_partner_hands_over_for_another_entity_without_a_receipt
    after_three_unbought_holds_the_fourth_waits
    at_its_last_second_a_hold_is_over_and_nobody_had_to_look
    no_hold_lives_longer_than_a_day
    one_key_has_one_effect_and_another_body_is_told_so
    ones_own_units_stand_in_nobodys_way
    reports_are_taken_once_and_in_turn
    safety_stock_is_promised_to_nobody
    supply_that_was_promised_and_then_cut_is_short_before_it_comes
    two_lines_of_one_thing_are_asked_for_as_their_sum
    two_sizes_for_a_day_one_swapped_a_scarf_added_one_left
    what_expires_first_leaves_first_and_never_too_late
    what_is_given_back_is_given_back_once
    what_is_sold_out_of_a_fence_is_fenced_no_more
    what_is_younger_than_three_days_is_not_forgotten
    when_the_other_size_is_gone_the_hold_stays_whole
    who_saw_an_older_version_reads_it_again
}

#[test]
fn every_scene_is_acted() {
    let files = std::fs::read_dir(folder()).expect("scenes stand there").flatten();
    let names = files.filter_map(|file| Some(file.path().file_stem()?.to_str()?.to_owned()));
    // The shop of them all is not a scene.
    let there: BTreeSet<String> = names.filter(|name| name != "shop").collect();
    assert_eq!(there, SCENES.iter().map(|name| (*name).to_owned()).collect());
}

#[test]
fn a_scene_that_does_not_come_true_says_where() {
    let text =
        std::fs::read_to_string(folder().join("safety_stock_is_promised_to_nobody.json")).expect("a scene");
    let told = |name: &str, text: &str| {
        let folder = std::env::temp_dir().join(format!("volok-scene-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::copy(self::folder().join("shop.json"), folder.join("shop.json")).expect("a shop");
        let file = folder.join("scene.json");
        std::fs::write(&file, text).expect("it can be written");
        let told = scene::act(&file).expect_err("it is wrong").text;
        std::fs::remove_dir_all(&folder).expect("it is there");
        told
    };
    let wrong = told("answer", &text.replace("\"there_is\": 1", "\"there_is\": 2"));
    assert!(
        wrong.starts_with("step 2 (2026-03-02T10:01:00Z): expected {\"refused\"")
            && wrong.contains("came out")
    );
    let wrong = told("name", &text.replace("shirt-m", "shirt-s"));
    assert!(wrong.starts_with("step 1") && wrong.contains("the shop has no cell"), "{wrong}");
    assert!(told("word", &text.replace("\"safety\"", "\"saftey\"")).contains("unknown variant `saftey`"));
}
