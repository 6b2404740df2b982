//! The log's time is local: with `TZ` set, it is what Python's `time.localtime` says.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;

use crate::server::{PATIENCE, Server, twin};

/// Prints the times of the seconds around now, as the log writes them.
const SECONDS_AROUND_NOW: &str = "
import time
now = int(time.time())
for second in range(now - 30, now + 30):
    print(time.strftime('[%d/%b/%Y %H:%M:%S]', time.localtime(second)))
";

#[test]
fn log_time_is_local() {
    // Half an hour off, so no zone that the machine may be in can be mistaken for it; the second
    // one needs no zone files, and lies a day ahead of the third.
    let kolkata = logged_at("Asia/Kolkata");
    let ahead = logged_at("AHEAD-14");
    let behind = logged_at("BEHIND12");
    assert_ne!(ahead[..12], behind[..12], "the date is local too");
    assert_ne!(kolkata, ahead);
}

/// The C library's forms of `TZ`, and the values that lead to no zone.
#[test]
fn the_zone_is_the_one_that_python_has() {
    logged_in(None);
    for zone in [
        ":Asia/Kolkata",
        "/usr/share/zoneinfo/America/St_Johns",
        "<-0330>3:30",
        "CET-1CEST,M3.5.0,M10.5.0/3",
        // Summer time in the south, and daylight saving of half an hour.
        "Australia/Lord_Howe",
        "Europe/Dublin",
        "",
        ":",
        "No/Such",
        "/etc/passwd",
    ] {
        logged_at(zone);
    }
}

fn logged_at(zone: &str) -> String {
    logged_in(Some(zone))
}

fn set(command: &mut Command, zone: Option<&str>) {
    match zone {
        Some(zone) => command.env("TZ", zone),
        None => command.env_remove("TZ"),
    };
}

fn logged_in(zone: Option<&str>) -> String {
    let mut command = twin();
    set(&mut command, zone);
    let mut server = Server::start(command);
    let mut stream = TcpStream::connect(server.address()).expect("a connection");
    stream.set_read_timeout(Some(PATIENCE)).expect("a time-out");
    stream.write_all(b"TEST / HTTP/1.1\r\n\r\n").expect("the request goes out");
    stream.read_to_end(&mut Vec::new()).expect("an answer");
    let log = String::from_utf8(server.log_so_far().concat()).expect("the log is UTF-8");
    let time = log.split(" - - ").nth(1).and_then(|rest| rest.get(..22)).expect("a time");
    assert!(python_times(zone).contains(time), "{zone:?}: {time}");
    time.to_owned()
}

fn python_times(zone: Option<&str>) -> String {
    let mut python = Command::new("python3");
    set(&mut python, zone);
    let output = python.args(["-c", SECONDS_AROUND_NOW]).output();
    String::from_utf8(output.expect("python3 runs").stdout).expect("ASCII")
}
