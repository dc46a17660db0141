"""A small server in the test's own process, whose answers each test lays down."""

from __future__ import annotations

import json
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from brevo_native import Brevo

KEY = "xkeysib-" + "0123456789abcdef" * 4 + "-" + "AbCdEfGhIjKlMnOp"


@dataclass
class Request:
    """What the server received."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    connection: socket.socket = field(repr=False)

    def json(self) -> Any:
        return json.loads(self.body)


def reply(status: int = 200, body: bytes | str | Any = b"", **headers: str) -> bytes:
    """An answer as it goes over the wire."""
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
        headers.setdefault("content_type", "application/json")
    lines = [f"HTTP/1.1 {status} X", f"content-length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


Answer = Callable[[Request], "bytes | None"]


@dataclass
class Server:
    """Answers every request by `answer`; an answer of `None` closes the connection without a word."""

    answer: Answer = field(default=lambda request: reply(200, {}))
    requests: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/v3"
        self.connections: list[socket.socket] = []
        self.stopped = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self) -> None:
        self.stopped.set()
        for one in [self.listener, *self.connections]:
            one.close()

    def _accept(self) -> None:
        while not self.stopped.is_set():
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream:
            try:
                while line := stream.readline():
                    method, target, _ = line.decode().split(" ", 2)
                    headers = {}
                    while (line := stream.readline().strip()) != b"":
                        name, _, value = line.decode().partition(":")
                        headers[name.lower()] = value.strip()
                    body = stream.read(int(headers.get("content-length", 0)))
                    request = Request(method, target, headers, body, connection)
                    self.requests.append(request)
                    answer = self.answer(request)
                    if answer is None:
                        return
                    connection.sendall(answer)
            except OSError:
                return


@pytest.fixture(scope="session", autouse=True)
def _interruptible() -> None:
    """A shell starts background jobs deaf to SIGINT, and Python then leaves it so."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("API_KEY", "API_KEY_FILE", "API_URL", "CLIENT_ID", "CLIENT_SECRET", "PARTNER_KEY", "KEYRING")
    for name in names:
        monkeypatch.delenv(f"BREVO_{name}", raising=False)


@pytest.fixture
def client(server: Server) -> Iterator[Brevo]:
    with Brevo(KEY, base_url=server.url, pacing=False) as client:
        yield client
