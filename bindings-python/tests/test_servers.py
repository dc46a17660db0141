"""Programs that fork before they serve: a client made and used before the fork works in every worker."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from brevo_native import NotFoundError
from conftest import KEY, Request, Server, reply

WEB = """
import json, os
from brevo_native import Brevo

brevo = Brevo()
brevo.account.get_account()  # before the fork: connections are open
next(brevo.contacts.get_contacts.iter())

def application(environ, start_response):
    account = brevo.account.get_account()
    contacts = sum(1 for _ in brevo.contacts.get_contacts.iter())
    start_response("200 OK", [("content-type", "application/json")])
    return [json.dumps([os.getpid(), account.email, contacts]).encode()]
"""

TASKS = """
import os
from brevo_native import Brevo
from celery import Celery

brevo = Brevo()
brevo.account.get_account()
folder = os.environ["CELERY_FOLDER"]
app = Celery("tasks", broker="filesystem://", backend=f"file://{folder}")
app.conf.broker_transport_options = {
    "data_folder_in": folder, "data_folder_out": folder, "control_folder": folder,
}
app.conf.update(task_serializer="pickle", result_serializer="pickle", accept_content=["pickle"])

@app.task
def account():
    return os.getpid(), brevo.account.get_account().email

@app.task
def contact():
    return brevo.contacts.get_contact_info(identifier="nobody@example.com")
"""


def answer(request: Request) -> bytes:
    if "/contacts/" in request.target:
        return reply(404, {"code": "document_not_found", "message": "Nobody"})
    if "/contacts" in request.target:
        first = 1000 if "offset" in request.target else 0
        return reply(200, {"contacts": [{"id": n} for n in range(first, min(first + 1000, 1003))]})
    return reply(200, {"email": "ada@example.com"})


@contextmanager
def running(folder: Path, server: Server, *command: str, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    package = Path(__file__).parents[1] / "python"
    settings = {"BREVO_API_KEY": KEY, "BREVO_API_URL": server.url, "PYTHONPATH": f"{package}:{folder}"}
    server.answer = answer
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=folder,
            env={**os.environ, **settings, **more},
            stdout=output,
            stderr=output,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        print((folder / "output").read_text())


class Local(http.client.HTTPConnection):
    """HTTP over a socket of this machine's own."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=30)
        self.path = str(path)

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(30)
        self.sock.connect(self.path)


@pytest.mark.parametrize("worker", ["sync", "gthread"])
def test_gunicorn(server: Server, tmp_path: Path, worker: str) -> None:
    pytest.importorskip("gunicorn")
    (tmp_path / "web.py").write_text(WEB)
    listen = tmp_path / "listen"
    options = [
        "--preload",
        "--workers",
        "3",
        "--worker-class",
        worker,
        "--threads",
        "2",
        "--no-control-socket",
    ]
    with running(
        tmp_path, server, "gunicorn", "web:application", *options, "--bind", f"unix:{listen}"
    ) as master:
        deadline = time.monotonic() + 30
        while not listen.exists():
            assert master.poll() is None, (tmp_path / "output").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        workers: set[int] = set()
        while len(workers) < 2 and time.monotonic() < deadline:
            connection = Local(listen)
            connection.request("GET", "/")
            worker_id, email, contacts = json.load(connection.getresponse())
            assert (email, contacts) == ("ada@example.com", 1003)
            workers.add(worker_id)
        assert len(workers) >= 2
        assert master.pid not in workers


def test_celery(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("celery")
    (tmp_path / "tasks.py").write_text(TASKS)
    (tmp_path / "messages").mkdir()
    for name, value in {
        "BREVO_API_KEY": KEY,
        "BREVO_API_URL": server.url,
        "CELERY_FOLDER": str(tmp_path / "messages"),
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.syspath_prepend(str(tmp_path))
    pool = ["--pool", "prefork", "--concurrency", "2", "--without-mingle", "--without-gossip"]
    with running(tmp_path, server, "celery", "-A", "tasks", "worker", *pool, C_FORCE_ROOT="1") as worker:
        import tasks  # type: ignore[import-not-found]

        sent = [tasks.account.delay() for _ in range(6)]
        got = [each.get(timeout=40) for each in sent]
        assert {email for _, email in got} == {"ada@example.com"}
        assert worker.pid not in {process for process, _ in got}
        with pytest.raises(NotFoundError, match="Nobody") as caught:
            tasks.contact.delay().get(timeout=40)
        assert (caught.value.status, caught.value.code) == (404, "document_not_found")
