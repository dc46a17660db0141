"""The conformance cases through Python: sync, async and raw. The recording server judges the requests, and
of the cases of behaviour the outcomes too (`tests/conformance/README.md`).
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import subprocess
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from brevo_native import AsyncBrevo, Brevo, BrevoError

ROOT = Path(__file__).resolve().parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
KEY = "xkeysib-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef-CONFORMANCE12345"

CASES: dict[str, dict[str, Any]] = {
    f"{path.stem}:{i}": case
    for path in sorted((ROOT / "tests" / "conformance").glob("*.json"))
    for i, case in enumerate(json.loads(path.read_text(encoding="utf-8"))["cases"])
}


@contextmanager
def recorder(language: str) -> Iterator[str]:
    with subprocess.Popen(
        [TARGET / "debug" / "recorder", language], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
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


def ask(address: str, what: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(f"{address}/_{what}", data) as reply:
        return json.load(reply)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_case_sync() -> None:
    with recorder("python") as address:
        with Brevo(KEY, base_url=address, pacing=False) as brevo:
            for name, case in CASES.items():
                call = method(brevo, case)
                check(name, case, call(**arguments(case), options={"headers": {"x-case": name}}))
                raw = call.raw(**arguments(case), options={"headers": {"x-case": name}})
                assert raw.status == case["reply"]["status"], name
        seen = ask(address, "report")
    assert seen["missing"] == []
    assert seen["operations"] == 293


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_case_async() -> None:
    async def run(address: str) -> None:
        async with AsyncBrevo(KEY, base_url=address, pacing=False) as brevo:

            async def one(name: str, case: dict[str, Any]) -> None:
                call = method(brevo, case)
                check(name, case, await call(**arguments(case), options={"headers": {"x-case": name}}))

            await asyncio.gather(*(one(name, case) for name, case in CASES.items()))

    with recorder("asyncio") as address:
        asyncio.run(run(address))
        assert ask(address, "report")["missing"] == []


class Behaviour:
    """What a caller does for one case, and what becomes of it."""

    def __init__(self, case: dict[str, Any], clients: dict[str, Any], make: Callable[..., Any]) -> None:
        self.case = case
        self.clients = clients
        self.make = make
        self.lists = case["how"] in {"iter", "rows"}
        self.outcome: dict[str, Any] = {}
        self.entries: list[Any] = []

    def client(self) -> Any:
        settings = self.case["settings"]
        key = json.dumps(settings)
        if key not in self.clients:
            self.clients[key] = self.make(**python_values(settings))
        return self.clients[key]

    def begin(self) -> Any:
        """The call itself: a value, something to await, or an iterator."""
        client = self.client()
        how = self.case["how"]
        if how == "client":
            return None
        resource, name = self.case["operation"].split(".")
        call = getattr(getattr(client, resource), name)
        if how in {"job", "rows"}:
            given = python_values(self.case["arguments"])
            if self.case["rows"] is not None:
                rows = python_values(self.case["rows"])
                given["source"] = one_by_one(rows) if self.make is AsyncBrevo else iter(rows)
            return call.iter(**given) if how == "rows" else call(**given)
        call = {"call": call, "raw": call.raw, "iter": call.iter}[how]
        return call(**python_values(self.case["arguments"]), options=python_values(self.case["options"]))

    def end(self, value: Any) -> None:
        how = self.case["how"]
        if self.lists:
            value = self.entries
        elif how == "raw":
            body = json_values(value.body if self.case["bytes"] else value.json())
            value = {
                "status": value.status,
                "headers": value.headers,
                "attempts": value.attempts,
                "body": body,
            }
        self.outcome["gives"] = json.dumps(json_values(value))

    def fail(self, error: BaseException) -> None:
        if isinstance(error, BrevoError):
            facts = {name: value for name, value in vars(error).items() if name != "body"}
            self.outcome["fails"] = {
                **facts,
                "text": str(error),
                "body": error.body.decode("utf-8", "replace"),
            }
            if self.lists:
                self.outcome["gives"] = json.dumps(json_values(self.entries))
        else:
            self.outcome["raises"] = type(error).__name__

    def full(self) -> bool:
        return len(self.entries) == int(self.case["take"] or -1)

    def run(self) -> None:
        try:
            value = self.begin()
            if self.lists:
                for entry in value:
                    self.entries.append(entry)
                    if self.full():
                        break
            self.end(value)
        except Exception as error:
            self.fail(error)

    async def arun(self) -> None:
        try:
            value = self.begin()
            if self.lists:
                try:
                    async for entry in value:
                        self.entries.append(entry)
                        if self.full():
                            break
                finally:
                    await value.aclose()
            elif value is not None:
                value = await value
            self.end(value)
        except Exception as error:
            self.fail(error)


async def one_by_one(rows: list[Any]) -> AsyncIterator[Any]:
    for row in rows:
        await asyncio.sleep(0)
        yield row


def python_values(value: Any) -> Any:
    """Arguments as a caller writes them; JSON cannot hold some of them."""
    match value:
        case {"$integer": digits}:
            return int(digits)
        case {"$float": digits}:
            return float(digits)
        case {"$utf16": units}:
            return "".join(chr(int(unit, 16)) for unit in units.split())
        case {"$bytes": content}:
            return base64.b64decode(content)
        case {"$nested": {"levels": levels, "of": of, "holds": inner}}:
            for _ in range(levels):
                inner = {"a": inner} if of == "object" else [inner]
            return inner
        case dict():
            return {key: python_values(item) for key, item in value.items()}
        case list():
            return [python_values(item) for item in value]
    return value


def json_values(value: Any) -> Any:
    """A result as JSON."""
    match value:
        case bool():
            return value
        case int() if abs(value) > 2**53:
            return {"$integer": str(value)}
        case bytes():
            return {"$bytes": base64.b64encode(value).decode()}
        case dict():
            return {key: json_values(item) for key, item in value.items()}
        case list():
            return [json_values(item) for item in value]
    return value


def judge(address: str, behaviours: list[Behaviour]) -> None:
    report = ask(address, "outcomes", {one.case["name"]: one.outcome for one in behaviours})
    assert report["cases"] == len(behaviours) > 0
    assert not report["wrong"], "\n".join(report["wrong"])


def test_every_behaviour_sync() -> None:
    with recorder("python") as address:
        clients: dict[str, Brevo] = {}
        behaviours = [Behaviour(case, clients, Brevo) for case in ask(address, "behaviours")]
        for one in behaviours:
            one.run()
        judge(address, behaviours)


def test_every_behaviour_async() -> None:
    async def run(behaviours: list[Behaviour]) -> None:
        # Few at a time, so that no call's timeout ends while others are begun.
        waiting = iter(behaviours)

        async def some() -> None:
            for one in waiting:
                await one.arun()

        await asyncio.gather(*(some() for _ in range(16)))

    with recorder("asyncio") as address:
        clients: dict[str, AsyncBrevo] = {}
        behaviours = [Behaviour(case, clients, AsyncBrevo) for case in ask(address, "behaviours")]
        asyncio.run(run(behaviours))
        judge(address, behaviours)
