//! A directory to be served, and how its files are asked for.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bhrh::files::Files;
use bhrh::testing::{self, Response};

/// When all files of a tree were last changed: `Sun, 06 Nov 1994 08:49:37 GMT`.
pub(crate) const THEN: &str = "Sun, 06 Nov 1994 08:49:37 GMT";

/// A temporary directory: what is served is `served` in it.
pub(crate) struct Tree {
    outside: tempfile::TempDir,
}

impl Tree {
    /// With files of these names and contents, and `secret.txt` beside the directory.
    pub(crate) fn new(files: &[(&str, &str)]) -> Tree {
        let tree = Tree { outside: tempfile::tempdir().expect("a directory") };
        fs::create_dir(tree.path("")).expect("a directory");
        fs::write(tree.outside("secret.txt"), "what is outside").expect("a file");
        for (name, content) in files {
            tree.write(name, content.as_bytes());
        }
        tree
    }

    pub(crate) fn write(&self, name: &str, content: &[u8]) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        fs::write(&path, content).expect("a file");
        self.touch(name, UNIX_EPOCH + Duration::from_secs(784_111_777));
    }

    pub(crate) fn touch(&self, name: &str, modified: SystemTime) {
        let file = File::options().write(true).open(self.path(name)).expect("a file");
        file.set_modified(modified).expect("a time");
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.outside("served").join(name)
    }

    pub(crate) fn outside(&self, name: &str) -> PathBuf {
        self.outside.path().join(name)
    }

    pub(crate) fn directory(&self) -> &Path {
        self.outside.path()
    }

    pub(crate) fn files(&self) -> Files {
        Files::new(self.path(""))
    }
}

pub(crate) fn get(files: &Files, path: &str) -> Response {
    testing::get(files, path)
}

pub(crate) fn get_with(files: &Files, path: &str, fields: &[(&str, &str)]) -> Response {
    bhrh_tests::request(files, "GET", path, fields, b"")
}
