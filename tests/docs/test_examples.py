"""Every example of the handwritten documentation, run as it stands against a sandbox of its own."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from sandbox import ROOT, TARGET, sandbox

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted(ROOT.glob("bindings-*/README.md"))]
BLOCK = re.compile(r"^```(python|js|c)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXAMPLES = [
    pytest.param(language, code, id=f"{page.relative_to(ROOT)}-{language}-{i}")
    for page in PAGES
    for i, (language, code) in enumerate(BLOCK.findall(page.read_text(encoding="utf-8")))
]


def command(language: str, code: str, folder: Path) -> list[str | Path]:
    if language == "python":
        (folder / "example.py").write_text(code, encoding="utf-8")
        return [sys.executable, "-W", "error", folder / "example.py"]
    if language == "js":
        (folder / "node_modules").mkdir()
        (folder / "node_modules" / "brevo-native").symlink_to(ROOT / "bindings-node")
        (folder / "example.mjs").write_text(code, encoding="utf-8")
        return ["node", folder / "example.mjs"]
    (folder / "example.c").write_text(code, encoding="utf-8")
    flags = ["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", f"-I{ROOT / 'bindings-c' / 'include'}"]
    link = [f"-L{TARGET}", "-lbrevo", f"-Wl,-rpath,{TARGET}"]
    subprocess.run(["cc", *flags, folder / "example.c", "-o", folder / "example", *link], check=True)
    return [folder / "example"]


@pytest.mark.parametrize(("language", "code"), EXAMPLES)
def test_example(language: str, code: str, tmp_path: Path) -> None:
    shutil.copy(ROOT / "demo" / "people.csv", tmp_path)
    with sandbox() as local:
        run = subprocess.run(
            command(language, code, tmp_path),
            env={**local.environment(), "PYTHONPATH": str(ROOT / "bindings-python" / "python")},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert run.returncode == 0, run.stdout + run.stderr
