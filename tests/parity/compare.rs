//! Plays cases to both servers and judges what came back.

use std::fmt::Write;
use std::thread;

use crate::case::{Case, End, Options};
use crate::normal;
use crate::play::play;
use crate::safer::{self, Safer};
use crate::server::Server;

/// What a server made of one case: its reply and its log, without dates.
#[derive(PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) reply: Vec<u8>,
    pub(crate) log: Vec<Vec<u8>>,
}

/// Fails, with every difference, unless the twin does as the reference or safer.
pub(crate) fn compare(cases: Vec<Case>) {
    let mut complaints = String::new();
    thread::scope(|scope| {
        let groups: Vec<_> = groups(&cases)
            .into_iter()
            .map(|(options, cases)| scope.spawn(move || compare_group(options, &cases)))
            .collect();
        for group in groups {
            complaints += &group.join().unwrap_or_else(|_| "a server failed\n".to_owned());
        }
    });
    assert!(complaints.is_empty(), "\n{complaints}");
}

/// The cases for the same servers together; many of them are split among several servers.
fn groups(cases: &[Case]) -> Vec<(Options, Vec<&Case>)> {
    const CASES_A_SERVER: usize = 80;
    let mut all: Vec<Options> = cases.iter().map(|case| case.options).collect();
    all.sort_unstable();
    all.dedup();
    let mut groups = Vec::new();
    for options in all {
        let group: Vec<&Case> = cases.iter().filter(|case| case.options == options).collect();
        groups.extend(group.chunks(CASES_A_SERVER).map(|part| (options, part.to_vec())));
    }
    groups
}

fn compare_group(options: Options, cases: &[&Case]) -> String {
    compare_servers(|| Server::reference(options), || Server::twin(options), cases)
}

/// What is wrong with the twin's answers, in words; nothing, if all is well.
///
/// Each server plays one case at a time, so its log lines belong to that case.
pub(crate) fn compare_servers(
    reference: impl FnOnce() -> Server + Send,
    twin: impl FnOnce() -> Server + Send,
    cases: &[&Case],
) -> String {
    let (reference, twin) = thread::scope(|scope| {
        let reference = scope.spawn(|| accounts(reference(), cases));
        let twin = scope.spawn(|| accounts(twin(), cases));
        (reference.join().expect("the reference runs"), twin.join().expect("the twin runs"))
    });
    let mut complaints = String::new();
    for ((case, reference), twin) in cases.iter().zip(reference).zip(twin) {
        if let Err(complaint) = judge(case, reference, twin) {
            let _ = writeln!(complaints, "== {}\n{complaint}", case.name());
        }
    }
    complaints
}

fn accounts(mut server: Server, cases: &[&Case]) -> Vec<Result<Account, String>> {
    let mut accounts = Vec::new();
    for case in cases {
        let reply = play(server.address(), case);
        let log = server.log_so_far().iter().map(|line| normal::log_line(line)).collect();
        accounts.push(reply.map(|reply| Account { reply: normal::reply(&reply), log }));
    }
    accounts
}

fn judge(
    case: &Case,
    reference: Result<Account, String>,
    twin: Result<Account, String>,
) -> Result<(), String> {
    let safer = safer::rows().find(|row| row.names(case));
    let twin = twin.map_err(|error| format!("the twin: {error}"))?;
    // Where Python leaves the client waiting, the table has to say so like any difference.
    let equal = reference.as_ref().is_ok_and(|reference| *reference == twin);
    match (safer, reference) {
        (Some(_), _) if equal => Err("is equal: strike its row from the safer table".to_owned()),
        (Some(row), _) => expect_safer(row, &twin),
        (None, _) if equal => still_open_if_said(case, &twin),
        (None, Ok(reference)) => Err(difference(&reference, &twin)),
        (None, Err(error)) => Err(format!("the reference: {error}")),
    }
}

/// A case that ends with another request must have got its answer, or it shows nothing.
fn still_open_if_said(case: &Case, account: &Account) -> Result<(), String> {
    let answer = b"Unsupported method ('END')";
    let open = account.reply.windows(answer.len()).any(|window| window == answer);
    if open || case.end != End::Open { Ok(()) } else { Err("is not open at its end".to_owned()) }
}

fn expect_safer(row: &Safer, twin: &Account) -> Result<(), String> {
    let complain = |what: &str| Err(format!("{what}\nthe twin's{}", shown(twin)));
    let statuses = statuses(&twin.reply);
    if statuses != row.statuses {
        return complain(&format!("statuses {:?} are not {:?}", statuses, row.statuses));
    }
    let contains =
        |text: &str| twin.reply.windows(text.len().max(1)).any(|window| window == text.as_bytes());
    if !row.reply_has.is_empty() && !contains(row.reply_has) {
        return complain(&format!("the reply has no {:?}", row.reply_has));
    }
    let log = twin.log.concat();
    let log = String::from_utf8_lossy(&log);
    if !log.contains(row.log_has) {
        return complain(&format!("the log has no {:?}", row.log_has));
    }
    Ok(())
}

/// The statuses of all responses in a reply, found by their status lines.
fn statuses(reply: &[u8]) -> Vec<u16> {
    let lines = reply.split_inclusive(|&byte| byte == b'\n');
    lines.filter_map(|line| status_in(std::str::from_utf8(line.get(..13)?).ok()?)).collect()
}

fn status_in(line: &str) -> Option<u16> {
    let digits = line.strip_prefix("HTTP/1.")?.get(1..)?.trim_matches(' ');
    digits.parse().ok()
}

fn difference(reference: &Account, twin: &Account) -> String {
    format!("Python's{}bhrh's{}", shown(reference), shown(twin))
}

fn shown(account: &Account) -> String {
    let mut text = String::from(" reply:\n");
    let reply = account.reply.split_inclusive(|&byte| byte == b'\n').map(<[u8]>::to_vec);
    for line in reply {
        let _ = writeln!(text, "    {}", shortened(&line));
    }
    text.push_str("  and log:\n");
    for line in &account.log {
        let _ = writeln!(text, "    {}", shortened(line));
    }
    text
}

fn shortened(line: &[u8]) -> String {
    let shown = line.escape_ascii().to_string();
    if shown.len() <= 300 { shown } else { format!("{}… ({})", &shown[..300], shown.len()) }
}

#[test]
fn the_statuses_of_a_reply_are_found() {
    let reply = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 299 \r\nA: HTTP/1.1 500 b\r\n\r\nbody\n";
    assert_eq!(statuses(reply), [100, 299]);
}

#[test]
fn a_difference_is_found() {
    let case = Case::new(crate::case::FULL, "a case of no list");
    let account =
        |reply: &[u8], log: &[u8]| Ok(Account { reply: reply.to_vec(), log: vec![log.to_vec()] });
    assert!(judge(&case, account(b"a", b"b"), account(b"a", b"b")).is_ok());
    assert!(judge(&case, account(b"a", b"b"), account(b"A", b"b")).is_err());
    assert!(judge(&case, account(b"a", b"b"), account(b"a", b"B")).is_err());
    assert!(judge(&case, Err("timed out".to_owned()), account(b"a", b"b")).is_err());
}
