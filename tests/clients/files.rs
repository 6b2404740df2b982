//! Programs that fetch files, at `examples/serve`: each by its own way to find and to continue
//! them.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::{Program, place, program, run, script};

/// `serve` for a folder, and its URL, which ends with a slash.
fn serve(folder: &Path) -> (Program, String) {
    let folder = folder.to_str().expect("text");
    let (serve, address) = program(env!("CARGO_BIN_EXE_files-serve"), &["--directory", folder]);
    (serve, format!("http://{address}/"))
}

/// A new folder with files, some of them with names that need escapes.
fn tree(name: &str) -> std::path::PathBuf {
    let tree = place(name).join("tree");
    for (name, content) in [
        ("a & b.txt", "one"),
        ("docs/file10.txt", "ten"),
        ("docs/file2.txt", "two"),
        ("docs/ä ?#+.txt", "odd"),
        ("empty", ""),
    ] {
        let path = tree.join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, content).expect("a file");
    }
    let large: Vec<u8> = (0..300_000_u32).map(|at| (at % 251) as u8).collect();
    fs::write(tree.join("large.bin"), large).expect("a file");
    tree
}

/// Fails if two folders differ in a file that both should have, or in what they have.
fn same(one: &Path, other: &Path, but: &[&str]) {
    let mut diff = Command::new("diff");
    for name in but {
        diff.arg("-x").arg(name);
    }
    run(diff.arg("-r").arg(one).arg(other));
}

#[test]
fn wget_fetches_each_listing_and_file_once() {
    let tree = tree("clients-wget");
    let (_serve, url) = serve(&tree);
    let copy = tree.with_file_name("copy");
    run(Command::new("wget").args(["-q", "-r", "-nH", "-P"]).arg(&copy).arg(&url));
    // A listing is saved under this name. There is one for each folder, and none for each order.
    assert!(copy.join("index.html").exists() && copy.join("docs/index.html").exists());
    same(&tree, &copy, &["index.html"]);
}

#[test]
fn lftp_mirrors_a_folder() {
    let tree = tree("clients-lftp");
    let (_serve, url) = serve(&tree);
    let copy = tree.with_file_name("copy");
    let mirror = format!("set cmd:fail-exit true; mirror . {}; exit", copy.display());
    run(Command::new("lftp").arg("-c").arg(format!("open {url}; {mirror}")));
    same(&tree, &copy, &[]);
    let list = run(Command::new("lftp").arg("-c").arg(format!("open {url}; cls -1; exit")));
    let mut names: Vec<&str> = list.lines().collect();
    names.sort_unstable();
    assert_eq!(names, ["a & b.txt", "docs/", "empty", "large.bin"]);
}

#[test]
fn curl_wget_and_lftp_continue() {
    let tree = tree("clients-continue");
    let (_serve, url) = serve(&tree);
    let large = fs::read(tree.join("large.bin")).expect("a file");
    let half = tree.with_file_name("half");
    let file = format!("{url}large.bin");
    for client in [&["curl", "-sSf", "-C", "-", "-o"][..], &["wget", "-q", "-c", "-O"]] {
        fs::write(&half, &large[..123_456]).expect("a file");
        run(Command::new(client[0]).args(&client[1..]).arg(&half).arg(&file));
        assert!(fs::read(&half).expect("a file") == large, "{client:?}");
    }
    let get = |options: &str| {
        let get =
            format!("set cmd:fail-exit true; {options} large.bin -o {}; exit", half.display());
        run(Command::new("lftp").arg("-c").arg(format!("open {url}; {get}")));
        assert!(fs::read(&half).expect("a file") == large, "{options}");
    };
    fs::write(&half, &large[..123_456]).expect("a file");
    get("get -c");
    fs::remove_file(&half).expect("no file");
    // Four connections, each with a range.
    get("set pget:min-chunk-size 1k; pget -n 4");
    let mut part = Command::new("curl");
    let output = part.args(["-sSf", "-r", "100-103", &file]).output().expect("curl");
    assert_eq!(output.stdout, &large[100..104]);
}

#[test]
fn pip_finds_packages_in_a_listing() {
    let folder = place("clients-pip");
    let (packages, copy) = (folder.join("packages"), folder.join("copy"));
    fs::create_dir(&packages).expect("a folder");
    run(script("python3", "make_wheels.py").arg(&packages));
    let (_serve, url) = serve(&packages);
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-index"]);
    run(pip.args(["--find-links", &url, "-d"]).arg(&copy).arg("bhrh-tea"));
    // The newest of three.
    assert!(copy.join("bhrh_tea-1.10-py3-none-any.whl").exists());
}

#[test]
fn go_finds_a_module_in_a_folder() {
    let folder = place("clients-go");
    let proxy = folder.join("proxy");
    run(script("python3", "make_modules.py").arg(&proxy));
    let (_serve, url) = serve(&proxy);
    let mut go = Command::new("go");
    go.current_dir(&folder).env("HOME", &folder).env_remove("GOPATH").env_remove("GOMODCACHE");
    go.env("GOPROXY", url.trim_end_matches('/')).env("GOFLAGS", "-modcacherw");
    // So that it asks no other server: neither for checksums nor for another Go.
    go.env("GOSUMDB", "off").env("GOTOOLCHAIN", "local");
    let printed = run(go.args(["mod", "download", "-json", "bhrh.example/Tea@latest"]));
    assert!(printed.contains("\"Version\": \"v1.10.0\""), "{printed}");
    let source = folder.join("go/pkg/mod/bhrh.example/!tea@v1.10.0/tea.go");
    assert_eq!(fs::read_to_string(source).expect("the module"), "package tea // v1.10.0\n");
}

#[test]
fn git_clones_without_a_server_of_its_own() {
    let folder = place("clients-git");
    let git = |arguments: &[&str]| {
        let mut git = Command::new("git");
        git.current_dir(&folder).args(["-c", "user.name=a", "-c", "user.email=a@b.example"]);
        run(git.args(arguments))
    };
    git(&["init", "-q", "work"]);
    for name in ["one", "two"] {
        fs::write(folder.join("work").join(name), name).expect("a file");
        git(&["-C", "work", "add", "."]);
        git(&["-C", "work", "commit", "-q", "-m", name]);
    }
    fs::create_dir(folder.join("served")).expect("a folder");
    git(&["clone", "-q", "--bare", "work", "served/tea.git"]);
    git(&["-C", "served/tea.git", "repack", "-q", "-a", "-d"]);
    git(&["-C", "served/tea.git", "update-server-info"]);
    let (_serve, url) = serve(&folder.join("served"));
    git(&["clone", "-q", &format!("{url}tea.git"), "copy"]);
    assert_eq!(git(&["-C", "copy", "log", "--format=%s"]), "two\none\n");
}

#[test]
fn apt_installs_from_a_folder() {
    let folder = place("clients-apt");
    let (served, control) = (folder.join("served"), folder.join("package/DEBIAN"));
    for made in [&served, &control, &folder.join("state/lists/partial"), &folder.join("cache")] {
        fs::create_dir_all(made).expect("a folder");
    }
    fs::create_dir_all(folder.join("cache/archives/partial")).expect("a folder");
    let text = "Package: bhrh-tea\nVersion: 1\nArchitecture: all\nMaintainer: a <a@b.example>\n\
                Description: tea\n";
    fs::write(control.join("control"), text).expect("a file");
    let deb = served.join("bhrh-tea_1_all.deb");
    run(Command::new("dpkg-deb").args(["-b"]).arg(folder.join("package")).arg(&deb));
    let sums = run(Command::new("sha256sum").arg(&deb));
    let size = fs::metadata(&deb).expect("a file").len();
    let sum = sums.split(' ').next().expect("a sum");
    let index = format!("{text}Filename: ./bhrh-tea_1_all.deb\nSize: {size}\nSHA256: {sum}\n");
    fs::write(served.join("Packages"), index).expect("a file");
    let (_serve, url) = serve(&served);
    fs::write(folder.join("sources.list"), format!("deb [trusted=yes] {url} ./\n"))
        .expect("a file");
    fs::write(folder.join("status"), "").expect("a file");
    let apt = |arguments: &[&str]| {
        let mut apt = Command::new("apt-get");
        apt.current_dir(&folder);
        for (name, value) in [
            ("Dir::Etc::SourceList", "sources.list"),
            ("Dir::Etc::SourceParts", "none"),
            ("Dir::State", "state"),
            ("Dir::State::Status", "status"),
            ("Dir::Cache", "cache"),
        ] {
            apt.arg("-o").arg(format!("{name}={}", folder.join(value).display()));
        }
        apt.args(["-q", "-o", "APT::Sandbox::User=", "-o", "Acquire::http::Proxy=DIRECT"]);
        run(apt.args(arguments))
    };
    apt(&["update"]);
    apt(&["download", "bhrh-tea"]);
    assert_eq!(fs::metadata(folder.join("bhrh-tea_1_all.deb")).expect("a file").len(), size);
}
