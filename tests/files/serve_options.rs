//! The options of `examples/serve` beyond Python's.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::time::{Duration, SystemTime};

use crate::serve::{Program, command};
use crate::tree::Tree;

#[test]
fn a_mistyped_option_is_recognised() {
    let tree = Tree::new(&[]);
    for (option, expected) in [
        ("--up-load", "did you mean '--upload'?"),
        ("--dir", "did you mean '--directory'?"),
        ("--port", "the port needs no option"),
        ("--host", "did you mean '--bind'?"),
        ("--pots", "--help says which there are"),
        ("--log-forma", "did you mean '--log-format'?"),
        ("--tls-self-sign", "did you mean '--tls-self-signed'?"),
        ("--nonsense", "--help says which there are"),
        ("-x", "invalid option '-x'"),
    ] {
        let output = command(&tree, &[option]).output().expect("it ends");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains(expected) && output.status.code() == Some(2), "{option}: {said}");
    }
    for (options, expected) in [
        (&["--content-type", "md"][..], "EXT=TYPE"),
        (&["--log-format", "apache"], "timed or combined"),
        (&["--auth", "ada"], "USER:PASSWORD"),
        (&["--auth", "ada:$argon2id$x"], "the hash of ada"),
        (&["--auth", "ada:$2b$x"], "the hash of ada"),
        (&["--auth-file", "/no/such/file"], "/no/such/file"),
        (&["--auth", "ada:"], "the password of ada is empty"),
        (&["--rate-limit", "0"], "--rate-limit does not take \"0\": write a number from 1"),
        (&["--rate-limit", "5", "--bind", "unix:a"], "clients of a Unix socket have none"),
        (&["--cache", "-1"], "--cache does not take \"-1\""),
        (&["--cache", "5000000000"], "too much"),
        (&["--max-upload", "1MB"], "--max-upload does not take \"1MB\""),
        (&["--max-archive", "99999999T"], "--max-archive does not take"),
        (&["--fallback-extension", "."], "such as .html"),
        (&["--header", "X-A"], "--header does not take \"X-A\": write NAME=VALUE"),
        (&["8000", "8001"], "one port"),
        (&["public"], "\"public\" is not a port"),
        (&["70000"], "not a port"),
    ] {
        let output = command(&tree, options).output().expect("it ends");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains(expected) && output.status.code() == Some(2), "{options:?}: {said}");
    }
}

/// The help names each option that there is, and each that it names is one.
#[test]
fn the_help_has_the_options() {
    let tree = Tree::new(&[]);
    let output = command(&tree, &["--help"]).output().expect("it ends");
    let help = String::from_utf8(output.stdout).expect("text");
    assert!(help.lines().all(|line| line.len() <= 95), "{help}");
    let named = help.split_whitespace().filter_map(|word| word.strip_prefix("--"));
    let mut count = 0;
    for name in named.filter(|name| !["help", "open", "qr"].contains(name)) {
        // With a value that no option takes, so that nothing is served.
        let option = format!("--{name}=\u{1}");
        let output = command(&tree, &[&option, "--nonsense"]).output().expect("it ends");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!said.contains(&format!("invalid option '--{name}'")), "{said}");
        count += 1;
    }
    assert!(count > 25, "{count}");
}

#[test]
fn pages_are_found_without_their_extension() {
    let tree = Tree::new(&[
        ("about.html", "<p>about"),
        ("both", "plain"),
        ("both.html", "<p>both"),
        ("d/x.html", "<p>x"),
        ("home.htm", "<p>home"),
    ]);
    let options = ["0", "--fallback-extension", "html", "--index=home.htm"];
    let program = Program::start(&tree, &options);
    for (path, expected) in [
        ("/about", "<p>about"),
        ("/about?x=y", "<p>about"),
        ("/about.html", "<p>about"),
        ("/both", "plain"),
        ("/d/x", "<p>x"),
        ("/", "<p>home"),
    ] {
        assert_eq!(program.ask("GET", path, "", "").text(), expected, "{path}");
    }
    for path in ["/none", "/d/y", "/about/", "/about.html.html"] {
        assert_eq!(program.ask("GET", path, "", "").status(), 404, "{path}");
    }
    assert_eq!(program.ask("GET", "/d", "", "").status(), 301);
}

#[test]
fn a_single_page_application_has_its_paths() {
    let tree = Tree::new(&[("index.html", "<p>app"), ("app.js", "1")]);
    let program = Program::start(&tree, &["0", "--spa", "index.html"]);
    for path in ["/", "/users/7", "/users/7/"] {
        assert_eq!(program.ask("GET", path, "", "").text(), "<p>app", "{path}");
    }
    assert_eq!(program.ask("GET", "/app.js", "", "").text(), "1");
    // A page instead of a script leads to confusing errors.
    assert_eq!(program.ask("GET", "/gone.js", "", "").status(), 404);
    let output = command(&tree, &["--spa", "none.html"]).output().expect("it ends");
    assert!(String::from_utf8_lossy(&output.stderr).contains("/none.html"));
}

#[test]
fn answers_have_what_the_options_say() {
    let tree = Tree::new(&[("a.md", "a"), ("b.xyz", "b")]);
    let options = [
        "0",
        "--content-type=md=text/x-own",
        "--content-type",
        ".xyz=a/b",
        "--cache",
        "60",
        "--cors",
        "-H",
        "X-One: a=b",
        "-HX-Two=c:d",
    ];
    let program = Program::start(&tree, &options);
    let response = program.ask("GET", "/a.md", "", "");
    assert_eq!(response.header("Content-Type"), Some("text/x-own"));
    assert_eq!(response.header("Cache-Control"), Some("max-age=60"));
    assert_eq!(response.header("Access-Control-Allow-Origin"), Some("*"));
    assert_eq!((response.header("X-One"), response.header("X-Two")), (Some("a=b"), Some("c:d")));
    assert_eq!(program.ask("GET", "/b.xyz", "", "").header("Content-Type"), Some("a/b"));
    let missing = program.ask("GET", "/none", "", "");
    assert_eq!(missing.header("Access-Control-Allow-Origin"), Some("*"));
    let preflight = program.ask("OPTIONS", "/a.md", "Origin: http://b.example\r\n", "");
    assert_eq!(preflight.status(), 204);
    assert_eq!(preflight.header("Access-Control-Allow-Methods"), Some("GET, HEAD"));
    assert_eq!(preflight.header("Allow"), Some("GET, HEAD, OPTIONS"));
    // Under `--auth` a page has to send one.
    let allowed = preflight.header("Access-Control-Allow-Headers");
    assert_eq!(allowed, Some("*, Authorization"));
    let without = Program::start(&tree, &["0"]);
    let preflight = without.ask("OPTIONS", "/a.md", "", "");
    assert_eq!(preflight.header("Access-Control-Allow-Origin"), None);
}

/// A site that may read must not be able to upload.
#[test]
fn uploads_are_not_for_other_sites() {
    let tree = Tree::new(&[]);
    let program = Program::start(&tree, &["0", "--cors", "--upload"]);
    let preflight = program.ask("OPTIONS", "/a", "Access-Control-Request-Method: PUT\r\n", "");
    assert_eq!(preflight.header("Access-Control-Allow-Methods"), Some("GET, HEAD"));
    assert_eq!(program.ask("POST", "/", "", "x").status(), 501);
}

#[cfg(unix)]
#[test]
fn links_lead_out_on_request() {
    let tree = Tree::new(&[]);
    std::os::unix::fs::symlink("../secret.txt", tree.path("out.txt")).expect("a link");
    let program = Program::start(&tree, &["0"]);
    assert_eq!(program.ask("GET", "/out.txt", "", "").status(), 404);
    let program = Program::start(&tree, &["0", "--follow-links"]);
    assert_eq!(program.ask("GET", "/out.txt", "", "").text(), "what is outside");
    assert!(program.ask("GET", "/", "", "").text().contains("./out.txt"));
    assert_eq!(program.ask("GET", "/../secret.txt", "", "").status(), 404);
}

#[test]
fn a_password_is_asked_for() {
    let tree = Tree::new(&[("a.txt", "hello")]);
    // `argon2` and `htpasswd -B`, for the passwords `tea` and `coffee`.
    let file = format!("# users\n\nada:{ARGON2}\nben:{BCRYPT}\n");
    fs::write(tree.outside("users"), file).expect("a file");
    let users = format!("--auth-file={}", tree.outside("users").display());
    let program = Program::start(&tree, &["0", "--upload", "--auth", "cleo:a:b", &users]);
    let response = program.ask("GET", "/a.txt", "", "");
    assert_eq!(response.status(), 401);
    assert!(response.header("WWW-Authenticate").expect("a challenge").starts_with("Basic "));
    assert_eq!(program.ask("PUT", "/b.txt", "", "x").status(), 401);
    assert!(!tree.path("b.txt").exists());
    let status = |user_and_password: &str| {
        let encoded = crate::listing::base64(user_and_password.as_bytes());
        program.ask("GET", "/a.txt", &format!("Authorization: Basic {encoded}\r\n"), "").status()
    };
    // Twice: a password that was right is remembered.
    for right in ["cleo:a:b", "ada:tea", "ben:coffee", "ada:tea", "ben:coffee"] {
        assert_eq!(status(right), 200, "{right}");
    }
    for wrong in
        ["ada:coffee", "ben:tea", "cleo:a", "dan:tea", "ada:", ":tea", &format!("ada:{ARGON2}")]
    {
        assert_eq!(status(wrong), 401, "{wrong}");
    }
    fs::write(tree.outside("users"), "# nobody\n").expect("a file");
    let output = command(&tree, &[&users]).output().expect("it ends");
    assert!(String::from_utf8_lossy(&output.stderr).contains("there is no user"));
}

const ARGON2: &str = "$argon2id$v=19$m=64,t=1,p=1$YSBzYWx0IGZvciB0ZXN0cw$nTZ/YLsymUwnNibXC24bARZQ8nuSI0rkkYSZSvtAS3U";
const BCRYPT: &str = "$2b$04$/D/PI0ww7RkMGMth0GDNSumpeYT27LTtb.ctDYHpQGB5LQAQHhk7.";

#[test]
fn a_client_that_asks_too_much_waits() {
    let tree = Tree::new(&[("a.txt", "hello")]);
    let program = Program::start(&tree, &["0", "--rate-limit", "1"]);
    let statuses: Vec<u16> =
        (0..8).map(|_| program.ask("GET", "/a.txt", "", "").status()).collect();
    assert_eq!(statuses[0], 200);
    assert!(statuses.contains(&429), "{statuses:?}");
    let refused = (0..8).map(|_| program.ask("GET", "/a.txt", "", ""));
    let refused = refused.into_iter().find(|response| response.status() == 429).expect("a 429");
    assert_eq!(refused.header("Retry-After"), Some("1"));
    std::thread::sleep(Duration::from_millis(1100));
    assert_eq!(program.ask("GET", "/a.txt", "", "").status(), 200);
}

#[test]
fn the_log_is_as_asked_for() {
    let tree = Tree::new(&[("a.txt", "hello")]);
    let mut quiet = Program::start(&tree, &["0", "--quiet"]);
    quiet.ask("GET", "/a.txt", "", "");
    quiet.ask("GET", "/none", "", "");
    let error = "\"GET /none HTTP/1.1\" code 404, message File not found\n";
    assert!(quiet.line().ends_with(error));
    let mut combined = Program::start(&tree, &["0", "--log-format", "combined"]);
    combined.ask("GET", "/a.txt", "User-Agent: tea\r\n", "");
    assert!(combined.line().ends_with("\"GET /a.txt HTTP/1.1\" 200 5 \"-\" \"tea\"\n"));
}

#[test]
fn all_addresses_are_told_and_a_phone_can_read_one() {
    let tree = Tree::new(&[]);
    let mut child = command(&tree, &["--bind", "0.0.0.0", "0", "--qr"]).spawn().expect("it starts");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let mut line = || lines.next().expect("a line").expect("text");
    let ready = line();
    let port =
        ready.split(['(', ')', ':']).nth(3).expect("a port").trim_end_matches('/').to_owned();
    let loopback = format!("  http://127.0.0.1:{port}/");
    // One line for each address, that of loopback last. A machine without a network has just that
    // one, and does not list it.
    let mut said = Vec::new();
    loop {
        let line = line();
        if line.is_empty() {
            break;
        }
        said.push(line);
    }
    let code: Vec<String> = (0..12).map(|_| line()).collect();
    let _ = child.kill();
    child.wait().expect("it ends");
    assert!(said.is_empty() || said.last() == Some(&loopback), "{said:?}");
    assert!(code.iter().all(|line| line.chars().all(|c| "█▀▄ ".contains(c))), "{code:#?}");
}

/// What is in an archive: name and content, in order of the name.
fn packed(archive: &[u8]) -> Vec<(String, String)> {
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(archive));
    let mut entries: Vec<_> = archive
        .entries()
        .expect("entries")
        .map(|entry| {
            let mut entry = entry.expect("an entry");
            let name = entry.path().expect("a path").to_str().expect("text").to_owned();
            let mut content = String::new();
            entry.read_to_string(&mut content).expect("content");
            (name, content)
        })
        .collect();
    entries.sort();
    entries
}

#[test]
fn a_folder_comes_as_an_archive() {
    let long = format!("{}/{}", "n".repeat(120), "m".repeat(120));
    let tree = Tree::new(&[
        ("d/a.txt", "a"),
        ("d/e é/b.txt", "b"),
        (&format!("d/{long}"), "long"),
        ("d/.hidden/c", ""),
        ("other", ""),
    ]);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../other", tree.path("d/link")).expect("a link");
        std::os::unix::fs::symlink("..", tree.path("up")).expect("a link");
    }
    let program = Program::start(&tree, &["0", "--archive", "--max-archive", "100"]);
    let response = program.ask("GET", "/d/?archive=tar.gz", "", "");
    assert_eq!(response.header("Content-Type"), Some("application/gzip"));
    let expected = "attachment; filename=\"d.tar.gz\"; filename*=UTF-8''d.tar.gz";
    assert_eq!(response.header("Content-Disposition"), Some(expected));
    let first = format!("d/{}", "n".repeat(120));
    let names = packed(response.body());
    let expected = [("d", ""), ("d/a.txt", "a"), ("d/e é", ""), ("d/e é/b.txt", "b")];
    let second = format!("d/{long}");
    let expected = expected.into_iter().chain([(&*first, ""), (&*second, "long")]);
    let expected: Vec<_> =
        expected.map(|(name, content)| (name.to_owned(), content.to_owned())).collect();
    assert_eq!(names, expected);
    let whole = packed(program.ask("GET", "/?archive=tar.gz", "", "").body());
    assert!(whole.iter().any(|(name, _)| name == "served/other"));
    for path in [
        "/none/?archive=tar.gz",
        "/other?archive=tar.gz",
        "/up/?archive=tar.gz",
        "/d/.hidden/?archive=tar.gz",
    ] {
        assert_eq!(program.ask("GET", path, "", "").status(), 404, "{path}");
    }
    assert_eq!(program.ask("HEAD", "/d/?archive=tar.gz", "", "").body(), b"");
    tree.write("d/large", &[b'x'; 101]);
    assert_eq!(program.ask("GET", "/d/?archive=tar.gz", "", "").status(), 403);
    // Without the option there are only listings.
    let program = Program::start(&tree, &["0"]);
    let page = program.ask("GET", "/d/?archive=tar.gz", "", "");
    assert!(page.text().contains("<tbody>") && !page.text().contains("archive"));
}

/// The times of what is packed are those of the files.
#[test]
fn an_archive_keeps_times() {
    let tree = Tree::new(&[("d/a.txt", "a")]);
    let program = Program::start(&tree, &["0", "--archive"]);
    let response = program.ask("GET", "/d/?archive=tar.gz", "", "");
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(response.body()));
    let entry = archive.entries().expect("entries").nth(1).expect("a file").expect("an entry");
    let modified =
        SystemTime::UNIX_EPOCH + Duration::from_secs(entry.header().mtime().expect("a time"));
    assert_eq!(
        modified,
        fs::metadata(tree.path("d/a.txt")).and_then(|it| it.modified()).expect("a time")
    );
    assert_eq!(entry.header().uid().ok(), Some(0));
}

#[test]
fn browsers_get_error_pages_like_the_listing() {
    let tree = Tree::new(&[]);
    let program = Program::start(&tree, &["0"]);
    let page = program.ask("GET", "/%3Cb%3E", "Accept: text/html,*/*;q=0.8\r\n", "");
    assert_eq!(page.status(), 404);
    assert!(page.text().contains("<h1>File not found</h1>") && page.text().contains("--page:"));
    assert!(page.text().contains("clip-path: inset(50%)"), "{}", page.text());
    assert!(!page.text().contains("<b>"));
    let plain = program.ask("GET", "/none", "Accept: */*\r\n", "");
    assert!(plain.text().len() < 1000 && plain.text().contains("Error code: 404"));
}
