//! The process is killed while it holds.

use crate::client::{Service, count, directory};
use crate::worlds::{order, pens, shop};
use serde_json::{Value, json};
use std::process::Command;
use std::sync::Mutex;
use std::time::Duration;

#[test]
fn every_acknowledged_hold_is_there_after_a_kill() {
    let folder = directory("kill");
    let kills = count("VOLOK_HTTP_KILLS", 4);
    drop(Service::with_world(&folder, &shop(100_000_000), &[]));
    let (mut all, mut lost) = (0, 0);
    for round in 0..kills {
        let service = Service::start(&folder, &[]);
        let answered: Mutex<Vec<(String, Value)>> = Mutex::default();
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let (service, answered) = (&service, &answered);
                scope.spawn(move || {
                    for row in 0.. {
                        let key = format!("{round}-{thread}-{row}");
                        // Some by lines, some by a plan.
                        let (path, body) = match thread {
                            0 => ("/v1/holds/planned", json!({"order": order(&key, 1), "life": 600})),
                            _ => ("/v1/holds", pens(1)),
                        };
                        let sent = service.try_ask(
                            "POST",
                            path,
                            &[("idempotency-key", &key)],
                            body.to_string().as_bytes(),
                        );
                        let Some(answer) = sent.filter(|answer| answer.status == 201) else { return };
                        let (_, told) = answer.json();
                        let held = if thread == 0 { told["hold"].clone() } else { told };
                        answered.lock().expect("no panic").push((key, held));
                    }
                });
            }
            std::thread::sleep(Duration::from_millis(60 + (round as u64 * 37) % 150));
            let killed = Command::new("kill").args(["-KILL", &service.child.id().to_string()]).status();
            assert!(killed.is_ok_and(|killed| killed.success()));
        });
        service.kill();
        let service = Service::start(&folder, &[]);
        let answered = answered.into_inner().expect("no panic");
        for (key, held) in &answered {
            let (status, told) = service.get(&format!("/v1/operations/{key}"));
            lost += usize::from((status, &told["hold"]["hold"]) != (200, &held["hold"]));
        }
        all += answered.len();
        service.kill();
    }
    println!("{kills} kills, {all} acknowledged holds, {lost} lost");
    assert_eq!(lost, 0);
    assert!(all >= kills, "{all}");
    let whole =
        Command::new(env!("CARGO_BIN_EXE_volok")).args(["ledger", "verify", "--data"]).arg(&folder).output();
    assert!(whole.is_ok_and(|whole| whole.status.success()));
}
