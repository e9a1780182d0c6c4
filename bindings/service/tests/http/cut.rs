//! Clients that vanish before, while and after they are answered.

use crate::client::{Service, count, directory};
use crate::worlds::{pens, shop};
use std::io::{Read, Write};
use std::time::Duration;

#[test]
fn a_client_that_was_cut_off_finds_out_by_its_key() {
    let service = Service::with_world(&directory("cut"), &shop(1_000_000), &[]);
    let cuts = count("VOLOK_HTTP_CUTS", 60);
    let (mut done, mut never) = (0u64, 0u64);
    for row in 0..cuts {
        let key = format!("cut-{row}");
        let body = pens(1).to_string();
        let whole = service.request("POST", "/v1/holds", &[("idempotency-key", &key)], body.as_bytes());
        let mut stream = service.connect();
        // Cut in the head, in the body, once it is sent, or in the middle of the answer.
        match row % 4 {
            0 => stream.write_all(&whole[..whole.len() / 3]).expect("it listens"),
            1 => stream.write_all(&whole[..whole.len() - 1]).expect("it listens"),
            2 => stream.write_all(&whole).expect("it listens"),
            _ => {
                stream.write_all(&whole).expect("it listens");
                let _ = stream.read(&mut [0; 20]);
            }
        }
        drop(stream);
        // Whatever became of it, the same key tells, and a second try has no second effect.
        let before = match row % 4 {
            0 | 1 => 404,
            _ => 0,
        };
        let told = loop {
            let (status, told) = service.get(&format!("/v1/operations/{key}"));
            if status == 200 || before == 404 || row % 4 == 2 {
                break (status, told);
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        match told.0 {
            200 => done += 1,
            404 => never += 1,
            status => panic!("{status}: {}", told.1),
        }
        assert!(before != 404 || told.0 == 404, "half a request was done: {}", told.1);
        let (status, held) = service.keyed(&key, "/v1/holds", &pens(1));
        assert_eq!(status, 201);
        if told.0 == 200 {
            assert_eq!(held["hold"], told.1["hold"]["hold"]);
        }
    }
    println!("{cuts} cut clients: {done} were done when asked for, {never} not yet");
    assert_eq!(service.there("/v1/stock?sku=pen")["items"][0]["held"], cuts);
}
