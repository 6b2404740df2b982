//! CPython's `SimpleHTTPRequestHandler` on the same directory: where the two should be equal, they
//! are, and where they are not, it says why.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};

use crate::tree::{THEN, Tree};
use bhrh::__internals::read_response;
use bhrh::testing::{self, Response};

/// Python's own `python3 -m http.server`.
struct Python {
    child: Child,
    address: SocketAddr,
}

impl Python {
    fn start(tree: &Tree) -> Python {
        let mut command = Command::new("python3");
        // `-I`: whatever lies in the directory is no module of Python's.
        command.args(["-I", "-u", "-m", "http.server", "0", "--bind", "127.0.0.1"]);
        command.args(["--protocol", "HTTP/1.1", "--directory"]).arg(tree.path(""));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("python3");
        let mut ready = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut ready).expect("a line");
        let address = ready.split(['/', ')']).nth(2).and_then(|address| address.parse().ok());
        Python { child, address: address.unwrap_or_else(|| panic!("no address: {ready:?}")) }
    }

    fn ask(&self, method: &str, target: &str, fields: &[(&str, &str)]) -> Response {
        let mut client = TcpStream::connect(self.address).expect("it listens");
        let mut request = format!("{method} {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n");
        for (name, value) in fields {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        client.write_all(format!("{request}\r\n").as_bytes()).expect("it reads");
        let mut bytes = Vec::new();
        client.read_to_end(&mut bytes).expect("a response");
        read_response(&mut &bytes[..], method == "HEAD").expect("a complete response")
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The path that a client goes to next: the `Location`, relative to what it asked for.
fn destination(target: &str, response: &Response) -> Option<String> {
    let location = response.header("Location")?;
    let directory = target.split('?').next()?.rsplit_once('/')?.0;
    Some(match location.strip_prefix("./") {
        Some(relative) => format!("{directory}/{relative}"),
        None => location.to_owned(),
    })
}

#[test]
fn answers_are_pythons() {
    let tree = Tree::new(&[
        ("a.txt", "hello"),
        ("a b&c.txt", "spaces"),
        ("d/index.html", "<p>index"),
        ("d/e/index.htm", "<p>htm"),
        ("empty", ""),
        ("f/g.txt", "g"),
    ]);
    let python = Python::start(&tree);
    let files = tree.files().listing(true);
    for method in ["GET", "HEAD"] {
        for (target, fields) in [
            ("/a.txt", &[][..]),
            ("/a.txt?query=x", &[]),
            ("/a%20b%26c.txt", &[]),
            ("/%61.txt", &[]),
            ("/d/", &[]),
            ("/d/e/", &[]),
            ("/d//e/", &[]),
            ("/d", &[]),
            ("/d?x=y/z", &[]),
            ("/d/e?", &[]),
            ("//d", &[]),
            ("/empty", &[]),
            ("/nothing", &[]),
            ("/./a.txt", &[]),
            ("/d/../a.txt", &[]),
            ("/../a.txt", &[]),
            ("/f/%2e%2e/a.txt", &[]),
            ("/a.txt/", &[]),
            ("/a.txt/b", &[]),
            ("/a.txt", &[("If-Modified-Since", THEN)]),
            ("/a.txt", &[("If-Modified-Since", "Sun, 06 Nov 1994 08:49:36 GMT")]),
            ("/a.txt", &[("If-Modified-Since", "Sun, 06 Nov 1994 08:49:38 GMT")]),
            ("/a.txt", &[("If-Modified-Since", "yesterday")]),
            ("/a.txt", &[("If-Modified-Since", THEN), ("If-None-Match", "\"x\"")]),
            ("/d/", &[("If-Modified-Since", THEN)]),
            ("/d", &[("If-Modified-Since", THEN)]),
        ] {
            let theirs = python.ask(method, target, fields);
            let ours = bhrh_tests::request(&files, method, target, fields, b"");
            let case = format!("{method} {target} {fields:?}");
            assert_eq!(ours.status(), theirs.status(), "{case}");
            // `//d` is `/d` to both; to Python that shows in the `Location`.
            let asked = target.replace("//d", "/d");
            assert_eq!(
                destination(&asked, &ours).map(|to| to.trim_end_matches('?').to_owned()),
                destination(&asked, &theirs),
                "{case}"
            );
            assert_eq!(ours.reason(), theirs.reason(), "{case}");
            if ours.status() == 200 {
                assert_eq!(ours.body(), theirs.body(), "{case}");
                for name in ["Content-Length", "Last-Modified"] {
                    assert_eq!(ours.header(name), theirs.header(name), "{case}");
                }
                let essence = |response: &Response| {
                    let media_type = response.header("Content-Type").expect("a type");
                    media_type.split(';').next().map(str::to_owned)
                };
                assert_eq!(essence(&ours), essence(&theirs), "{case}");
            }
        }
    }
}

/// What Python answers otherwise, and why this does not.
#[test]
fn what_is_safer_than_python() {
    let tree = Tree::new(&[("a.txt", "hello"), (".env", "hidden"), ("d/b.txt", "b")]);
    let python = Python::start(&tree);
    let files = tree.files().listing(true);
    let both = |target: &str| {
        (python.ask("GET", target, &[]).status(), testing::get(&files, target).status())
    };
    // An encoded slash is a slash to Python.
    assert_eq!(both("/d%2Fb.txt"), (200, 404));
    assert_eq!(both("/.env"), (200, 404));
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../secret.txt", tree.path("link")).expect("a link");
        assert_eq!(both("/link"), (200, 404));
    }
    // cpython#86809.
    let range = [("Range", "bytes=0-1")];
    assert_eq!(python.ask("GET", "/a.txt", &range).status(), 200);
}

/// Every type that Python knows without asking the system, and that is in the table here, is the
/// same in both, but for these.
#[test]
fn types_are_pythons() {
    const NEWER: [(&str, &str, &str); 10] = [
        // Registered since: RFC 9239, RFC 7303 prefers it.
        ("js", "application/javascript", "text/javascript"),
        ("mjs", "application/javascript", "text/javascript"),
        ("xml", "text/xml", "application/xml"),
        // Registered with IANA, as vCard is (RFC 6350).
        ("exe", "application/octet-stream", "application/vnd.microsoft.portable-executable"),
        ("dll", "application/octet-stream", "application/vnd.microsoft.portable-executable"),
        ("vcf", "text/x-vcard", "text/vcard"),
        // Mostly video, and what browsers play as such.
        ("3gp", "audio/3gpp", "video/3gpp"),
        // Python's SimpleHTTPRequestHandler says so as well, not its `mimetypes`.
        ("gz", "application/octet-stream", "application/gzip"),
        ("bz2", "application/octet-stream", "application/x-bzip2"),
        ("xz", "application/octet-stream", "application/x-xz"),
    ];
    let script = "import mimetypes\n\
                  for row in sorted(mimetypes.MimeTypes(filenames=()).types_map[1].items()):\n\
                  \x20   print(row[0][1:], row[1])";
    let output = Command::new("python3").args(["-I", "-c", script]).output().expect("python3");
    let table = String::from_utf8(output.stdout).expect("text");
    let tree = Tree::new(&[]);
    let mut same = 0;
    for (extension, theirs) in table.lines().filter_map(|line| line.split_once(' ')) {
        let name = format!("a.{extension}");
        tree.write(&name, b"");
        let response = testing::get(&tree.files(), &format!("/{name}"));
        let ours = response.header("Content-Type").expect("a type");
        let ours = ours.split(';').next().expect("a type");
        // Python has more that nobody asks for any more; a newer Python agrees with the table here.
        let newer = NEWER.contains(&(extension, theirs, ours));
        if ours == theirs {
            same += 1;
        } else {
            assert!(newer || ours == "application/octet-stream", "{extension}: {ours}, {theirs}");
        }
    }
    assert!(same > 60, "only {same} types are the same");
}
