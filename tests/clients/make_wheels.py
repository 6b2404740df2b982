"""Three versions of a package that has nothing in it: `make_wheels.py FOLDER`."""

import sys
from pathlib import Path
from zipfile import ZipFile

for version in ["1.2", "1.9", "1.10"]:
    with ZipFile(Path(sys.argv[1]) / f"bhrh_tea-{version}-py3-none-any.whl", "w") as wheel:
        info = f"bhrh_tea-{version}.dist-info"
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: bhrh-tea\nVersion: {version}\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: a test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
