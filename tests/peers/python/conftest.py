"""A sandbox of its own for the session, and what the tests need to know about it."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
import urllib.request
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pydantic
import pytest

ROOT = Path(__file__).resolve().parents[3]


class Sandbox:
    """A running sandbox and its own addresses under /_sandbox."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.api = f"{url}/v3"
        self.key: str = self.post("keys", {"name": "strangers"})["key"]

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(f"{self.url}/_sandbox/{path}", timeout=60) as reply:
            return json.load(reply)

    def post(self, path: str, body: object) -> Any:
        request = urllib.request.Request(
            f"{self.url}/_sandbox/{path}",
            json.dumps(body).encode(),
            {"content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=120) as reply:
            text = reply.read()
        return json.loads(text) if text else None

    def advance(self, **span: float) -> None:
        seconds = {"minutes": 60, "hours": 3600, "days": 86400}
        self.post("clock", {"advance": sum(seconds[unit] * value for unit, value in span.items())})

    def now(self) -> float:
        """Seconds since the epoch by the sandbox's clock."""
        return datetime.fromisoformat(self.get("clock")["now"].replace("Z", "+00:00")).timestamp()

    def mails(self, email: str) -> list[dict[str, Any]]:
        """Mails to an address, the last one first, without their bodies."""
        return self.get(f"mails?email={quote(email)}")["mails"]

    def mail(self, email: str) -> dict[str, Any]:
        """The last mail to an address, with its body."""
        return self.get(f"mails/{self.mails(email)[0]['uuid']}")


@pytest.fixture(scope="session")
def sandbox():
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    binary = os.environ.get("BREVO_SANDBOX", target / "debug" / "brevo-sandbox")
    process = subprocess.Popen([binary, "serve", "--port", "0", "--seed", "7"], stdout=subprocess.PIPE, text=True)
    try:
        first = process.stdout.readline().split()
        assert first[:1] == ["API"], f"the sandbox did not start: {first}"
        # What it prints later must not fill the pipe.
        threading.Thread(target=process.stdout.read, daemon=True).start()
        yield Sandbox(first[1].removesuffix("/v3"))
    finally:
        process.terminate()
        process.wait(10)


class Wire:
    """Watches what comes over the wire beneath the official SDK.

    The SDK builds its objects without checking them, so a missing or wrong field would pass unseen.
    Calling a method through `wire(method, ...)` lets the SDK's own pydantic model of the reply
    check the JSON that really came, and refuses made-up ("canned") replies.
    """

    def __init__(self) -> None:
        self.last: httpx.Response | None = None
        self.http = httpx.Client(event_hooks={"response": [self._seen]}, timeout=60)

    def _seen(self, response: httpx.Response) -> None:
        response.read()
        self.last = response

    def __call__(self, method: Any, *args: Any, **named: Any) -> Any:
        reply = method(*args, **named)
        call = f"{self.last.request.method} {self.last.request.url.path}"
        assert "x-brevo-sandbox" not in self.last.headers, f"{call} answered from its schema only"
        if isinstance(reply, pydantic.BaseModel):
            try:
                type(reply).model_validate_json(self.last.content)
            except pydantic.ValidationError as error:
                pytest.fail(f"{call}: the SDK's model refuses the reply\n{error}\n{self.last.text[:2000]}")
        else:
            assert self.last.content == b"", f"{call}: the SDK expects no body, got {self.last.text[:200]}"
        return reply


@pytest.fixture(scope="session")
def wire():
    watcher = Wire()
    yield watcher
    watcher.http.close()


@pytest.fixture(scope="session")
def brevo(sandbox: Sandbox, wire: Wire):
    from brevo import Brevo

    return Brevo(api_key=sandbox.key, base_url=sandbox.api, httpx_client=wire.http)


@pytest.fixture(scope="session")
def finished(brevo: Any, wire: Wire):
    """Waits for a background process, as a user of the SDK would."""

    def wait(process_id: int) -> Any:
        for _ in range(100):
            process = wire(brevo.process.get_process, process_id)
            if process.status in ("completed", "failed", "cancelled"):
                assert process.status == "completed", process
                return process
            time.sleep(0.1)
        pytest.fail(f"process {process_id} did not end: {process}")

    return wait


@pytest.fixture
def receiver():
    """A small server that keeps what is posted to it."""
    posts: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            posts.append({"path": self.path, "headers": dict(self.headers), "body": body})
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        # The sandbox delivers many at once.
        request_queue_size = 1024

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.posts = posts
    server.url = f"http://127.0.0.1:{server.server_port}"
    yield server
    server.shutdown()
    server.server_close()


def text_of(url: str) -> str:
    with urllib.request.urlopen(url, timeout=60) as reply:
        return reply.read().decode("utf-8-sig")
