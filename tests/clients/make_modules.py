"""A folder that is a proxy for Go's modules, with two versions of one: `make_modules.py FOLDER`."""

import sys
from pathlib import Path
from zipfile import ZipFile

NAME = "bhrh.example/Tea"
# Go writes a capital as an exclamation mark and the small letter.
versions = Path(sys.argv[1]) / "bhrh.example/!tea/@v"
versions.mkdir(parents=True)
for version in ["v1.9.0", "v1.10.0"]:
    info = f'{{"Version":"{version}","Time":"2026-11-01T00:00:00Z"}}'
    (versions / f"{version}.info").write_text(info)
    (versions / f"{version}.mod").write_text(f"module {NAME}\n")
    with ZipFile(versions / f"{version}.zip", "w") as module:
        module.writestr(f"{NAME}@{version}/go.mod", f"module {NAME}\n")
        module.writestr(f"{NAME}@{version}/tea.go", f"package tea // {version}\n")
(versions / "list").write_text("v1.9.0\nv1.10.0\n")
