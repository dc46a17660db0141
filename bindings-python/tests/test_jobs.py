"""Jobs: several calls behind one method, with progress."""

from __future__ import annotations

import asyncio
import os
import pathlib
import signal
import threading
import time
from typing import Any

import pytest

from brevo_native import (
    AsyncBrevo,
    Brevo,
    BrevoError,
    BrevoFileError,
    ConfigurationError,
    InvalidArgumentError,
    Progress,
)
from conftest import KEY, Request, Server, reply


def after(asked: int) -> Any:
    """A process that has ended when it has been asked for so many times."""
    count = 0

    def answer(request: Request) -> bytes:
        nonlocal count
        count += 1
        return reply(200, {"id": 7, "status": "completed" if count >= asked else "in_process"})

    return answer


def test_progress_is_told(server: Server, client: Brevo) -> None:
    server.answer = after(2)
    told: list[Progress] = []
    got = client.process.wait_for_process(process_id=7, progress=told.append)
    assert (got.id, got.status) == (7, "completed")
    assert [(each.stage, each.done, each.total) for each in told] == [("wait", 1, None), ("wait", 2, None)]
    assert repr(told[0]) == "Progress(stage='wait', done=1, total=None)"


def test_progress_is_printed(server: Server, client: Brevo, capsys: pytest.CaptureFixture[str]) -> None:
    server.answer = after(1)
    client.process.wait_for_process(process_id=7, progress=True)
    assert capsys.readouterr().err == "wait: 1\n"
    client.process.wait_for_process(process_id=7, progress=False)
    client.process.wait_for_process(process_id=7)
    assert capsys.readouterr().err == ""


def test_what_the_callback_raises_ends_the_job(server: Server, client: Brevo) -> None:
    server.answer = after(100)

    def broken(progress: Progress) -> None:
        raise RuntimeError("mine")

    begin = time.monotonic()
    with pytest.raises(RuntimeError, match="mine"):
        client.process.wait_for_process(process_id=7, progress=broken)
    assert time.monotonic() - begin < 3


def test_a_call_from_within_the_callback_is_refused(server: Server, client: Brevo) -> None:
    server.answer = after(100)
    with pytest.raises(ConfigurationError, match="progress callback"):
        client.process.wait_for_process(process_id=7, progress=lambda _: client.account.get_account())


def test_ctrl_c_between_calls(server: Server, client: Brevo) -> None:
    server.answer = after(100)
    threading.Timer(0.7, os.kill, (os.getpid(), signal.SIGINT)).start()
    begin = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        client.process.wait_for_process(process_id=7)
    assert time.monotonic() - begin < 3


def test_a_job_that_fails(server: Server, client: Brevo) -> None:
    server.answer = lambda request: reply(200, {"id": 7, "status": "failed", "error": "mine"})
    with pytest.raises(BrevoError, match="failed") as caught:
        client.process.wait_for_process(process_id=7)
    assert caught.value.operation == "process.wait_for_process"


def test_arguments_of_jobs_are_checked(client: Brevo, tmp_path: pathlib.Path) -> None:
    with pytest.raises(InvalidArgumentError, match="did you mean `timeout`"):
        client.process.wait_for_process(process_id=7, timout=1)  # type: ignore[call-arg]
    with pytest.raises(InvalidArgumentError, match="did you mean `path`"):
        client.contacts.import_file(pathh="people.csv")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="keyword arguments only"):
        client.process.wait_for_process(7)  # type: ignore[call-arg]
    with pytest.raises(BrevoFileError):
        client.contacts.import_file(path=str(tmp_path / "nowhere.csv"), list_ids=[1])
    with pytest.raises(InvalidArgumentError, match="no raw reply"):
        client.process.wait_for_process.raw(process_id=7)  # type: ignore[attr-defined]
    with pytest.raises(InvalidArgumentError, match="gives no rows"):
        client.process.wait_for_process.iter(process_id=7)  # type: ignore[attr-defined]


def test_broken_rows_are_told_and_kept(server: Server, client: Brevo, tmp_path: pathlib.Path) -> None:
    def answer(request: Request) -> bytes:
        if request.target.endswith("/contacts/attributes"):
            return reply(200, {"attributes": [{"name": "FIRSTNAME", "category": "normal", "type": "text"}]})
        return reply(202, {"processId": 7}) if request.method == "POST" else after(1)(request)

    server.answer = answer
    people, rejects = tmp_path / "people.csv", tmp_path / "rejects.csv"
    people.write_text(
        'EMAIL,FIRSTNAME\nada@example.com,Ada\nbob@example.com,"Bob\ncy@example.com\ndi@example.com,Di\n',
        encoding="utf-8",
    )
    done = client.contacts.import_file(path=people, list_ids=[2], rejects_path=str(rejects))
    assert (done.rows, done.imported, done.rejected) == (4, 2, 2)
    told = [(each.line, each.reason) for each in done.rejects]
    assert told == [(3, "a quote is opened and never closed"), (4, "fields are missing")]
    assert rejects.read_text(encoding="utf-8").splitlines()[1:] == [
        '3,a quote is opened and never closed,"bob@example.com,""Bob"',
        "4,fields are missing,cy@example.com",
    ]
    sent = next(request for request in server.requests if request.method == "POST").json()
    assert [each["email"] for each in sent["jsonBody"]] == ["ada@example.com", "di@example.com"]


def test_async_jobs(server: Server) -> None:
    async def work() -> None:
        client = AsyncBrevo(KEY, base_url=server.url, pacing=False)
        server.answer = after(2)
        told: list[tuple[int, int]] = []
        thread = threading.get_ident()
        got = await client.process.wait_for_process(
            process_id=7, progress=lambda progress: told.append((progress.done, threading.get_ident()))
        )
        assert got.status == "completed"
        assert told == [(1, thread), (2, thread)]

        def broken(progress: Progress) -> None:
            raise RuntimeError("mine")

        server.answer = after(100)
        with pytest.raises(RuntimeError, match="mine"):
            await client.process.wait_for_process(process_id=7, progress=broken)
        asked = len(server.requests)
        await asyncio.sleep(1)
        assert len(server.requests) == asked, "the job itself has ended"

    asyncio.run(work())
