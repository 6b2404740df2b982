//! `examples/serve` as a child process.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ChildStderr, Command, Stdio};

use crate::tree::Tree;
use bhrh::__internals::read_response;
use bhrh::testing::Response;

pub(crate) struct Program {
    child: Child,
    log: BufReader<ChildStderr>,
    pub(crate) address: SocketAddr,
}

pub(crate) fn command(tree: &Tree, options: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_files-serve"));
    command.arg("--directory").arg(tree.path("")).args(options);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

impl Program {
    pub(crate) fn start(tree: &Tree, options: &[&str]) -> Program {
        Program::start_with(tree, options, |_| {})
    }

    /// With more that is said of the process.
    pub(crate) fn start_with(
        tree: &Tree,
        options: &[&str],
        prepare: impl FnOnce(&mut Command),
    ) -> Program {
        let mut command = command(tree, options);
        prepare(&mut command);
        let mut child = command.spawn().expect("the program starts");
        let mut ready = String::new();
        let output = child.stdout.take().expect("a pipe");
        BufReader::new(output).read_line(&mut ready).expect("a line");
        let log = BufReader::new(child.stderr.take().expect("a pipe"));
        let address = ready.split(['/', ')']).nth(2).and_then(|address| address.parse().ok());
        let address: SocketAddr = address.unwrap_or_else(|| panic!("no address: {ready:?}"));
        let (ip, port) = (address.ip(), address.port());
        let encrypted = options.iter().any(|option| option.starts_with("--tls-"));
        let scheme = if encrypted { "https" } else { "http" };
        let protocol = scheme.to_uppercase();
        let line = format!("Serving {protocol} on {ip} port {port} ({scheme}://{address}/) ...\n");
        assert_eq!(ready, line, "it is Python's");
        Program { child, log, address }
    }

    pub(crate) fn ask(&self, method: &str, path: &str, fields: &str, body: &str) -> Response {
        let mut client = TcpStream::connect(self.address).expect("it listens");
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\
             Content-Length: {length}\r\n{fields}\r\n{body}"
        );
        client.write_all(request.as_bytes()).expect("it reads");
        let mut bytes = Vec::new();
        client.read_to_end(&mut bytes).expect("a response");
        read_response(&mut &bytes[..], method == "HEAD").expect("a complete response")
    }

    /// The next line that it writes to standard error.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.log.read_line(&mut line).expect("a line");
        line
    }

    /// The next line of its log, without address and time.
    pub(crate) fn logged(&mut self) -> String {
        let line = self.line();
        line.split_once("] ").expect("a line of Python's form").1.trim_end().to_owned()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(unix)]
#[test]
fn it_serves_on_a_unix_socket() {
    let tree = Tree::new(&[("a.txt", "a")]);
    let place = tempfile::tempdir().expect("a directory");
    let path = place.path().join("serve.sock");
    let bind = format!("--bind=unix:{}", path.display());
    let mut child = command(&tree, &[&bind]).spawn().expect("the program starts");
    let mut ready = String::new();
    let output = child.stdout.take().expect("a pipe");
    BufReader::new(output).read_line(&mut ready).expect("a line");
    let curl =
        Command::new("curl").args(["-s", "--unix-socket"]).arg(&path).arg("http://a/").output();
    let (mut log, errors) = (String::new(), child.stderr.take().expect("a pipe"));
    BufReader::new(errors).read_line(&mut log).expect("a line of its log");
    let _ = child.kill();
    child.wait().expect("it ends");
    assert_eq!(ready, format!("Serving HTTP on unix:{} ...\n", path.display()));
    let page = curl.expect("curl is installed").stdout;
    assert!(!page.is_empty());
    assert!(log.starts_with("unix: - - [") && log.contains("] \"GET / HTTP/1.1\" 200 -"), "{log}");

    let output = command(&tree, &[&bind, "8000"]).output().expect("the program runs");
    assert!(String::from_utf8_lossy(&output.stderr).contains("has no port"), "{output:?}");
}

#[test]
fn it_serves_a_directory() {
    let tree = Tree::new(&[("a.txt", "hello"), (".env", "hidden"), ("d/b.txt", "b")]);
    let options = ["0", "--header", "X-One=1=1", "-H", "X-Two=2"];
    let mut program = Program::start(&tree, &options);
    assert!(program.address.ip().is_loopback());
    let response = program.ask("GET", "/a.txt", "", "");
    assert_eq!((response.status(), response.text()), (200, "hello"));
    assert_eq!(response.header("X-One"), Some("1=1"));
    assert_eq!(response.header("X-Two"), Some("2"));
    assert_eq!(program.logged(), "\"GET /a.txt HTTP/1.1\" 200 -");
    assert!(program.ask("GET", "/d/", "", "").text().contains("b.txt"));
    assert_eq!(program.ask("HEAD", "/a.txt", "", "").header("Content-Length"), Some("5"));
    assert_eq!(program.ask("GET", "/.env", "", "").status(), 404);
    let response = program.ask("PUT", "/new.txt", "", "x");
    assert_eq!((response.status(), response.header("Allow")), (405, Some("GET, HEAD")));
    assert!(!tree.path("new.txt").exists());
}

#[test]
fn it_takes_pythons_options() {
    let tree = Tree::new(&[("a.txt", "hello"), (".env", "hidden")]);
    let options = ["--bind", "127.0.0.1", "--protocol", "HTTP/1.0", "--hidden", "0"];
    let program = Program::start(&tree, &options);
    assert_eq!(program.ask("GET", "/.env", "", "").text(), "hidden");
    let mut client = TcpStream::connect(program.address).expect("it listens");
    client.write_all(b"GET /a.txt HTTP/1.1\r\nHost: a\r\n\r\n").expect("it reads");
    let mut text = String::new();
    client.read_to_string(&mut text).expect("a response");
    assert!(text.starts_with("HTTP/1.0 200 OK\r\n"), "{text}");
    // As the other examples have it.
    let program = Program::start(&tree, &["--bind", "127.0.0.1:0"]);
    assert_eq!(program.ask("GET", "/a.txt", "", "").text(), "hello");
}

#[test]
fn a_wrong_command_line_is_explained() {
    let tree = Tree::new(&[("a.txt", "hello")]);
    let taken = Program::start(&tree, &["0"]);
    let port = taken.address.port().to_string();
    let gone = tree.path("gone");
    for (options, code, words) in [
        (&["--header", "X"][..], 2, "NAME=VALUE"),
        (&["--header", "A B=c", "0"], 1, "not a header field"),
        (&["--protocol", "HTTP/2"], 2, "HTTP/1.1"),
        (&["eight"], 2, "eight"),
        (&["--nonsense"], 2, "--nonsense"),
        (&[&port], 1, "already in use"),
        (&["--directory", gone.to_str().expect("text")], 1, "cannot serve files of"),
    ] {
        let output = command(&tree, options).output().expect("it ends");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{options:?}: {said}");
        assert!(said.starts_with("error: ") && said.contains(words), "{options:?}: {said}");
    }
    let output = command(&tree, &["--help"]).output().expect("it ends");
    assert!(output.status.success() && output.stdout.starts_with(b"Serves the files"));
}

#[test]
fn uploads_make_new_files() {
    let tree = Tree::new(&[("a.txt", "hello"), ("d/b.txt", "b")]);
    let program = Program::start(&tree, &["0", "--upload", "--max-upload", "10"]);
    let put =
        |path: &str, fields: &str, body: &str| program.ask("PUT", path, fields, body).status();
    assert_eq!(put("/d/new%20file.txt", "", "new"), 201);
    assert_eq!(fs::read(tree.path("d/new file.txt")).expect("a file"), b"new");
    assert_eq!(program.ask("GET", "/d/new%20file.txt", "", "").text(), "new");
    // What there is stays.
    for path in ["/a.txt", "/d"] {
        assert_eq!(put(path, "", "other"), 409, "{path}");
    }
    assert_eq!(put("/a.txt", "If-None-Match: *\r\n", "other"), 412);
    assert_eq!(put("/a.txt", "If-Match: *\r\n", "other"), 409);
    assert_eq!(put("/none.txt", "If-Match: *\r\n", "other"), 412);
    // No place for these.
    for path in ["/x/new.txt", "/new/", "/", "/.env", "/a%2fb", "/..%2fout.txt"] {
        assert_eq!(put(path, "", "out"), 404, "{path}");
    }
    // There is no way out.
    for (path, body) in [("/../in.txt", "1"), ("/%2e%2e/d/../in2.txt", "2")] {
        assert_eq!(put(path, "", body), 201, "{path}");
    }
    assert_eq!(program.ask("GET", "/./in.txt", "", "").text(), "1");
    assert_eq!(put("/part.txt", "Content-Range: bytes 0-3/9\r\n", "part"), 400);
    assert_eq!(put("/large.txt", "", "12345678901"), 413);
    assert_eq!(fs::read(tree.path("a.txt")).expect("a file"), b"hello");
    // Nothing half done is left, nothing is outside.
    let names = |path| {
        let mut names: Vec<_> = fs::read_dir(path)
            .expect("a directory")
            .map(|entry| entry.expect("an entry").file_name().into_string().expect("text"))
            .collect();
        names.sort();
        names
    };
    assert_eq!(names(tree.path("")), ["a.txt", "d", "in.txt", "in2.txt"]);
    assert_eq!(names(tree.path("d")), ["b.txt", "new file.txt"]);
    assert_eq!(names(tree.outside("")), ["secret.txt", "served"]);
}

#[test]
fn an_upload_that_ends_early_leaves_nothing() {
    let tree = Tree::new(&[]);
    let program = Program::start(&tree, &["0", "--upload", "--max-upload", "10"]);
    for request in [
        // Cut off.
        "PUT /cut.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf",
        // Too long, which only shows on the way.
        "PUT /long.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\
         6\r\n123456\r\n6\r\n123456\r\n0\r\n\r\n",
    ] {
        let mut client = TcpStream::connect(program.address).expect("it listens");
        client.write_all(request.as_bytes()).expect("it reads");
        client.shutdown(std::net::Shutdown::Write).expect("an end");
        let mut bytes = Vec::new();
        client.read_to_end(&mut bytes).expect("a response, or an end");
        assert!(!bytes.starts_with(b"HTTP/1.1 2"), "{}", bytes.escape_ascii());
    }
    assert_eq!(fs::read_dir(tree.path("")).expect("a directory").count(), 0);
}

#[test]
fn files_are_replaced_on_request_only() {
    let tree = Tree::new(&[("a.txt", "hello")]);
    let program = Program::start(&tree, &["0", "--overwrite"]);
    assert_eq!(program.ask("PUT", "/a.txt", "", "changed").status(), 200);
    assert_eq!(program.ask("PUT", "/b.txt", "", "new").status(), 201);
    assert_eq!(program.ask("PUT", "/a.txt", "If-None-Match: *\r\n", "other").status(), 412);
    assert_eq!(fs::read(tree.path("a.txt")).expect("a file"), b"changed");
    // A link is replaced, not what it leads to.
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../secret.txt", tree.path("link")).expect("a link");
        assert_eq!(program.ask("PUT", "/link", "", "mine").status(), 200);
        assert_eq!(fs::read(tree.outside("secret.txt")).expect("a file"), b"what is outside");
        assert_eq!(fs::read(tree.path("link")).expect("a file"), b"mine");
    }
}

/// RFC 9110 section 8.4: what is stored would be served without its coding.
#[test]
fn an_upload_with_a_coding_is_a_415() {
    let tree = Tree::new(&[]);
    let program = Program::start(&tree, &["0", "--upload"]);
    for coding in ["gzip", "aws-chunked", "identity, br", "x-own"] {
        let field = format!("Content-Encoding: {coding}\r\n");
        let response = program.ask("PUT", "/a.txt", &field, "coded");
        assert_eq!(response.status(), 415, "{coding}");
        assert_eq!(response.header("Accept-Encoding"), Some("identity"));
    }
    assert!(!tree.path("a.txt").exists());
    let response = program.ask("PUT", "/a.txt", "Content-Encoding: identity\r\n", "plain");
    assert_eq!(response.status(), 201);
}

/// RFC 9110 section 13.1: for all methods.
#[test]
fn an_upload_has_conditions() {
    let tree = Tree::new(&[("a.txt", "hello"), ("epoch.txt", "hello")]);
    tree.touch("epoch.txt", std::time::UNIX_EPOCH);
    let program = Program::start(&tree, &["0", "--overwrite"]);
    let tag = program.ask("HEAD", "/a.txt", "", "").header("ETag").expect("a tag").to_owned();
    let put = |path: &str, field: &str| {
        program.ask("PUT", path, &format!("{field}\r\n"), "changed").status()
    };
    for field in [
        &format!("If-None-Match: {tag}"),
        &format!("If-None-Match: \"x\", W/{tag}"),
        "If-None-Match: *",
        "If-Match: \"x\"",
        &format!("If-Match: W/{tag}"),
        "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:36 GMT",
    ] {
        assert_eq!(put("/a.txt", field), 412, "{field}");
    }
    assert_eq!(fs::read(tree.path("a.txt")).expect("a file"), b"hello");
    // Something without validators is something.
    assert_eq!(put("/epoch.txt", "If-None-Match: *"), 412);
    assert_eq!(put("/new.txt", "If-Match: *"), 412);
    assert_eq!(put("/new.txt", &format!("If-Match: {tag}")), 412);
    assert!(!tree.path("new.txt").exists());
    assert_eq!(put("/a.txt", &format!("If-Match: \"x\", {tag}")), 200);
    assert_eq!(fs::read(tree.path("a.txt")).expect("a file"), b"changed");
    // It has changed since.
    assert_eq!(put("/a.txt", &format!("If-Match: {tag}")), 412);
    assert_eq!(put("/epoch.txt", "If-Match: *"), 200);
    assert_eq!(put("/new.txt", "If-None-Match: *"), 201);
}

/// A client that asks before it sends is told so at once.
#[test]
fn a_name_that_no_file_can_have_is_refused_before_the_content() {
    let tree = Tree::new(&[]);
    let program = Program::start(&tree, &["0", "--overwrite"]);
    for path in [format!("/{}", "n".repeat(260)), format!("/{}/a", "n".repeat(260))] {
        let mut client = TcpStream::connect(program.address).expect("it listens");
        let head = format!(
            "PUT {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\
             Content-Length: 9\r\nExpect: 100-continue\r\n\r\n"
        );
        client.write_all(head.as_bytes()).expect("it reads");
        let mut bytes = Vec::new();
        client.read_to_end(&mut bytes).expect("a response");
        assert!(bytes.starts_with(b"HTTP/1.1 404 "), "{}", bytes.escape_ascii());
    }
    assert_eq!(program.ask("PUT", &format!("/{}", "n".repeat(255)), "", "x").status(), 201);
    let files = tree.files();
    assert_eq!(files.place(&format!("/{}", "n".repeat(256))).expect("a look-up"), None);
    assert!(files.place(&format!("/{}", "n".repeat(255))).expect("a look-up").is_some());
}

#[cfg(unix)]
#[test]
fn a_file_that_is_replaced_keeps_its_mode() {
    use std::os::unix::fs::PermissionsExt;
    let tree = Tree::new(&[("a.txt", "hello"), ("b.txt", "hello"), ("c.txt", "hello")]);
    let program = Program::start(&tree, &["0", "--overwrite"]);
    let mode = |name: &str| {
        let metadata = fs::metadata(tree.path(name)).expect("a file");
        metadata.permissions().mode() & 0o7777
    };
    // Nobody runs what a client sent as somebody else.
    for (name, before, after) in
        [("a.txt", 0o640, 0o640), ("b.txt", 0o666, 0o666), ("c.txt", 0o4755, 0o755)]
    {
        let permissions = fs::Permissions::from_mode(before);
        fs::set_permissions(tree.path(name), permissions).expect("it is ours");
        assert_eq!(program.ask("PUT", &format!("/{name}"), "", "changed").status(), 200);
        assert_eq!(format!("{:o}", mode(name)), format!("{after:o}"), "{name}");
    }
    fs::write(tree.path("as-usual"), "").expect("a file");
    assert_eq!(program.ask("PUT", "/new.txt", "", "new").status(), 201);
    assert_eq!(mode("new.txt"), mode("as-usual"));
}

#[test]
fn a_fallback_is_an_option() {
    let tree = Tree::new(&[("index.html", "<p>one page")]);
    let program = Program::start(&tree, &["0", "--fallback", "/index.html"]);
    let response = program.ask("GET", "/users/7", "", "");
    assert_eq!((response.status(), response.text()), (200, "<p>one page"));
    let output = command(&tree, &["0", "--fallback", "/gone.html"]).output().expect("it ends");
    assert!(String::from_utf8_lossy(&output.stderr).contains("/gone.html"));
}
