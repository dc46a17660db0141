"""Prints what a Python package and all that it needs weigh: ours from `DIST`, the official SDKs from PyPI.

Downloaded: the wheels. Installed: as pip leaves it without compiled files.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
DIST = Path(os.environ.get("DIST", ROOT / "target" / "dist"))
PIP = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
PACKAGES = [
    ("brevo-native", str(next(DIST.glob("brevo_native-*.whl"), "make wheel"))),
    ("brevo-python", "brevo-python==5.1.0"),
    ("sib-api-v3-sdk", "sib-api-v3-sdk==7.6.0"),
]


def weigh(folder: Path) -> tuple[int, int]:
    """Bytes and number of all files."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return sum(path.stat().st_size for path in files), len(files)


def main() -> None:
    print("| with all that it needs | packages | downloaded, MB | installed, MB | files |")
    print("|---|--:|--:|--:|--:|")
    for name, requirement in PACKAGES:
        with tempfile.TemporaryDirectory() as folder:
            wheels, installed = Path(folder, "wheels"), Path(folder, "installed")
            subprocess.run([*PIP, "wheel", "--wheel-dir", wheels, requirement], check=True)
            downloaded, packages = weigh(wheels)
            offline = ["--no-index", "--no-compile", "--no-deps", "--target", installed]
            subprocess.run([*PIP, "install", *offline, *wheels.iterdir()], check=True)
            size, files = weigh(installed)
        print(f"| {name} | {packages} | {downloaded / 1e6:.1f} | {size / 1e6:.1f} | {files:,} |")


if __name__ == "__main__":
    main()
