//! The page for people, as one uses it: in a real browser.
//!
//! The browser is Chromium, which the Makefile installs where it may (`make chromium`); without one these tests say so and
//! are over.

use crate::browser::Browser;
use crate::client::{Service, directory};
use crate::tokens::token;
use crate::worlds::{pens, shop, town};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

/// The world everyone knows by heart, and its order.
fn three_items(folder: &Path) -> (Value, Value) {
    let out = folder.join("made");
    let made = Command::new(env!("CARGO_BIN_EXE_volok"))
        .args(["generate", "--preset", "three-items", "--out"])
        .arg(&out)
        .output();
    assert!(made.is_ok_and(|made| made.status.success()));
    let read = |name: &str| {
        let text = std::fs::read_to_string(out.join(name)).expect("it is made");
        serde_json::from_str(text.trim()).expect("JSON")
    };
    (read("world.json"), read("orders.jsonl"))
}

/// Holds an order; the number of its hold.
fn held(service: &Service, order: &Value) -> u64 {
    let asked = json!({"order": order, "customer": 7, "life": 86_400});
    service.well("/v1/holds/planned", &asked)["hold"]["hold"].as_u64().expect("a number")
}

/// Nothing was wrong in the page, and nobody else was asked.
#[track_caller]
fn all_was_well(browser: &mut Browser, service: &Service, with_refusals: bool) {
    assert_eq!(browser.complaints(with_refusals), Vec::<String>::new());
    let home = format!("http://{}/", service.address);
    let asked = browser.asked();
    assert!(asked.contains(&home), "{asked:?}");
    let elsewhere: Vec<_> = asked.iter().filter(|address| !address.starts_with(&home)).collect();
    assert!(elsewhere.is_empty(), "{elsewhere:?}");
}

/// Amounts of a table of costs, in minor units: all rows, and the sum it states.
fn amounts(browser: &mut Browser) -> (Vec<i64>, i64) {
    let cells = browser.value("[...document.querySelectorAll('#costs td')].map((cell) => cell.textContent)");
    let minor = |cell: &Value| {
        let digits: String = cell.as_str().unwrap_or("").chars().filter(char::is_ascii_digit).collect();
        digits.parse::<i64>().expect("an amount")
    };
    let mut amounts: Vec<i64> = cells.as_array().expect("cells").iter().map(minor).collect();
    let sum = amounts.pop().expect("a sum");
    (amounts, sum)
}

#[test]
fn an_order_is_found_and_seen_with_its_map_its_costs_its_proof_and_its_reasons() {
    let Some(mut browser) = Browser::start("order") else { return };
    let folder = directory("page-order");
    let (world, order) = three_items(&folder);
    let service = Service::with_world(&folder.join("data"), &world, &[]);
    let hold = held(&service, &order);
    service
        .put(&format!("/v1/holds/{hold}/proofs"), &json!({"phone": "+7 921 555-01-23", "barcode": "QR-77"}));
    service.well(&format!("/v1/holds/{hold}/parcels"), &json!({"labels": {"prefix": "4601234"}}));

    // Nothing is on the day but this order. Its number is typed, and it is there.
    browser.go(&format!("http://{}/", service.address));
    assert!(browser.read("#live").contains("1 × pen, 2 × pasta"), "{}", browser.read("#live"));
    assert!(browser.read("#short").contains("Nothing is short"));
    browser.look_around("day");
    browser.enter("#sought", "1001");
    browser.until("location.hash === '#/orders/1001' && document.querySelector('#summary')");
    assert!(browser.read("#summary").contains("Handed over atmsk-tverskaya"), "{}", browser.read("#summary"));
    assert!(browser.read("#lines").contains("sour-cream"));

    // The picture is the engine's: places on the map, parcels on the timeline, ways between them.
    let parcels = browser.read("#parcels");
    let count = |browser: &mut Browser, what: &str| {
        browser.value(&format!("document.querySelectorAll('#parcels svg.volok {what}').length")).as_u64()
    };
    assert_eq!(
        browser.value("document.querySelector('#parcels svg').namespaceURI"),
        "http://www.w3.org/2000/svg"
    );
    assert!(count(&mut browser, "path.way") >= Some(2) && count(&mut browser, "rect.picking") >= Some(2));
    for name in ["Tver", "Podolsk", "Moscow, Tverskaya 7", "1001-A", "1001-B", "to be packed"] {
        assert!(parcels.contains(name), "{name}: {parcels}");
    }
    let way = "getComputedStyle(document.querySelector('#parcels svg path.way'))";
    assert_ne!(browser.value(&format!("{way}.stroke")), "none", "its colours came with it");
    assert_ne!(browser.value(&format!("{way}.strokeWidth")), "1px", "and how wide its ways are");

    // Costs add up to those of the plan, which is proven best.
    browser.read("#costs");
    let plan = service.there(&format!("/v1/holds/{hold}/plan"))["plan"].clone();
    let (costs, sum) = amounts(&mut browser);
    assert_eq!((costs.iter().sum::<i64>(), Some(sum)), (sum, plan["cost"].as_i64()));
    assert!(costs.len() > 3, "{costs:?}");
    let proof = browser.read("#proof");
    assert!(proof.contains("proven best") && proof.contains("costs229.00 RUB"), "{proof}");
    let reasons = browser.read("#reasons");
    for said in ["from Tver holds 1 × Pen, blue", "What else was possible", "Podolsk, of kantstovary"] {
        assert!(reasons.contains(said), "{said}: {reasons}");
    }
    browser.look_around("order");

    // Back is the day, forward the order again; a phone finds it and stays out of the address.
    browser.value("history.back()");
    browser.until("document.querySelector('#live')");
    browser.value("history.forward()");
    browser.until("document.querySelector('#summary')");
    for shown in ["1001-A", "8 (921) 555-01-23", "QR-77"] {
        browser.value("location.hash = '#/'");
        browser.until("document.querySelector('#live')");
        browser.enter("#sought", shown);
        browser.until("document.querySelector('#summary') && location.hash !== '#/'");
        assert!(!browser.value("location.href").to_string().contains("555"));
    }

    // Tver finds no pens: the day shows what is short, and leads to the order.
    service.well("/v1/sources", &json!({"source": "wms"}));
    let pen = service.there("/v1/stock?sku=pen&node=tver")["items"][0]["cell"].clone();
    let count = json!({"source": "wms", "sequence": 1, "what": "count", "qty": 0, "cell": pen});
    service.well("/v1/stock/events", &count);
    browser.value("location.hash = '#/'");
    browser.until("document.querySelector('#short table')");
    let short = browser.read("#short");
    assert!(short.contains("pen") && short.contains("tver") && short.contains("lacks 1 of 1"), "{short}");
    browser.look_around("short");
    browser.follow("#short", "1001");
    browser.until("document.querySelector('#summary') && location.hash.startsWith('#/holds/')");
    // Another place has nothing to do with it.
    browser.go(&format!("http://{}/#/day/podolsk", service.address));
    browser.until("document.querySelector('h1')?.textContent === 'The day at podolsk'");
    assert!(browser.read("#short").contains("Nothing is short"));
    all_was_well(&mut browser, &service, true);
}

#[test]
fn a_token_is_asked_for_and_a_seller_sees_what_is_the_seller_s() {
    let Some(mut browser) = Browser::start("token") else { return };
    let folder = directory("page-token");
    let service = Service::with_world(&folder, &town(), &[]);
    let line = |sku: &str| json!({"sku": sku, "qty": 1, "unfilled_penalty": 100_000});
    let order = |id: &str, lines: &[Value]| json!({"id": id, "channel": "web", "placed_at": "2026-03-02T08:00:00Z", "to": "point", "lines": lines});
    held(&service, &order("1001", &[line("pen"), line("ice-cream")]));
    held(&service, &order("1002", &[line("pen")]));
    let (operator, wrong) =
        (token(&folder, "operator", &["read"], &[]), token(&folder, "wrong", &["plan"], &[]));
    let anna = token(&folder, "anna", &["read"], &["--seller", "anna"]);
    std::thread::sleep(std::time::Duration::from_millis(1_200));

    // The service has tokens now: the page asks for one, and says what to do.
    browser.go(&format!("http://{}/#/orders/WB-1001", service.address));
    browser.until("document.querySelector('#main [role=alert]')");
    assert!(browser.read("#main").contains("volok token create"));
    browser.until("document.activeElement === document.querySelector('#secret')");
    browser.look_around("token");
    browser.enter("#secret", &wrong);
    browser.until("document.querySelector('#main').textContent.includes('does not allow')");
    browser.value("document.querySelector('#to-token').click()");
    browser.enter("#secret", &operator);
    // Parcels are not written down yet; the code read off the plan finds it all the same.
    browser.until("document.querySelector('#parcels svg')");
    let goods = browser.read("#lines");
    assert!(goods.contains("pen") && goods.contains("ice-cream"), "{goods}");
    assert!(browser.read("#reasons").contains("What else was possible"));
    // It is kept for the session of this tab and nowhere else, least of all in the page.
    let kept = "[Object.values(sessionStorage).length, localStorage.length, document.cookie, document.querySelector('#secret').value]";
    assert_eq!(browser.value(kept), json!([1, 0, "", ""]));

    // The seller sees the pen, not who else is in the order, nor the plan of it; of her own order she sees the plan.
    browser.value("document.querySelector('#to-token').click()");
    browser.enter("#secret", &anna);
    browser.until("document.querySelector('#lines') && !document.querySelector('#parcels svg')");
    let all = browser.read("#main");
    assert!(all.contains("pen") && !all.contains("ice-cream") && !all.contains("vera"), "{all}");
    assert!(browser.read("#parcels").contains("No plan is known here") && !all.contains("RUB"), "{all}");
    browser.enter("#sought", "WB-1002-A");
    browser.until("document.querySelector('#parcels svg')");
    assert!(browser.read("#proof").contains("proven best"));
    let reasons = browser.read("#reasons");
    assert!(reasons.contains("not yours") && !reasons.contains("west"), "{reasons}");
    browser.value("document.querySelector('#forget').click()");
    browser.until("document.querySelector('#main [role=alert]')");
    assert_eq!(browser.value("sessionStorage.length"), 0);
    all_was_well(&mut browser, &service, false);
}

#[test]
fn a_name_that_would_be_markup_is_text() {
    let Some(mut browser) = Browser::start("names") else { return };
    let folder = directory("page-names");
    let evil = "<img src=x onerror=alert(1)>";
    let (mut world, mut order) = three_items(&folder);
    // The pen, its seller, the place it comes from, the order and the customer are all called so.
    let renamed = |document: &mut Value, names: &[&str]| {
        let mut text = document.to_string();
        for name in names {
            text = text.replace(&format!("\"{name}\""), &json!(evil).to_string());
        }
        *document = serde_json::from_str(&text).expect("JSON");
    };
    renamed(&mut world, &["pen", "kantstovary", "tver", "Pen, blue"]);
    renamed(&mut order, &["pen", "1001"]);
    order["customer"] = evil.into();
    let service = Service::with_world(&folder.join("data"), &world, &[]);
    let hold = held(&service, &order);
    service.well(&format!("/v1/holds/{hold}/parcels"), &json!({}));
    service.well("/v1/sources", &json!({"source": "wms"}));
    let pen = service.there("/v1/stock")["items"]
        .as_array()
        .expect("cells")
        .iter()
        .find(|cell| cell["sku"] == evil && cell["held"] == 1)
        .expect("a pen")["cell"]
        .clone();
    service.well(
        "/v1/stock/events",
        &json!({"source": "wms", "sequence": 1, "what": "count", "qty": 0, "cell": pen}),
    );

    browser.go(&format!("http://{}/", service.address));
    assert!(browser.read("#short").contains(evil));
    browser.enter("#sought", evil);
    browser.until("document.querySelector('#parcels svg')");
    for part in ["#summary", "#lines", "#parcels", "#reasons"] {
        let text = browser.read(part);
        assert!(text.contains(evil), "{part}: {text}");
    }
    browser.enter("#sought", "<script>alert(2)</script>");
    browser.until("document.querySelector('#main').textContent.includes('<script>alert(2)</script>')");
    assert_eq!(browser.value("document.querySelectorAll('main img, main script').length"), 0);
    // What is not put into the page as text cannot get there at all.
    let tried = "try { document.body.insertAdjacentHTML('beforeend', '<b>x</b>'); 'it did' } catch (error) { error.name }";
    assert_eq!(browser.value(tried), "TypeError");
    let complaints = browser.complaints(true);
    let forbidden = |told: &String| told.contains("TrustedHTML");
    assert!(complaints.iter().all(forbidden), "{complaints:?}");
}

#[test]
fn what_is_not_there_is_said() {
    let Some(mut browser) = Browser::start("nothing") else { return };
    let service = Service::start(&directory("page-nothing"), &[]);
    browser.go(&format!("http://{}/", service.address));
    browser.until("document.querySelector('#main').textContent.includes('The service knows no shop yet')");
    assert_eq!(service.put("/v1/world", &shop(5)).0, 200);
    browser.value("document.querySelector('#main button').click()");
    assert!(browser.read("#live").contains("No order is held"));
    assert!(browser.read("#back").contains("No parcel is due back"));

    // Held without a plan: what is known is shown. Found by the number it is known by.
    service.well("/v1/holds", &pens(2));
    browser.enter("#sought", "1");
    assert!(
        browser.read("#lines").contains("pen") && browser.read("#parcels").contains("No plan is known here")
    );
    assert!(browser.read("#parcels").contains("No parcels are written down"));
    service.well("/v1/holds/0/release", &json!({}));
    browser.value("location.reload()");
    browser.until("document.querySelector('#summary')?.textContent.includes('given back')");
    browser.look_around("ended");

    for (address, said) in [
        ("#/orders/nobody%20knows", "Nothing found"),
        ("#/holds/77", "There is no such thing"),
        ("#/day/nowhere", "The service says no: 422"),
        ("#/what/is/this", "Nothing found"),
        ("#/orders/%E0%A4%A", "Nothing found"),
    ] {
        browser.value(&format!("location.hash = {}", json!(address)));
        browser.until(&format!("document.querySelector('h1')?.textContent === {}", json!(said)));
    }
    all_was_well(&mut browser, &service, false);
    service.kill();
    browser.value("location.hash = '#/'");
    browser.until("document.querySelector('h1')?.textContent === 'The service does not answer'");
}

#[test]
fn the_page_is_in_the_binary_and_asks_nobody_else() {
    let service = Service::start(&directory("page-files"), &[]);
    let page = service.ask("GET", "/", &[], b"");
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    let policy = page.header("content-security-policy").expect("a policy").to_owned();
    for rule in [
        "default-src 'none'",
        "script-src 'self'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    ] {
        assert!(policy.contains(rule), "{policy}");
    }
    assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
    // Files name each other: from the first all are reached, each is what it says, and is not sent again.
    let (mut waiting, mut seen) = (vec!["/".to_owned()], Vec::new());
    while let Some(path) = waiting.pop() {
        let file = service.ask("GET", &path, &[], b"");
        let tag = file.header("etag").expect("a tag").to_owned();
        let kept = (file.header("cache-control"), file.header("x-content-type-options"));
        assert_eq!((file.status, kept), (200, (Some("no-cache"), Some("nosniff"))), "{path}");
        let again = service.ask("GET", &path, &[("if-none-match", &tag)], b"");
        assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
        let text = String::from_utf8(file.body).expect("text");
        let elsewhere = text.replace("http://www.w3.org/2000/svg", "");
        assert!(!elsewhere.contains("://") && !elsewhere.contains("innerHTML"), "{path}");
        for named in text.split('"').filter(|part| part.starts_with("/page/")) {
            if !seen.iter().chain(&waiting).any(|known| known == named) {
                waiting.push(named.to_owned());
            }
        }
        seen.push(path);
    }
    assert_eq!(seen.len(), 10, "{seen:?}");
}
