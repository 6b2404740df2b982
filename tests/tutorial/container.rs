//! Follows a Dockerfile without a container engine: each stage is a folder, its commands run on
//! this machine, and what the image would start is started from there.
//!
//! With an engine it was tried once, on 29 November 2026: buildah 1.28 (isolation by chroot) built
//! the tutorial's Dockerfile unchanged, on images that debootstrap had made under the names of
//! `FROM`, and with bhrh from a folder. As the user 65534 the program kept its entries in the
//! mounted folder, signed people in, and ended with 0 on SIGTERM. `.ci/run` does not do that: it
//! cannot fetch public images, and the build takes minutes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::follow::{Ports, Running, ask, cargo, run, target};
use crate::page::Step;

/// The file system of a stage, and what was said of it.
struct Stage {
    name: String,
    root: PathBuf,
    folder: String,
    variables: Vec<(String, String)>,
    command: Vec<String>,
}

impl Stage {
    /// A path of the stage, on this machine.
    fn path(&self, path: &str) -> PathBuf {
        let whole =
            if path.starts_with('/') { path.into() } else { format!("{}/{path}", self.folder) };
        self.root.join(whole.trim_start_matches('/'))
    }
}

fn copy(from: &Path, to: &Path, skipped: &[&str]) {
    if from.is_file() {
        fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
        fs::copy(from, to).expect("a copy");
        return;
    }
    for entry in fs::read_dir(from).unwrap_or_else(|error| panic!("COPY {from:?}: {error}")) {
        let name = entry.expect("an entry").file_name();
        if !skipped.iter().any(|skipped| name == **skipped) {
            copy(&from.join(&name), &to.join(&name), &[]);
        }
    }
}

/// Builds the image, starts it, asks it, and stops it.
pub(crate) fn follow(step: &Step, context: &Path, ports: Ports) {
    let place = tempfile::tempdir().expect("a folder");
    let ignored: Vec<&str> = step.files[".dockerignore"].lines().collect();
    let mut stages: Vec<Stage> = Vec::new();
    for line in step.files["Dockerfile"].lines() {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let words: Vec<&str> = rest.split(' ').collect();
        if word == "FROM" {
            let root = place.path().join(stages.len().to_string());
            let name = words.last().expect("a name").to_string();
            let (variables, command) = Default::default();
            stages.push(Stage { name, root, folder: "/".into(), variables, command });
            continue;
        }
        if word.is_empty() || word == "#" {
            continue;
        }
        let (stage, earlier) = stages.split_last_mut().expect("FROM comes first");
        match (word, &words[..]) {
            ("WORKDIR", [folder]) => stage.folder = folder.to_string(),
            ("COPY", [from, source, to]) => {
                let name = from.strip_prefix("--from=").expect("the name of a stage");
                let from = earlier.iter().find(|stage| stage.name == name).expect("that stage");
                copy(&from.path(source), &stage.path(to), &[]);
            }
            ("COPY", [source, to]) => copy(&context.join(source), &stage.path(to), &ignored),
            ("RUN", ["cargo", "build", "--release"]) => {
                // Without optimisation, and where all steps build, to save time.
                run(&mut cargo(&["build"], &stage.path(".")));
                copy(&target().join("debug"), &stage.path("target/release"), &["deps", "build"]);
            }
            ("ENV", variables) => {
                let pairs = variables.iter().map(|pair| pair.split_once('=').expect("a value"));
                stage.variables.extend(pairs.map(|(name, value)| (name.into(), value.into())));
            }
            ("CMD", _) => {
                let list = rest.strip_prefix('[').and_then(|list| list.strip_suffix(']'));
                let items = list.expect("an array").split(", ");
                stage.command = items.map(|item| item.trim_matches('"').to_owned()).collect();
            }
            ("USER" | "EXPOSE", [number]) => assert!(number.parse::<u16>().is_ok()),
            _ => panic!("what does this do? {line}"),
        }
    }
    let image = stages.last().expect("a stage");
    let secret = ["key", "entries.txt"].map(|name| stages[0].path(name));
    assert!(context.join("key").exists() && !secret.iter().any(|path| path.exists()));
    // The folder that `docker run -v` puts there.
    fs::create_dir(image.path("/data")).expect("a folder");
    fs::copy(context.join("key"), image.path("/data/key")).expect("the key");
    let mut program = Command::new(image.path(&image.command[0]));
    program.args(&image.command[1..]).current_dir(image.path("."));
    for (name, value) in &image.variables {
        // An absolute path of the image is below its folder here.
        let path = value.starts_with('/').then(|| image.path(value).display().to_string());
        program.env(name, path.unwrap_or_else(|| ports.put_into(value)));
    }
    let running = Running::start(&mut program, ports.app());
    ask(step, context, ports);
    assert!(running.ends_on_sigterm());
    assert!(image.path("/data/entries.txt").exists());
}
