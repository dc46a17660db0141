"""Starts a sandbox for a test."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug"


class Sandbox:
    """A sandbox that runs."""

    def __init__(self, url: str, process: subprocess.Popen[str]) -> None:
        self.url, self.process = url, process

    def post(self, path: str, body: object, key: str | None = None) -> Any:
        """Posts JSON to an address of the sandbox's own, or with a key of the API."""
        headers = {"content-type": "application/json"} | ({"api-key": key} if key else {})
        request = urllib.request.Request(self.url + path, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request) as reply:
            return json.loads(reply.read() or "null")

    def calls(self) -> list[Any]:
        """The last calls of the API: method, path, status and more."""
        with urllib.request.urlopen(f"{self.url}/_sandbox/requests") as reply:
            return list(json.load(reply)["requests"])

    def environment(self) -> dict[str, str]:
        """What a program needs to use this sandbox with a key of its own."""
        key = self.post("/_sandbox/keys", {"name": "test"})["key"]
        return {**os.environ, "BREVO_API_URL": f"{self.url}/v3", "BREVO_API_KEY": key}


@contextmanager
def sandbox(*options: str, program: Path = TARGET / "brevo-sandbox", before: Sequence[str] = ()) -> Iterator[Sandbox]:
    """A sandbox on a free port; in memory, if the options do not say otherwise."""
    command = [*before, program, "serve", "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            lines = iter(process.stdout.readline, "")
            url = next(line.split()[1] for line in lines if line.startswith("Dashboard"))
            yield Sandbox(url.rstrip("/"), process)
        finally:
            process.terminate()
