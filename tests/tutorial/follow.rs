//! A reader who does what the page says, in a folder of their own.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::page::Step;
use crate::{DEPENDENCY, container, root, steps};

/// The ports of the page, and the free ones that are used here instead.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ports {
    app: u16,
    proxy: u16,
}

impl Ports {
    fn free() -> Ports {
        let listeners = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").expect("a port"));
        let [app, proxy] = listeners.each_ref().map(|it| it.local_addr().expect("it").port());
        Ports { app, proxy }
    }

    pub(crate) fn app(self) -> u16 {
        self.app
    }

    pub(crate) fn put_into(self, text: &str) -> String {
        text.replace("8000", &self.app.to_string()).replace("8080", &self.proxy.to_string())
    }
}

/// A program that ends with its test.
pub(crate) struct Running(Child);

impl Running {
    /// Starts a program, and waits until it takes connections.
    pub(crate) fn start(command: &mut Command, port: u16) -> Running {
        let mut child = Running(command.stderr(Stdio::null()).spawn().expect("it starts"));
        let end = Instant::now() + Duration::from_secs(30);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let ended = child.0.try_wait().expect("a state");
            assert!(ended.is_none() && Instant::now() < end, "{command:?}: {ended:?}");
            thread::sleep(Duration::from_millis(20));
        }
        child
    }

    /// What `docker stop` does. Whether it ended well.
    pub(crate) fn ends_on_sigterm(mut self) -> bool {
        self.terminate();
        self.0.wait().expect("a status").success()
    }

    fn terminate(&self) {
        let pid = self.0.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &pid]).stderr(Stdio::null()).status();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Not SIGKILL: nginx ends its own children.
        if !matches!(self.0.try_wait(), Ok(Some(_))) {
            self.terminate();
        }
        let _ = self.0.wait();
    }
}

pub(crate) fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&text));
}

fn shell(script: &str, folder: &Path) -> Command {
    let mut command = Command::new("sh");
    command.args(["-ec", script]).current_dir(folder);
    command
}

/// All steps build into one folder, so that bhrh is built once.
pub(crate) fn target() -> PathBuf {
    root().join("target/tutorial")
}

pub(crate) fn cargo(arguments: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.args(arguments).arg("--offline").current_dir(folder);
    command.env("CARGO_TARGET_DIR", target());
    command
}

/// Writes the files of a step.
fn write(step: &Step, folder: &Path, ports: Ports) {
    let here = format!("path = {:?}", root().join("bhrh"));
    for (name, text) in &step.files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, ports.put_into(text).replace(DEPENDENCY, &here)).expect("a file");
    }
}

/// Gives the commands of a step to the shell, and compares what they print.
pub(crate) fn ask(step: &Step, folder: &Path, ports: Ports) {
    for (command, expected) in &step.asked {
        let output = shell(&ports.put_into(command), folder).output().expect("a shell");
        let printed = String::from_utf8_lossy(&output.stdout);
        // curl's progress.
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(printed.trim_end(), expected, "$ {command}\n{errors}");
    }
}

#[test]
fn every_step_does_what_the_page_says() {
    let place = tempfile::tempdir().expect("a folder");
    let folder = place.path().join("guest_book");
    for step in steps() {
        let ports = Ports::free();
        for commands in &step.commands {
            // The first ones make the folder.
            let at = if folder.exists() { &folder } else { place.path() };
            run(&mut shell(commands, at));
        }
        write(&step, &folder, ports);
        // The versions that all tests have.
        fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).expect("the versions");
        run(&mut cargo(&["build"], &folder));
        if step.files.contains_key("src/tests.rs") {
            run(&mut cargo(&["test"], &folder));
        }
        if step.files.contains_key("Dockerfile") {
            container::follow(&step, &folder, ports);
            continue;
        }
        let mut program = Command::new(target().join("debug/guest_book"));
        let _program = Running::start(program.current_dir(&folder), ports.app);
        let _proxy = step.files.contains_key("nginx.conf").then(|| {
            let mut nginx = Command::new("nginx");
            nginx.args(["-p", ".", "-c", "nginx.conf", "-e", "stderr"]);
            nginx.args(["-g", "daemon off; pid nginx.pid;"]).current_dir(&folder);
            Running::start(&mut nginx, ports.proxy)
        });
        ask(&step, &folder, ports);
        // A reader who is not root can have nginx write nowhere else.
        assert!(!step.files.contains_key("nginx.conf") || folder.join("tmp").is_dir());
    }
}
