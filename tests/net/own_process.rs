//! Running a test in a process of its own: limits of the system are a process's, and so is what
//! is counted of it.

use std::process::{Command, Stdio};

/// Set in the process that is to run the test.
const ROLE: &str = "BHRH_TEST_ALONE";

/// Runs this program's test of this name once more, in a process for which a shell has first
/// done this, and there runs `test`. What it prints is shown if it fails.
pub(crate) fn in_a_process_of_its_own(name: &str, prepare: &str, test: impl FnOnce()) {
    if std::env::var_os(ROLE).is_some() {
        return test();
    }
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("{prepare} && exec \"$0\" \"$@\""));
    command.arg(std::env::current_exe().expect("a path")).args(["--exact", name, "--nocapture"]);
    let output = command.env(ROLE, "1").stdin(Stdio::null()).output().expect("sh");
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into());
    let said: [String; 2] = said;
    assert!(output.status.success(), "{}\n{}", said[0], said[1]);
    assert!(said[0].contains("1 passed"), "no such test: {name}");
}
