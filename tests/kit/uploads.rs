//! Multipart forms, as clients send them and as they should not.

use std::io::{self, Read};

use bhrh::__internals::exchange;
use bhrh::testing::Response;
use bhrh::{Exchange, Handler, Multipart};

use crate::app::app;

/// Says what the parts are, one a line.
fn echo() -> impl Handler {
    app(|http: &mut Exchange<'_>| -> io::Result<()> {
        let mut seen = String::new();
        let mut form = http.multipart()?.max_parts(5).max_total(40_000);
        while let Some(mut part) = form.next_part()? {
            let content_type = part.headers().get_content_type().into_owned();
            let filename = part.filename();
            let mut content = Vec::new();
            part.read_to_end(&mut content)?;
            let (name, length) = (part.name(), content.len());
            seen += &match part.is_file() {
                true => format!("{name}: {filename:?} {content_type} {length}\n"),
                false => format!("{name}={}\n", content.escape_ascii()),
            };
        }
        http.reply(200, "text/plain", seen)
    })
}

fn send(body: &[u8]) -> Response {
    let fields = [("Content-Type", "multipart/form-data; boundary=\"b\"")];
    bhrh_tests::request(&echo(), "POST", "/", &fields, body)
}

/// A part as a browser sends it.
fn part(disposition: &str, content: &str) -> String {
    format!("--b\r\nContent-Disposition: form-data; {disposition}\r\n\r\n{content}\r\n")
}

#[test]
fn fields_and_files() {
    let body = [
        &part("name=\"title\"", "two\r\nlines"),
        &part("name=\"empty\"", ""),
        "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"\u{e9}/x.png\"\r\n\
         content-type: image/png\r\n\r\nPNG\r\n",
        &part("name=\"none\"; filename=\"\"", ""),
        "--b--\r\n",
    ];
    let response = send(body.concat().as_bytes());
    let expected = "title=two\\r\\nlines\nempty=\nf: Some(\"x.png\") image/png 3\n\
                    none: None text/plain 0\n";
    assert_eq!(response.text(), expected);
}

#[test]
fn what_is_around_the_parts_is_none() {
    let a = part("name=a", "1");
    for body in [
        format!("preamble\r\n{a}--b--"),
        format!("\r\n{a}--b--\r\nepilogue\r\n--b\r\n"),
        format!("--bb\r\n--b x\r\n{a}--b-- \t\r\n"),
        format!("{}--b--", a.replacen("--b\r\n", "--b  \t\r\n", 1)),
    ] {
        assert_eq!(send(body.as_bytes()).text(), "a=1\n", "{body:?}");
    }
    assert_eq!(send(b"--b--\r\n").text(), "");
}

#[test]
fn a_part_without_content_may_share_its_line_end() {
    let body = "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n--b--";
    assert_eq!(send(body.as_bytes()).text(), "a=\n");
}

#[test]
fn what_looks_like_a_delimiter_is_content() {
    for content in
        ["--b", "\r\n--b", "\r\n--bx\r\n", "\n--b\n", "\r--b\r", "\r\n-b\r\n", "\r\n--b--x\r"]
    {
        // The first two are when a line goes on.
        let content = format!("{content}-");
        let body = format!("{}--b--", part("name=a", &content));
        let expected = format!("a={}\n", content.as_bytes().escape_ascii());
        assert_eq!(send(body.as_bytes()).text(), expected);
    }
}

#[test]
fn what_is_no_form_is_a_400() {
    let a = part("name=a", "1");
    for (body, what) in [
        (String::new(), "ends before its last delimiter"),
        ("no delimiter at all".into(), "ends before its last delimiter"),
        (a.clone(), "ends before its last delimiter"),
        (format!("{a}--b"), "ends before its last delimiter"),
        (format!("{a}--b-"), "ends before its last delimiter"),
        (format!("{a}--b\r\n"), "ends before its last delimiter"),
        (format!("{a}--b\r\nContent-Disposition: form-data; name=c\r\n"), "ends before"),
        (a.replace("\r\n", "\n") + "--b--", "ends before"),
        ("--b\r\n\r\ncontent\r\n--b--".into(), "part without a name"),
        (part("nam=a", "1") + "--b--", "part without a name"),
        (part("name=a\r\nbad line", "1") + "--b--", "malformed header line"),
        (part("name=a\r\nX: a\nb", "1") + "--b--", "malformed header line"),
    ] {
        let response = send(body.as_bytes());
        assert_eq!((response.status(), response.reason()), (400, "Bad multipart body"), "{body:?}");
        assert!(response.text().contains(what), "{body:?}: {}", response.text());
    }
}

#[test]
fn what_is_too_large_is_a_413() {
    let long_head = part(&format!("name=a; x={}", "y".repeat(9000)), "");
    for (body, what) in [
        (part("name=a", "1").repeat(6) + "--b--", "More than 5 parts"),
        (part("name=a", &"1".repeat(40_000)) + "--b--", "More than 40000 bytes"),
        (long_head + "--b--", "More than 8192 bytes in the head"),
        (format!("--b\r\n{}", "x".repeat(9000)), "More than 8192 bytes in the head"),
    ] {
        let response = send(body.as_bytes());
        assert_eq!((response.status(), response.reason()), (413, "Multipart body too large"));
        assert!(response.text().contains(what), "{}", response.text());
    }
    let body = part("name=a", "1").repeat(5) + "--b--";
    assert_eq!(send(body.as_bytes()).status(), 200);
}

#[test]
fn a_body_that_says_that_it_is_too_long_is_not_read() {
    let request = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 40001\r\n\
                   Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n";
    let response = exchange(&echo(), request.as_bytes());
    assert_eq!(response.status(), 413);
}

#[test]
fn another_type_is_a_415_and_no_boundary_a_400() {
    for (content_type, status) in [
        ("multipart/mixed; boundary=b", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data", 400),
        ("multipart/form-data; boundary=", 400),
        ("multipart/form-data; boundary=\u{e9}", 400),
    ] {
        let fields = [("Content-Type", content_type)];
        let response = bhrh_tests::request(&echo(), "POST", "/", &fields, b"--b--");
        assert_eq!(response.status(), status, "{content_type}");
    }
}

#[test]
fn a_part_that_is_not_read_is_skipped() {
    let body = part("name=a", &"x".repeat(100_000)) + &part("name=b", "text") + "--b--";
    let mut form = Multipart::new(body.as_bytes(), "b").expect("a boundary");
    let mut first = form.next_part().expect("a part").expect("a part");
    first.read_exact(&mut [0; 10]).expect("so much is there");
    let mut second = form.next_part().expect("a part").expect("a part");
    assert_eq!(second.name(), "b");
    assert_eq!(second.read_text(4).expect("text"), "text");
    assert!(form.next_part().expect("the end").is_none());
    assert!(form.next_part().expect("the end, still").is_none());
}

#[test]
fn text_is_bounded_and_text() {
    let body = part("name=a", "12345") + "--b--";
    let read = |body: &[u8], limit| {
        let mut form = Multipart::new(body, "b").expect("a boundary");
        let mut part = form.next_part().expect("a part").expect("a part");
        part.read_text(limit).map_err(|error| error.kind())
    };
    let long = app(|http: &mut Exchange<'_>| -> io::Result<()> {
        let mut form = Multipart::new(
            "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n12345\r\n--b--".as_bytes(),
            "b",
        )?;
        let text = form.next_part()?.expect("a part").read_text(4)?;
        http.reply(200, "text/plain", text)
    });
    let response = bhrh_tests::request(&long, "GET", "/", &[], b"");
    assert_eq!((response.status(), response.reason()), (413, "Field too large"));
    assert!(response.text().contains("More than 4 bytes in field \"a\""), "{}", response.text());
    assert_eq!(read(body.as_bytes(), 5).as_deref(), Ok("12345"));
    assert_eq!(read(body.as_bytes(), 4), Err(io::ErrorKind::FileTooLarge));
    let body = body.replace('3', "\u{fe}").into_bytes();
    let latin1: Vec<u8> = body.into_iter().filter(|byte| *byte != 0xc3).collect();
    assert_eq!(read(&latin1, 100), Err(io::ErrorKind::InvalidData));
}

#[test]
fn nothing_follows_an_error() {
    let body = part("name=a", "1");
    let mut form = Multipart::new(body.as_bytes(), "b").expect("a boundary");
    let mut part = form.next_part().expect("a part").expect("a part");
    let mut content = Vec::new();
    let error = part.read_to_end(&mut content).expect_err("it is cut off");
    assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    assert!(part.read(&mut [0]).is_err());
    assert!(form.next_part().is_err());
}
