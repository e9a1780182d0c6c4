//! `volok import`: stock as 1C exports it, into the world of the demonstration.

use crate::plan::world;
use crate::shell::run;
use serde_json::Value;
use std::fs;
use std::path::Path;

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
    <КоммерческаяИнформация xmlns=\"urn:1C.ru:commerceml_2\" ВерсияСхемы=\"2.10\">\n";

/// A package of offers around some of them.
fn package(attributes: &str, offers: &str) -> String {
    format!(
        "{HEAD}<ПакетПредложений {attributes}><Ид>7f3e</Ид><Предложения>{offers}</Предложения></ПакетПредложений>\n\
         </КоммерческаяИнформация>"
    )
}

/// As version 2.05 writes a count.
fn old(sku: &str, warehouse: &str, units: &str) -> String {
    let shelf = format!("<Склад ИдСклада=\"{warehouse}\" КоличествоНаСкладе=\"{units}\"/>");
    format!("<Предложение><Ид>{sku}</Ид>{shelf}</Предложение>")
}

/// As version 2.08 and later write it.
fn new(sku: &str, warehouse: &str, units: &str) -> String {
    let shelf = format!("<Склад><Ид>{warehouse}</Ид><Количество>{units}</Количество></Склад>");
    format!("<Предложение><Ид>{sku}</Ид><Остатки><Остаток>{shelf}</Остаток></Остатки></Предложение>")
}

/// The first row of stock, and its seller's units by (SKU, node).
fn stock(world: &Value, seller: &str) -> Vec<(String, String, i64)> {
    let rows = world["stock"].as_array().unwrap().iter().filter(|row| row["seller"] == seller);
    let text = |row: &Value, field: &str| row[field].as_str().unwrap().to_owned();
    let mut rows: Vec<_> =
        rows.map(|row| (text(row, "sku"), text(row, "node"), row["on_hand"].as_i64().unwrap())).collect();
    rows.sort();
    rows
}

fn json(directory: &Path, file: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(directory.join(file)).unwrap()).unwrap()
}

#[test]
fn a_night_s_export_replaces_the_stock_of_its_seller_and_a_day_s_changes_what_it_names() {
    let directory = world("import", "three-items");
    let before = json(&directory, "world.json");
    let row = &before["stock"][0];
    let (seller, sku, node) =
        (row["seller"].as_str().unwrap(), row["sku"].as_str().unwrap(), row["node"].as_str().unwrap());
    let warehouse = format!("w-1={node}");
    let import = |files: &[&str], more: &[&str]| {
        let mut arguments = vec!["import", "commerceml"];
        arguments.extend(files);
        arguments.extend([
            "--world",
            "world.json",
            "--seller",
            seller,
            "--warehouse",
            &warehouse,
            "--out",
            "new.json",
        ]);
        arguments.extend(more);
        run(&directory, &arguments)
    };
    let write = |name: &str, text: &str| fs::write(directory.join(name), text).unwrap();

    write("offers.xml", &package("", &(old(sku, "w-1", "17.000") + &old("elsewhere", "w-9", "3"))));
    let unknown = import(&["offers.xml"], &[]);
    assert_eq!(unknown.code, Some(1));
    assert!(unknown.err.contains("Предложение 2 (elsewhere): found \"elsewhere\""), "{}", unknown.err);
    assert!(!directory.join("new.json").exists(), "nothing is half imported");

    write(
        "offers.xml",
        &package(
            "",
            &new(sku, "w-1", "17").replace(
                "</Остаток>",
                "</Остаток><Остаток><Склад><Ид>w-9</Ид><Количество>3</Количество></Склад></Остаток>",
            ),
        ),
    );
    let whole = import(&["offers.xml"], &[]);
    assert_eq!(whole.code, Some(0), "{}", whole.err);
    assert!(whole.err.contains("1 count at warehouses that are not named"), "{}", whole.err);
    let after = json(&directory, "new.json");
    let of_node: Vec<_> = stock(&after, seller).into_iter().filter(|row| row.1 == node).collect();
    assert_eq!(of_node, [(sku.to_owned(), node.to_owned(), 17)], "what it does not name is gone");
    let others = |world: &Value| {
        world["stock"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|row| row["seller"] != seller)
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(others(&before), others(&after), "other sellers' stock is theirs");

    write("changes.xml", &package("СодержитТолькоИзменения=\"true\"", &old(sku, "w-1", "0")));
    let changed = import(&["offers.xml", "changes.xml"], &[]);
    assert_eq!(changed.code, Some(0), "{}", changed.err);
    let none: Vec<_> =
        stock(&json(&directory, "new.json"), seller).into_iter().filter(|row| row.1 == node).collect();
    assert!(none.iter().all(|row| row.2 == 0), "{none:?}");

    // What came out is a world to plan in.
    let plans = run(&directory, &["plan", "--world", "new.json", "--orders", "orders.jsonl"]).well();
    let plan: Value = serde_json::from_str(plans.lines().next().unwrap()).unwrap();
    let picked_from = |plan: &Value| {
        let of = |parcel: &&Value| parcel["picks"].as_array().unwrap().iter().any(|pick| pick["sku"] == sku);
        plan["parcels"].as_array().unwrap().iter().find(of).map(|parcel| parcel["node"].clone())
    };
    let from = picked_from(&plan);
    assert!(from.is_some_and(|from| from != node), "nothing of it is left at {node}: {plans}");
}

#[test]
fn every_defect_of_an_export_is_told_at_once() {
    let directory = world("import-defects", "three-items");
    let row = json(&directory, "world.json")["stock"][0].clone();
    let (seller, sku, node) =
        (row["seller"].as_str().unwrap(), row["sku"].as_str().unwrap(), row["node"].as_str().unwrap());
    let warehouse = format!("w-1={node}");
    let offers = [
        "<Предложение><Количество>1</Количество></Предложение>".to_owned(),
        old(sku, "w-1", "2.5"),
        old(sku, "", "2"),
        old("no such thing", "w-1", "2"),
    ];
    fs::write(directory.join("offers.xml"), package("", &offers.concat())).unwrap();
    let import = |file: &str, more: &[&str]| {
        let mut arguments =
            vec!["import", "commerceml", file, "--world", "world.json", "--warehouse", &warehouse];
        arguments.extend(more);
        run(&directory, &arguments)
    };
    let told = import("offers.xml", &["--seller", seller]);
    assert_eq!((told.code, told.out.as_str()), (Some(1), ""));
    for part in ["4 defects", "no <Ид>", "\"2.5\"", "a count without a warehouse", "\"no such thing\""] {
        assert!(told.err.contains(part), "{part}: {}", told.err);
    }
    let stranger = import("offers.xml", &["--seller", "nobody"]);
    assert_eq!(stranger.code, Some(2));
    for (text, said) in [
        ("<a/>".to_owned(), "begins with <КоммерческаяИнформация>"),
        (format!("{HEAD}</КоммерческаяИнформация>"), "no <ПакетПредложений>"),
        ("<a>".to_owned(), "not well-formed"),
    ] {
        fs::write(directory.join("wrong.xml"), text).unwrap();
        let wrong = import("wrong.xml", &["--seller", seller]);
        assert_eq!(wrong.code, Some(2));
        assert!(wrong.err.contains(said), "{said}: {}", wrong.err);
    }
}
