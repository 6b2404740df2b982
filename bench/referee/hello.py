"""What the smallest program with a library costs to build."""

import os
import re
import shutil
import subprocess
import time

from process import Invalid
from servers import HERE

LIMIT = 600  # seconds for one build


def cargo(*arguments):
    command = ["cargo", *arguments, "--offline", "--manifest-path", HERE / "Cargo.toml"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT)
    if done.returncode:
        raise Invalid(f"cargo: {done.stderr.strip()[-200:]}")
    return done.stdout


def run_hello(name, options):
    which = ["-p", "hello", "--features", name]
    listing = cargo("tree", *which, "-e", "normal,build", "--prefix", "none", "--format", "{p}")
    crates = {re.sub(r" \(.*", "", line) for line in listing.splitlines() if line.strip()}
    folder = os.path.join(options.folder, "hello")
    try:
        begin = time.monotonic()
        which += ["--bin", f"hello-{name}", "--profile", "hello", "--target-dir", folder]
        cargo("build", *which)
        seconds = time.monotonic() - begin
        size = os.path.getsize(f"{folder}/hello/hello-{name}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    # The program itself is not one of its library's crates.
    return dict(crates=len(crates) - 1, build_s=seconds, kb=size / 1000)
