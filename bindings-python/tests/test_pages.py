"""Reading whole listings, page after page: with threads, asyncio and trio."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any

import pytest

from brevo_native import AsyncBrevo, Brevo, BrevoConnectionError, InvalidArgumentError, NotFoundError
from conftest import KEY, Request, Server, reply
from test_waiting import in_child


def paged(total: int, claimed: int | None = None) -> Callable[[Request], bytes]:
    """A listing of so many contacts whose replies claim another number."""

    def answer(request: Request) -> bytes:
        query = dict(pair.split("=") for pair in request.target.partition("?")[2].split("&"))
        first, size = int(query.get("offset", 0)), int(query["limit"])
        body: dict[str, Any] = {"contacts": [{"id": n} for n in range(first, min(total, first + size))]}
        if claimed is not None:
            body["count"] = claimed
        return reply(200, body)

    return answer


def read_by_threads(server: Server) -> list[int]:
    with Brevo(KEY, base_url=server.url, pacing=False) as client:
        return [each["id"] for each in client.contacts.get_contacts.iter()]


async def read(server: Server) -> list[int]:
    async with AsyncBrevo(KEY, base_url=server.url, pacing=False) as client:
        return [each["id"] async for each in client.contacts.get_contacts.iter()]


def read_by_asyncio(server: Server) -> list[int]:
    return asyncio.run(read(server))


def read_by_uvloop(server: Server) -> list[int]:
    got: list[int] = pytest.importorskip("uvloop").run(read(server))
    return got


def read_by_trio(server: Server) -> list[int]:
    got: list[int] = pytest.importorskip("trio").run(read, server)
    return got


@pytest.mark.parametrize("read", [read_by_threads, read_by_asyncio, read_by_uvloop, read_by_trio])
@pytest.mark.parametrize("claimed", [None, 5, 5000, 2500])
@pytest.mark.parametrize("total", [0, 999, 1000, 2500])
def test_every_entry_comes_once(
    server: Server, read: Callable[[Server], list[int]], total: int, claimed: int | None
) -> None:
    server.answer = paged(total, claimed)
    assert read(server) == list(range(total))
    more_claimed = claimed is not None and claimed > total > 0 and total % 1000 > 0
    assert len(server.requests) == total // 1000 + 1 + more_claimed
    assert "limit=1000" in server.requests[0].target


def test_a_limit_of_ones_own(server: Server, client: Brevo) -> None:
    server.answer = paged(5)
    assert len(list(client.contacts.get_contacts.iter(limit=2, offset=1))) == 4
    assert len(server.requests) == 3


@pytest.mark.parametrize("body", [b"", b"[]", b'{"contacts": null}', b"7"])
def test_odd_pages_end_it(server: Server, client: Brevo, body: bytes) -> None:
    server.answer = lambda request: reply(200, body)
    assert list(client.contacts.get_contacts.iter()) == []


def test_mistakes_are_told_at_once(client: Brevo) -> None:
    with pytest.raises(InvalidArgumentError):
        client.contacts.get_contacts.iter(limit=0)
    with pytest.raises(InvalidArgumentError, match=r"contacts\.create_contact"):
        client.contacts.create_contact.iter()  # type: ignore[attr-defined]


def wait_for(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


def exactly(server: Server, count: int) -> bool:
    """Whether so many requests come, and not one more."""
    come = wait_for(lambda: len(server.requests) >= count)
    time.sleep(0.1)
    return come and len(server.requests) == count


class Kept:
    """A server that keeps the second page to itself, and sees when nobody waits for it any more."""

    def __init__(self, server: Server, total: int = 5000) -> None:
        self.gone = threading.Event()
        self.asked = threading.Event()
        self.first = paged(total)
        server.answer = self.answer

    def answer(self, request: Request) -> bytes | None:
        if "offset" not in request.target:
            return self.first(request)
        self.asked.set()
        connection = request.connection
        connection.settimeout(10)
        try:
            if connection.recv(1) == b"":
                self.gone.set()
        except OSError:
            self.gone.set()
        return None


def test_the_next_page_is_fetched_while_this_one_is_read(server: Server, client: Brevo) -> None:
    server.answer = paged(5000)
    pages = client.contacts.get_contacts.iter()
    assert not server.requests, "nothing is asked for before it is needed"
    assert next(pages).id == 0
    assert exactly(server, 2)
    assert [next(pages).id for _ in range(1000)][-1] == 1000
    assert exactly(server, 3)
    pages.close()
    assert list(pages) == []
    assert exactly(server, 3)


@pytest.mark.parametrize("let_go", ["close", "del"])
def test_what_is_ahead_ends_when_reading_ends(server: Server, client: Brevo, let_go: str) -> None:
    kept = Kept(server)
    pages = client.contacts.get_contacts.iter()
    next(pages)
    assert kept.asked.wait(10)
    if let_go == "close":
        pages.close()
    else:
        del pages
    assert kept.gone.wait(10)


def test_ctrl_c_while_a_page_is_awaited(server: Server, client: Brevo) -> None:
    kept = Kept(server)
    pages = client.contacts.get_contacts.iter()
    for _ in range(1000):
        next(pages)
    assert kept.asked.wait(10)
    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        next(pages)
    assert kept.gone.wait(10)
    assert list(pages) == [], "a generator that raised has ended"
    server.answer = paged(3)
    assert len(list(client.contacts.get_contacts.iter())) == 3


def test_an_error_ahead_is_raised_behind_the_page_before(server: Server, client: Brevo) -> None:
    first = paged(5000)

    def answer(request: Request) -> bytes:
        return reply(404, {"message": "Gone"}) if "offset" in request.target else first(request)

    server.answer = answer
    got: list[Any] = []
    with pytest.raises(NotFoundError, match="Gone") as caught:
        got.extend(client.contacts.get_contacts.iter())
    assert len(got) == 1000
    assert caught.value.operation == "contacts.get_contacts"
    assert len(server.requests) == 2


def test_a_fork_while_a_page_is_on_its_way(server: Server, client: Brevo) -> None:
    kept = Kept(server)
    pages = client.contacts.get_contacts.iter()
    next(pages)
    assert kept.asked.wait(10)
    server.answer = paged(5000)

    def go_on() -> None:
        assert [each.id for each in pages] == list(range(1, 5000))

    assert in_child(go_on) == 0
    assert not kept.gone.is_set(), "the parent's page is still under way"
    pages.close()
    assert kept.gone.wait(10)


def test_a_closed_client_gives_no_more_pages(server: Server) -> None:
    server.answer = paged(5000)
    client = Brevo(KEY, base_url=server.url, pacing=False)
    pages = client.contacts.get_contacts.iter()
    assert [next(pages).id for _ in range(1000)][-1] == 999
    client.close()
    with pytest.raises(ValueError, match="closed"):
        next(pages)


def test_sync_calls_between_pages(server: Server, client: Brevo) -> None:
    """Pages come over connections of the background's; calls over those of the thread."""
    server.answer = paged(3000)
    for each in client.contacts.get_contacts.iter():
        if each["id"] % 500 == 0:
            client.contacts.get_contacts(limit=1)
    assert len(server.requests) == 4 + 6


def test_many_threads_read_at_once(server: Server, client: Brevo) -> None:
    server.answer = paged(2500)
    got: list[int] = []
    threads = [
        threading.Thread(target=lambda: got.append(sum(1 for _ in client.contacts.get_contacts.iter())))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert got == [2500] * 8


Work = Callable[[AsyncGenerator[Any, None]], Coroutine[Any, Any, None]]


def in_asyncio(server: Server, work: Work) -> None:
    async def run() -> None:
        async with AsyncBrevo(KEY, base_url=server.url, pacing=False) as client:
            await work(client.contacts.get_contacts.iter())

    asyncio.run(run())


def in_trio(server: Server, work: Work) -> None:
    async def run() -> None:
        async with AsyncBrevo(KEY, base_url=server.url, pacing=False) as client:
            await work(client.contacts.get_contacts.iter())

    pytest.importorskip("trio").run(run)


@pytest.mark.parametrize("run", [in_asyncio, in_trio])
def test_async_pages_are_fetched_ahead_and_end(server: Server, run: Callable[[Server, Work], None]) -> None:
    kept = Kept(server)

    async def work(pages: AsyncGenerator[Any, None]) -> None:
        assert (await anext(pages)).id == 0
        assert kept.asked.wait(10), "the next page is on its way though nobody awaits it"
        await pages.aclose()
        assert kept.gone.wait(10)

    run(server, work)
    assert len(server.requests) == 2


def test_cancelling_a_task_that_reads(server: Server) -> None:
    kept = Kept(server)

    async def work(pages: AsyncGenerator[Any, None]) -> None:
        async def read() -> None:
            async for _ in pages:
                pass

        task = asyncio.create_task(read())
        await asyncio.to_thread(kept.asked.wait, 10)
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await asyncio.to_thread(kept.gone.wait, 10)

    in_asyncio(server, work)


def test_async_errors_ahead(server: Server) -> None:
    first = paged(5000)
    server.answer = lambda request: None if "offset" in request.target else first(request)

    async def work(pages: AsyncGenerator[Any, None]) -> None:
        for _ in range(1000):
            await anext(pages)
        with pytest.raises(BrevoConnectionError):
            await anext(pages)

    in_asyncio(server, work)
