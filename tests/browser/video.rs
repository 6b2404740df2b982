//! A video to seek in: WebM (RFC 8794, RFC 9559) with a picture per second. Between the
//! pictures are holes.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

/// A red picture of 16 by 16, as VP8 (RFC 6386).
const RED: &str = "d001009d012a1000100001402625a00274ba01f80003b000fef2eb7ffcd815cd73eff7ffd2e0\
                   fd2e0fd2e0ffd2900000";
/// A green one.
const GREEN: &str = "d001009d012a1000100001402625a00274ba01f80003b000fee9221ffbcf9fb9f3f73e7fd1\
                     9fff94fdf238fe471ffca04000";

const SECONDS: u64 = 300;
/// After each picture.
const HOLE: u64 = 150_000;

/// Writes a video of 45 megabytes and five minutes. Its last minute is green, the rest is red.
pub(crate) fn write(path: &Path) -> io::Result<()> {
    let element = |id: &[u8], parts: &[&[u8]]| {
        let content = parts.concat();
        [id, &size(content.len() as u64), &content].concat()
    };
    let number = |id: &[u8], number: u64| element(id, &[&number.to_be_bytes()]);
    let kind = element(
        b"\x1A\x45\xDF\xA3",
        &[&element(b"\x42\x82", &[b"webm"]), &number(b"\x42\x87", 2), &number(b"\x42\x85", 2)],
    );
    let about = element(
        b"\x15\x49\xA9\x66",
        &[
            &number(b"\x2A\xD7\xB1", 1_000_000),
            &element(b"\x44\x89", &[&(SECONDS as f64 * 1000.0).to_be_bytes()]),
            &element(b"\x4D\x80", &[b"bhrh"]),
            &element(b"\x57\x41", &[b"bhrh"]),
        ],
    );
    let picture = element(b"\xE0", &[&number(b"\xB0", 16), &number(b"\xBA", 16)]);
    let [track, uid, video] = [&b"\xD7"[..], b"\x73\xC5", b"\x83"].map(|id| number(id, 1));
    let codec = element(b"\x86", &[b"V_VP8"]);
    let entry = element(b"\xAE", &[&track, &uid, &video, &codec, &picture]);
    let tracks = element(b"\x16\x54\xAE\x6B", &[&entry]);

    let clusters: Vec<_> = (0..SECONDS)
        .map(|second| {
            let frame = bytes(if second < SECONDS - 60 { RED } else { GREEN });
            // Of the track, at the cluster's time, a key frame.
            let block = element(b"\xA3", &[b"\x81\0\0\x80", &frame]);
            let void = [&b"\xEC"[..], &size(HOLE)].concat();
            let time = number(b"\xE7", second * 1000);
            [element(b"\x1F\x43\xB6\x75", &[&time, &block]), void].concat()
        })
        .collect();
    // Where each cluster begins. All numbers have the same length, so the index has one before
    // they are known.
    let index = |first: u64| {
        let (mut at, mut points) = (first, Vec::new());
        for (second, cluster) in (0..).zip(&clusters) {
            let place = element(b"\xB7", &[&number(b"\xF7", 1), &number(b"\xF1", at)]);
            points.push(element(b"\xBB", &[&number(b"\xB3", second * 1000), &place]));
            at += cluster.len() as u64 + HOLE;
        }
        (element(b"\x1C\x53\xBB\x6B", &[&points.concat()]), at)
    };
    let before = (about.len() + tracks.len() + index(0).0.len()) as u64;
    let (index, end) = index(before);

    let mut file = File::create(path)?;
    file.write_all(&[&kind, &b"\x18\x53\x80\x67"[..], &size(end)].concat())?;
    file.write_all(&[about, tracks, index].concat())?;
    for cluster in &clusters {
        file.write_all(cluster)?;
        file.seek(SeekFrom::Current(HOLE as i64))?;
    }
    let length = file.stream_position()?;
    file.set_len(length)
}

/// In eight bytes.
fn size(size: u64) -> [u8; 8] {
    (size | 1 << 56).to_be_bytes()
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks(2).map(|two| std::str::from_utf8(two).expect("text"));
    digits.map(|two| u8::from_str_radix(two, 16).expect("a byte")).collect()
}
