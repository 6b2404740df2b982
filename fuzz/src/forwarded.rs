//! The fields of proxies: what a trusted proxy appends counts, whatever its client has written
//! before it; and a list means the same in one line and in several.

use bhrh::__internals::forwarded;
use bhrh::{Fields, Peer, Trusted};

fn fields(name: &str, values: &[&str]) -> Fields {
    values.iter().map(|value| (name, *value)).collect()
}

/// Checks a value of either field, as far as it is one that a client may send.
pub fn check(bytes: &[u8]) {
    let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    let text: String = text.chars().filter(|c| !c.is_control() || *c == '\t').collect();
    let proxies = Trusted::networks(["10.0.0.0/8"]).expect("a network");
    let client = Some(Peer::from(([203, 0, 113, 7], 80)));
    let quoted = "for=\"203.0.113.7:80\";proto=https;host=\"a.example:1\"";
    for (name, trusted, appended) in [
        ("X-Forwarded-For", proxies.clone(), "203.0.113.7:80"),
        ("Forwarded", proxies.by_forwarded(), quoted),
    ] {
        let read = |values: &[&str]| forwarded(fields(name, values).headers(), &trusted);
        let alone = read(&[&text]);
        if let Some(peer) = &alone.0 {
            let ip = peer.ip().expect("an address");
            assert_eq!(ip, ip.to_canonical(), "{text}");
        }
        // Whatever the client writes, with or without a line of the proxy's own.
        let joined = format!("{text}, {appended}");
        let lines = [&[&*joined][..], &[&text, appended], &[&text, appended, " ,"]];
        for values in lines {
            let (found, secured, host) = read(values);
            assert_eq!(found, client, "{values:?}");
            if name == "Forwarded" {
                let host = host.as_deref();
                assert_eq!((secured, host), (Some(true), Some("a.example:1")), "{values:?}");
            }
        }
        // Another trusted proxy behind it changes nothing but where one of several lines ends.
        let through = if name == "Forwarded" { "for=10.0.0.1" } else { "10.0.0.1" };
        let longer = format!("{joined},{through}");
        assert_eq!(read(&[&longer]).0, client, "{longer}");
        // Without quotes, a comma is where a line could have ended.
        if !text.contains('"') {
            let pieces: Vec<&str> = text.split(',').collect();
            assert_eq!(read(&pieces), alone, "{text}");
        }
    }
}
