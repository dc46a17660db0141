"""The conformance cases through Python: sync, async and raw. The recording server judges the requests."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from brevo_native import AsyncBrevo, Brevo

ROOT = Path(__file__).resolve().parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
KEY = "xkeysib-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef-CONFORMANCE12345"

CASES: dict[str, dict[str, Any]] = {
    f"{path.stem}:{i}": case
    for path in sorted((ROOT / "tests" / "conformance").glob("*.json"))
    for i, case in enumerate(json.loads(path.read_text(encoding="utf-8"))["cases"])
}


@pytest.fixture
def recorder() -> Iterator[str]:
    with subprocess.Popen(
        [TARGET / "debug" / "recorder"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


def method(client: Any, case: dict[str, Any]) -> Any:
    resource, name = case["operation"].split(".")
    return getattr(getattr(client, resource), name)


def arguments(case: dict[str, Any]) -> dict[str, Any]:
    files = {
        name: {"name": file["name"], "content": base64.b64decode(file["content"])}
        for name, file in case["files"].items()
    }
    return {**case["arguments"], **files}


def check(name: str, case: dict[str, Any], got: Any) -> None:
    expected = case["result"]
    if isinstance(expected, dict) and set(expected) == {"base64"}:
        expected = base64.b64decode(expected["base64"])
    assert got == expected, name


def report(address: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{address}/_report") as reply:
        return dict(json.load(reply))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_case_sync(recorder: str) -> None:
    with Brevo(KEY, base_url=recorder, pacing=False) as brevo:
        for name, case in CASES.items():
            call = method(brevo, case)
            check(name, case, call(**arguments(case), options={"headers": {"x-case": name}}))
            raw = call.raw(**arguments(case), options={"headers": {"x-case": name}})
            assert raw.status == case["reply"]["status"], name
    seen = report(recorder)
    assert seen["missing"] == []
    assert seen["operations"] == 293


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_case_async(recorder: str) -> None:
    async def run() -> None:
        async with AsyncBrevo(KEY, base_url=recorder, pacing=False) as brevo:

            async def one(name: str, case: dict[str, Any]) -> None:
                call = method(brevo, case)
                check(name, case, await call(**arguments(case), options={"headers": {"x-case": name}}))

            await asyncio.gather(*(one(name, case) for name, case in CASES.items()))

    asyncio.run(run())
    assert report(recorder)["missing"] == []
