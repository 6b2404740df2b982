//! Blanks what differs from one second to the next, and only where it has the right form.

/// A reply without its dates: `Date` fields, and the dates in the twin's `INFO` page.
pub(crate) fn reply(reply: &[u8]) -> Vec<u8> {
    let mut normal = Vec::with_capacity(reply.len());
    for line in reply.split_inclusive(|&byte| byte == b'\n') {
        let blanked = blank(line, b"Date: ", "aaa, 00 aaa 0000 00:00:00 GMT")
            .or_else(|| blank(line, b"date now: ", "aaa, 00 aaa 0000 00:00:00 GMT"))
            .or_else(|| blank(line, b"log date: ", "00/aaa/0000 00:00:00"));
        normal.extend_from_slice(&blanked.unwrap_or_else(|| line.to_vec()));
    }
    normal
}

/// A log line without its time.
pub(crate) fn log_line(line: &[u8]) -> Vec<u8> {
    blank(line, b"127.0.0.1 - - [", "00/aaa/0000 00:00:00").unwrap_or_else(|| line.to_vec())
}

/// `line` with its date replaced, if it is `start` followed by a date of that `form`, in which
/// `0` stands for any digit and `a` for any letter.
fn blank(line: &[u8], start: &[u8], form: &str) -> Option<Vec<u8>> {
    let date = line.strip_prefix(start)?.get(..form.len())?;
    let fits = date.iter().zip(form.bytes()).all(|(&byte, form)| match form {
        b'0' => byte.is_ascii_digit(),
        b'a' => byte.is_ascii_alphabetic(),
        other => byte == other,
    });
    fits.then(|| [start, b"<date>", &line[start.len() + form.len()..]].concat())
}

#[test]
fn dates_are_blanked_and_nothing_else() {
    let date = b"HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n";
    assert_eq!(reply(date), b"HTTP/1.1 200 OK\r\nDate: <date>\r\n\r\n");
    let wrong = b"Date: Sun, 6 Nov 1994 08:49:37 GMT\r\n";
    assert_eq!(reply(wrong), wrong);
    let line = b"127.0.0.1 - - [22/Nov/2026 16:47:12] \"GET / HTTP/1.1\" 200 -\n";
    assert_eq!(log_line(line), b"127.0.0.1 - - [<date>] \"GET / HTTP/1.1\" 200 -\n");
}
