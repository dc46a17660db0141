"""Every example of the handwritten documentation, run as it stands against a sandbox of its own.

A block of C without a `main` is what stands in one: it finds a client, and an error that is NULL. A block behind
`<!-- runs with PACKAGE VERSION -->` is for an official SDK, which `tests/peers/install.sh` has installed.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from sandbox import ROOT, TARGET, sandbox

HERE = Path(__file__).resolve().parent
PEERS = ROOT / "tests" / "peers"
PAGES = [
    ROOT / "README.md",
    *sorted(page for page in (ROOT / "docs").rglob("*.md") if page.parent.name != "reference"),
    *sorted(ROOT.glob("bindings-*/README.md")),
]
BLOCK = re.compile(r"^(?:<!-- runs with ([^\n>]+) -->\n)?```(python|js|c)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXAMPLES = [
    pytest.param(official, language, code, id=f"{page.relative_to(ROOT)}-{language}-{i}")
    for page in PAGES
    for i, (official, language, code) in enumerate(BLOCK.findall(page.read_text(encoding="utf-8")))
]

# Where each official SDK is installed: what runs Python, or the package that Node is to find.
OFFICIAL: dict[str, Path] = {
    "sib-api-v3-sdk 7": PEERS / "python" / ".venv" / "bin" / "python",
    "brevo-python 5": PEERS / "python" / ".venv" / "bin" / "python",
    "@getbrevo/brevo 3": PEERS / "names" / "node_modules" / "brevo-3",
    "@getbrevo/brevo 6": PEERS / "node" / "node_modules" / "@getbrevo" / "brevo",
}

C_PROGRAM = """#include <stdio.h>
#include <brevo.h>

int main(void) {
    brevo_error *error = NULL;
    brevo_client *client = brevo_client_new(NULL, &error);
    int failed;
    {
        %s
    }
    failed = error != NULL;
    if (failed)
        fprintf(stderr, "%%s\\n", brevo_error_text(error));
    brevo_error_free(error);
    brevo_client_free(client);
    return failed;
}
"""


def command(official: str, language: str, code: str, folder: Path) -> list[str | Path]:
    if language == "python":
        (folder / "example.py").write_text(code, encoding="utf-8")
        if official:
            return [OFFICIAL[official], HERE / "official.py", folder / "example.py"]
        return [sys.executable, "-W", "error", folder / "example.py"]
    if language == "js":
        name = "@getbrevo/brevo" if official else "brevo-native"
        package = folder / "node_modules" / name
        package.parent.mkdir(parents=True)
        package.symlink_to(OFFICIAL[official] if official else ROOT / "bindings-node")
        (folder / "example.mjs").write_text(code, encoding="utf-8")
        return ["node", *(["--import", HERE / "official.mjs"] if official else []), folder / "example.mjs"]
    whole = code if "int main" in code else C_PROGRAM % code
    (folder / "example.c").write_text(whole, encoding="utf-8")
    flags = ["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", f"-I{ROOT / 'bindings-c' / 'include'}"]
    link = [f"-L{TARGET}", "-lbrevo", f"-Wl,-rpath,{TARGET}"]
    subprocess.run(["cc", *flags, folder / "example.c", "-o", folder / "example", *link], check=True)
    return [folder / "example"]


@pytest.mark.parametrize(("official", "language", "code"), EXAMPLES)
def test_example(official: str, language: str, code: str, tmp_path: Path) -> None:
    shutil.copy(ROOT / "demo" / "people.csv", tmp_path)
    with sandbox() as local:
        run = subprocess.run(
            command(official, language, code, tmp_path),
            env={**local.environment(), "PYTHONPATH": "" if official else str(ROOT / "bindings-python" / "python")},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
        )
        calls = local.calls()
    # Where a block of C looks at its error, the error may be the point of it.
    looks = language == "c" and "int main" not in code and "brevo_error_" in code
    assert run.returncode == 0 or (looks and run.returncode == 1), run.stdout + run.stderr
    # What official SDKs print on refusals shows that too; a call must have been good.
    if official:
        assert calls, run.stdout + run.stderr
        assert all(call["status"] < 400 for call in calls), f"{calls}\n{run.stdout}{run.stderr}"
