//! What one client of `examples/serve` can do to the others, and to those who run it.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use bhrh::testing::Response;
use socket2::{Domain, Socket, Type};

use crate::listing::base64;
use crate::serve::{Program, command};
use crate::tree::Tree;

/// Without `--overwrite`, what a path answers stays what it is.
#[test]
fn an_upload_does_not_stand_for_another_file() {
    let tree = Tree::new(&[("app.js", "app"), ("about.html", "about"), ("d/a.txt", "a")]);
    let options = ["0", "--upload", "--fallback-extension", "html"];
    let program = Program::start(&tree, &options);
    let put = |path: &str| program.ask("PUT", path, "", "mine").status();
    for path in ["/app.js.gz", "/app.js.br", "/app.js.zst", "/app.js.GZ", "/about", "/d/about"] {
        let expected = if path == "/d/about" { 201 } else { 409 };
        assert_eq!(put(path), expected, "{path}");
    }
    for path in ["/index.html", "/d/index.htm", "/d/INDEX.html"] {
        assert_eq!(put(path), 409, "{path}");
    }
    // The form first, and then the file. As if both were written within one step of the clock.
    let now = std::time::SystemTime::now();
    for path in ["new.js.gz", "new.js"] {
        assert_eq!(put(&format!("/{path}")), 201, "{path}");
        tree.touch(path, now);
    }
    let response = program.ask("GET", "/new.js", "Accept-Encoding: gzip\r\n", "");
    assert_eq!((response.header("Content-Encoding"), response.text()), (None, "mine"));
    // Who may replace the file may add a form of it.
    let program = Program::start(&tree, &["0", "--overwrite"]);
    assert_eq!(program.ask("PUT", "/app.js.gz", "", "gz").status(), 201);
    let response = program.ask("GET", "/app.js", "Accept-Encoding: gzip\r\n", "");
    assert_eq!(response.header("Content-Encoding"), Some("gzip"));
    assert_eq!(program.ask("PUT", "/index.html", "", "page").status(), 201);
}

// `$2b$` and a cost: of 16 rounds for each user that logs in, of more for others.
const SALT_AND_HASH: &str = "/D/PI0ww7RkMGMth0GDNSumpeYT27LTtb.ctDYHpQGB5LQAQHhk7.";
const ARGON2: &str = "$argon2id$v=19$m=64,t=1,p=1$YSBzYWx0IGZvciB0ZXN0cw$nTZ/YLsymUwnNibXC24bARZQ8nuSI0rkkYSZSvtAS3U";

fn authorization(user_and_password: &str) -> String {
    format!("Authorization: Basic {}\r\n", base64(user_and_password.as_bytes()))
}

/// A request over a connection of this address's own.
fn ask_from(source: [u8; 4], server: SocketAddr, path: &str, fields: &str) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    socket.set_recv_buffer_size(4096).expect("a small buffer");
    socket.bind(&SocketAddr::from((source, 0)).into()).expect("an address of this machine");
    socket.connect(&server.into()).expect("it listens");
    let mut client = TcpStream::from(socket);
    let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{fields}\r\n");
    client.write_all(request.as_bytes()).expect("it reads");
    client
}

/// The first bytes of a response: its version and its status.
fn status(client: &mut TcpStream) -> u16 {
    let mut line = [0; 12];
    client.read_exact(&mut line).expect("a response");
    String::from_utf8_lossy(&line[9..]).parse().expect("a status")
}

/// A client that guesses passwords holds up neither those who are known nor itself without end.
#[test]
fn guesses_do_not_hold_up_known_users() {
    let tree = Tree::new(&[("a.txt", "hello")]);
    let ada = format!("--auth=ada:$2b$09${SALT_AND_HASH}");
    let ben = format!("--auth=ben:{ARGON2}");
    let program = Program::start(&tree, &["0", &ada, &ben]);
    let known = authorization("ben:tea");
    let began = Instant::now();
    assert_eq!(program.ask("GET", "/a.txt", &known, "").status(), 200);
    let one_check = began.elapsed();
    let guess = authorization("ada:guess");
    let mut guesses: Vec<TcpStream> =
        (0..60).map(|_| ask_from([127, 0, 0, 1], program.address, "/", &guess)).collect();
    let began = Instant::now();
    assert_eq!(program.ask("GET", "/a.txt", &known, "").status(), 200);
    let waited = began.elapsed();
    let statuses: Vec<u16> = guesses.iter_mut().map(status).collect();
    assert!(waited < one_check * 20, "{waited:?}, where one check takes {one_check:?}");
    let refused = statuses.iter().filter(|status| **status == 503).count();
    assert!(refused > 0 && statuses.contains(&401), "{statuses:?}");
    // Another client has its turn.
    assert_eq!(status(&mut ask_from([127, 0, 0, 2], program.address, "/", &guess)), 401);
}

#[test]
fn unknown_names_take_as_long_as_known_ones() {
    let tree = Tree::new(&[]);
    let ada = format!("--auth=ada:$2b$09${SALT_AND_HASH}");
    let ben = format!("--auth=ben:{ARGON2}");
    let program = Program::start(&tree, &["0", &ada, &ben, "--auth=cleo:tea"]);
    let shortest = |name: &str| {
        let fields = authorization(&format!("{name}:wrong"));
        let times = (0..5).map(|_| {
            let began = Instant::now();
            assert_eq!(program.ask("GET", "/", &fields, "").status(), 401);
            began.elapsed()
        });
        times.min().expect("five")
    };
    let known = shortest("ada");
    for name in ["ben", "cleo", "nobody"] {
        let time = shortest(name);
        assert!(time > known / 10, "{name}: {time:?}, ada: {known:?}");
    }
}

/// A hash that is not known would be a password that can be read in the file.
#[test]
fn hashes_of_unknown_kinds_are_refused() {
    let tree = Tree::new(&[]);
    let users = tree.outside("users");
    let option = format!("--auth-file={}", users.display());
    for hash in [
        "$apr1$lUVaYqTi$9qdXy3m1Yt3tQBDnQ1Lf50",
        "$1$salt$hash",
        "$6$rounds=5000$salt$hash",
        "$2x$05$salt",
        "$argon2x$v=19$m=64,t=1,p=1$YSBzYWx0IGZvciB0ZXN0cw$nTZ/YLsymUwn",
        "{SHA}VBPuJHI7uixaa6LQGWx4s+5GKNE=",
        "{SSHA}x",
    ] {
        fs::write(&users, format!("# users\nada:tea\nben:{hash}\n")).expect("a file");
        let output = command(&tree, &[&option]).output().expect("it ends");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{hash}: {said}");
        for words in ["users: line 3: the hash of ben", "$argon2id$ or $2y$", "htpasswd -nB ben"] {
            assert!(said.contains(words), "{hash}: {said}");
        }
        assert!(!said.contains(hash), "{said}");
    }
    let program =
        Program::start(&tree, &["0", "--auth=ada:$tea", "--auth=ben:{tea", "--auth=cleo:$$"]);
    for right in ["ada:$tea", "ben:{tea", "cleo:$$"] {
        assert_eq!(program.ask("GET", "/", &authorization(right), "").status(), 200, "{right}");
    }
}

#[test]
fn a_client_has_two_archives_at_once() {
    let tree = Tree::new(&[("d/a.txt", "a")]);
    // More than sockets hold, also when it is packed.
    let mut state = 1_u64;
    let noise: Vec<u8> = (0..32 << 20)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 56) as u8
        })
        .collect();
    tree.write("large/noise", &noise);
    let program = Program::start(&tree, &["0", "--archive"]);
    let archive = |source, folder: &str| {
        ask_from(source, program.address, &format!("/{folder}/?archive=tar.gz"), "")
    };
    let mut slow: Vec<TcpStream> = (0..2).map(|_| archive([127, 0, 0, 1], "large")).collect();
    for client in &mut slow {
        assert_eq!(status(client), 200);
    }
    assert_eq!(status(&mut archive([127, 0, 0, 1], "d")), 503);
    assert_eq!(status(&mut archive([127, 0, 0, 2], "d")), 200);
    drop(slow);
    let until = Instant::now() + Duration::from_secs(20);
    while status(&mut archive([127, 0, 0, 1], "d")) != 200 {
        assert!(Instant::now() < until, "the places are given back");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn archive(program: &Program, path: &str) -> Response {
    program.ask("GET", path, "", "")
}

#[test]
fn an_archive_has_the_spellings_of_its_folder() {
    let tree = Tree::new(&[("sub/a.txt", "a"), ("b.txt", "b")]);
    #[cfg(unix)]
    std::os::unix::fs::symlink("sub", tree.path("link")).expect("a link");
    let program = Program::start(&tree, &["0", "--archive", "--cors"]);
    for path in ["/", "/./", "/sub/..", "/sub/.", "/sub", "/sub//", "http://a/", "http://a/sub/"] {
        let response = archive(&program, &format!("{path}?archive=tar.gz"));
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(response.header("Content-Type"), Some("application/gzip"), "{path}");
        assert_eq!(response.header("Access-Control-Allow-Origin"), Some("*"), "{path}");
    }
    // `a` is the host.
    assert_eq!(archive(&program, "http://a?archive=tar.gz").status(), 200);
    if cfg!(unix) {
        assert!(archive(&program, "/link/").text().contains("Archive"));
        assert_eq!(archive(&program, "/link/?archive=tar.gz").status(), 200);
    }
    for path in ["/b.txt", "/b.txt/", "/none", "/sub%2f"] {
        assert_eq!(archive(&program, &format!("{path}?archive=tar.gz")).status(), 404, "{path}");
    }
}

/// RFC 6454 section 7; and a page that DNS rebinding has made one of this server's.
#[test]
fn only_own_pages_upload() {
    let tree = Tree::new(&[]);
    let program = Program::start(&tree, &["0", "--overwrite", "--cors"]);
    let named = ["0", "--overwrite", "--host-name=files.example"];
    let named = Program::start(&tree, &named);
    let put = |program: &Program, host: &str, origin: &str| {
        let mut client = TcpStream::connect(program.address).expect("it listens");
        let origin = match origin {
            "" => String::new(),
            origin => format!("Origin: {origin}\r\n"),
        };
        let request = format!(
            "PUT /a HTTP/1.1\r\nHost: {host}\r\n{origin}Content-Length: 1\r\n\
             Connection: close\r\n\r\na"
        );
        client.write_all(request.as_bytes()).expect("it reads");
        status(&mut client) / 100 == 2
    };
    for (host, origin) in [
        ("127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("localhost:8000", "http://localhost:8000"),
        ("LOCALHOST", "http://localhost"),
        ("a.localhost:80", "http://a.localhost"),
        ("[::1]:8000", "http://[::1]:8000"),
        ("localhost", "https://localhost"),
        // The address of another machine that passes connections on.
        ("192.0.2.1:8000", "http://192.0.2.1:8000"),
        // Not a browser.
        ("files.example", ""),
    ] {
        assert!(put(&program, host, origin), "{host} {origin}");
    }
    for (host, origin) in [
        ("127.0.0.1:8000", "http://evil.example"),
        ("127.0.0.1:8000", "http://127.0.0.1:9000"),
        ("127.0.0.1:8000", "null"),
        ("127.0.0.1:8000", "http://127.0.0.1:8000\r\nOrigin: http://evil.example"),
        ("evil.example:8000", "http://evil.example:8000"),
        ("127.0.0.1.evil.example", "http://127.0.0.1.evil.example"),
        ("evillocalhost", "http://evillocalhost"),
    ] {
        assert!(!put(&program, host, origin), "{host} {origin}");
    }
    assert!(put(&named, "files.example", "https://files.example"));
    assert!(put(&named, "127.0.0.1:1", "http://127.0.0.1:1"));
    assert!(!put(&named, "evil.example", "http://evil.example"));
}

/// RFC 9110 section 13.1: a condition is about what GET sends for the same path.
#[test]
fn the_conditions_of_an_upload_are_about_what_a_client_gets() {
    let tree = Tree::new(&[("a.txt", "hello"), ("b.js", "plain"), ("b.js.gz", "coded!")]);
    let mut paths = vec![("/b.js", "Accept-Encoding: gzip\r\n"), ("/b.js", "")];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("a.txt", tree.path("link.txt")).expect("a link");
        std::os::unix::fs::symlink("../secret.txt", tree.path("out.txt")).expect("a link");
        paths.push(("/link.txt", ""));
    }
    let program = Program::start(&tree, &["0", "--overwrite"]);
    for (path, fields) in paths {
        let tag = program.ask("GET", path, fields, "").header("ETag").expect("a tag").to_owned();
        let put = |condition: &str| {
            program.ask("PUT", path, &format!("{fields}{condition}\r\n"), "new").status()
        };
        assert_eq!(put(&format!("If-None-Match: {tag}")), 412, "{path} {fields}");
        assert_eq!(put("If-Match: \"x\""), 412, "{path} {fields}");
        assert_eq!(put(&format!("If-Match: {tag}")), 200, "{path} {fields}");
        tree.write("b.js", b"plain");
    }
    #[cfg(unix)]
    {
        let put = |condition| program.ask("PUT", "/out.txt", condition, "new").status();
        // For a client there is no such file. Its name is taken, though.
        assert_eq!(put("If-Match: *\r\n"), 412);
        assert_eq!(put("If-None-Match: *\r\n"), 409);
    }
}
