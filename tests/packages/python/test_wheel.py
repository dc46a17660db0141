"""The release wheel, installed into a fresh environment of every CPython of this machine, with neither a compiler nor
a network, and used there against a sandbox.

`DIST` names the folder with the wheel, `target/dist` by default.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from sandbox import ROOT, sandbox

HERE = Path(__file__).resolve().parent
DIST = Path(os.environ.get("DIST", ROOT / "target" / "dist"))
ABOUT = """
import json, sys, sysconfig
print(json.dumps([sys.implementation.name, sys.version_info[:3], sys.base_prefix, sys.executable,
                  bool(sysconfig.get_config_var("Py_GIL_DISABLED"))]))
"""


def interpreters() -> dict[str, str]:
    """Every CPython from 3.10 on: on the PATH, and those of pyenv. An abi3 wheel is not for those without the GIL."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    folders = [Path(folder) for folder in os.get_exec_path()] + list(pyenv.glob("versions/*/bin"))
    named = [path for folder in folders for path in sorted(folder.glob("python3.[0-9]*")) if path.name[8:].isdigit()]
    candidates = [sys.executable, *map(str, named)]
    found: dict[str, str] = {}
    for candidate in candidates:
        asked = subprocess.run([candidate, "-c", ABOUT], capture_output=True, text=True, check=False)
        if asked.returncode != 0:  # a shim of pyenv for a version that is not chosen
            continue
        name, version, prefix, executable, free_threaded = json.loads(asked.stdout)
        if name == "cpython" and tuple(version) >= (3, 10) and not free_threaded:
            number = ".".join(map(str, version))
            found.setdefault(f"{number} of {prefix}", executable)
    return found


INTERPRETERS = interpreters()


@pytest.fixture(scope="session")
def wheel() -> Path:
    wheels = list(DIST.glob("brevo_native-*.whl"))
    assert len(wheels) == 1, f"one wheel is needed in {DIST}: make wheel"
    return wheels[0]


def test_one_wheel_for_all(wheel: Path) -> None:
    assert re.search(r"-cp310-abi3-manylinux2014_(x86_64|aarch64)\.manylinux_2_17_\1\.whl$", wheel.name)
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        binaries = [name for name in names if name.endswith(".so")]
        assert binaries == ["brevo_native/_brevo_native.abi3.so"]
        assert {"brevo_native/py.typed", "brevo_native/types.pyi"} <= set(names)
        assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
        assert not [name for name in names if "test" in name or name.endswith(".pyc")]


def test_old_glibc_is_enough(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        library = archive.extract("brevo_native/_brevo_native.abi3.so", tmp_path)
    told = subprocess.run(["readelf", "--wide", "--version-info", library], capture_output=True, text=True, check=True)
    versions = {tuple(map(int, found.split("."))) for found in re.findall(r"\bGLIBC_(\d+(?:\.\d+)+)\b", told.stdout)}
    assert versions, told.stdout
    assert max(versions) <= (2, 17)
    needed = subprocess.run(["readelf", "--wide", "--dynamic", library], capture_output=True, text=True, check=True)
    libraries = set(re.findall(r"NEEDED.*\[(.*)\]", needed.stdout))
    allowed = r"lib(c|m|dl|rt|pthread|gcc_s)\.so\.\d|ld-linux-.*"
    assert not [name for name in libraries if not re.fullmatch(allowed, name)], libraries


def test_stable_abi_only(wheel: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "abi3audit", "--strict", "--assume-minimum-abi3", "3.10", wheel],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_several_interpreters_are_here() -> None:
    assert INTERPRETERS, "no CPython from 3.10 on"


@pytest.mark.parametrize("interpreter", INTERPRETERS.values(), ids=INTERPRETERS.keys())
def test_installed_and_used(wheel: Path, interpreter: str, tmp_path: Path) -> None:
    place = tmp_path / "place"
    # Its own pip would be another three seconds for each; the one that runs here installs into any environment.
    subprocess.run([interpreter, "-m", "venv", "--without-pip", place], check=True)
    python = place / "bin" / "python"
    bare = {"PATH": str(tmp_path), "HOME": str(tmp_path), "LANG": "C.UTF-8"}
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python]
    subprocess.run(
        [*pip, "install", "--quiet", "--no-index", "--no-cache-dir", "--only-binary", ":all:", wheel],
        env=bare,
        check=True,
    )
    subprocess.run([*pip, "check"], env=bare, check=True, stdout=subprocess.DEVNULL)
    with sandbox() as local:
        settings = {name: value for name, value in local.environment().items() if name.startswith("BREVO_")}
        ended = subprocess.run(
            [python, "-I", "-W", "error", HERE / "smoke.py"],
            env={**bare, **settings},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        print(ended.stdout.strip())
        with urllib.request.urlopen(f"{local.url}/_sandbox/mails") as reply:
            (mail,) = json.load(reply)["mails"]
    files = [(file["name"], file["size"]) for file in mail["attachments"]]
    assert files == [("invoice.pdf", 8), ("invoice.pdf", 8), ("terms.txt", 5), ("a.txt", 1)]
