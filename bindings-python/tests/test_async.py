"""The asyncio client."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import pytest

from brevo_native import (
    AsyncBrevo,
    BrevoCancelledError,
    BrevoTimeoutError,
    InvalidArgumentError,
    NotFoundError,
)
from conftest import KEY, Request, Server, reply
from test_pages import paged
from test_waiting import in_child, run, slow


def plain(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(work())


def uvloop(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    module = pytest.importorskip("uvloop")
    module.run(work())


@pytest.fixture(params=[plain, uvloop])
def loop(request: pytest.FixtureRequest) -> Any:
    return request.param


@contextlib.asynccontextmanager
async def connected(server: Server) -> AsyncIterator[AsyncBrevo]:
    async with AsyncBrevo(KEY, base_url=server.url, pacing=False) as client:
        yield client


def test_many_calls_at_once(server: Server, loop: Any) -> None:
    server.answer = slow

    async def work() -> None:
        async with connected(server) as client:
            begin = time.monotonic()
            got = await asyncio.gather(*(client.account.get_account() for _ in range(50)))
            assert [each.email for each in got] == ["ada@example.com"] * 50
            assert time.monotonic() - begin < 2

    loop(work)


def test_calls_are_coroutines(server: Server, loop: Any) -> None:
    server.answer = lambda request: reply(200, {"email": "a"})

    async def work() -> None:
        async with connected(server) as client:
            task = asyncio.create_task(client.account.get_account())
            assert (await task).email == "a"
            assert (await client.account.get_account.raw()).status == 200
            assert (await asyncio.wait_for(client.account.get_account(), 5)).email == "a"

    loop(work)


def test_the_loop_runs_meanwhile(server: Server, loop: Any) -> None:
    server.answer = slow

    async def work() -> None:
        async with connected(server) as client:
            call = asyncio.create_task(client.account.get_account())
            turns = 0
            while not call.done():
                turns += 1
                await asyncio.sleep(0.01)
            assert turns > 10

    loop(work)


def test_errors_are_raised_where_one_awaits(server: Server, loop: Any) -> None:
    server.answer = lambda request: reply(404, {"message": "Nobody"})

    async def work() -> None:
        async with connected(server) as client:
            with pytest.raises(NotFoundError):
                await client.contacts.get_contact_info(identifier="a@example.com")
            with pytest.raises(InvalidArgumentError):
                await client.contacts.create_contact(emial="a")  # type: ignore[call-arg]

    loop(work)


def test_cancelling_ends_the_call(server: Server, loop: Any) -> None:
    gone: list[float] = []

    def hang(request: Request) -> bytes | None:
        connection = request.connection
        connection.settimeout(5)
        if connection.recv(1) == b"":
            gone.append(time.monotonic())
        return None

    server.answer = hang

    async def work() -> None:
        async with connected(server) as client:
            call = asyncio.create_task(client.account.get_account())
            await asyncio.sleep(0.3)
            call.cancel()
            begin = time.monotonic()
            with pytest.raises(asyncio.CancelledError):
                await call
            while not gone and time.monotonic() < begin + 3:
                await asyncio.sleep(0.01)
            assert gone, "the request itself was given up"
            assert gone[0] - begin < 0.5
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(client.account.get_account(), 0.1)

    loop(work)
    assert len(server.requests) == 2


def test_timeouts(server: Server, loop: Any) -> None:
    server.answer = lambda request: time.sleep(2)

    async def work() -> None:
        async with connected(server) as client:
            with pytest.raises(BrevoTimeoutError):
                await client.account.get_account(options={"timeout": 0.2})

    loop(work)


def test_one_client_on_several_loops_one_after_the_other(server: Server) -> None:
    server.answer = lambda request: reply(200, {"email": "a"})
    client = AsyncBrevo(KEY, base_url=server.url)

    async def work() -> None:
        assert (await client.account.get_account()).email == "a"

    for _ in range(3):
        asyncio.run(work())


def test_after_a_fork(server: Server) -> None:
    server.answer = lambda request: reply(200, {"email": "a"})
    client = AsyncBrevo(KEY, base_url=server.url)

    async def work() -> None:
        assert (await client.account.get_account()).email == "a"

    asyncio.run(work())
    assert in_child(lambda: asyncio.run(work())) == 0
    asyncio.run(work())


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_anyio(server: Server, backend: str) -> None:
    anyio = pytest.importorskip("anyio")
    server.answer = lambda request: reply(200, {"email": "a"})

    async def work() -> None:
        async with connected(server) as client:
            async with anyio.create_task_group() as group:
                group.start_soon(client.account.get_account)
                with anyio.fail_after(30):
                    assert (await client.account.get_account()).email == "a"
            server.answer = lambda request: time.sleep(5)
            with anyio.move_on_after(0.2) as scope:
                await client.account.get_account()
            assert scope.cancelled_caught

    anyio.run(work, backend=backend)


def test_deprecated_operations_warn_where_they_are_called(server: Server) -> None:
    server.answer = lambda request: reply(200, [])

    async def work() -> None:
        async with connected(server) as client:
            with pytest.warns(DeprecationWarning, match="companies_attributes_get") as caught:
                await client.companies.companies_attributes_get()
            assert caught[0].filename == __file__

    asyncio.run(work())


def test_no_thread_per_call(server: Server) -> None:
    server.answer = slow

    def threads() -> int:
        return len(os.listdir("/proc/self/task")) - threading.active_count()

    async def work() -> None:
        async with connected(server) as client:
            await client.account.get_account()
            before = threads()
            calls = [asyncio.create_task(client.account.get_account()) for _ in range(50)]
            await asyncio.sleep(0.1)
            assert threads() <= before, "one background thread serves all"
            await asyncio.gather(*calls)

    asyncio.run(work())


def test_trio(server: Server) -> None:
    trio = pytest.importorskip("trio")

    async def work() -> None:
        async with connected(server) as client:
            server.answer = lambda request: reply(200, {"email": "a"})
            for _ in range(3):
                assert (await client.account.get_account()).email == "a"
            with pytest.raises(InvalidArgumentError):
                await client.contacts.create_contact(emial="a")  # type: ignore[call-arg]
            server.answer = paged(2500)
            assert len([each async for each in client.contacts.get_contacts.iter()]) == 2500
            server.answer = lambda request: reply(404, {"message": "Nobody"})
            with pytest.raises(NotFoundError):
                await client.account.get_account()
            server.answer = lambda request: time.sleep(2)
            with trio.move_on_after(0.2) as scope:
                await client.account.get_account()
            assert scope.cancelled_caught
            server.answer = slow
            begin = time.monotonic()
            async with trio.open_nursery() as nursery:
                for _ in range(20):
                    nursery.start_soon(client.account.get_account)
            assert time.monotonic() - begin < 2

    trio.run(work)


def test_a_program_ends_while_calls_are_under_way(server: Server) -> None:
    server.answer = lambda request: time.sleep(20)
    code = """
import asyncio, sys
from brevo_native import AsyncBrevo
async def main():
    client = AsyncBrevo(sys.argv[1], base_url=sys.argv[2])
    call = asyncio.create_task(client.account.get_account())
    await asyncio.sleep(0.3)
asyncio.run(main())
"""
    begin = time.monotonic()
    ended = run(code, KEY, server.url)
    assert ended.returncode == 0, ended.stderr
    assert "never retrieved" not in ended.stderr
    assert time.monotonic() - begin < 10


def test_closed_clients(server: Server) -> None:
    async def work() -> None:
        client = AsyncBrevo(KEY, base_url=server.url)
        await client.aclose()
        with pytest.raises(ValueError, match="closed"):
            await client.account.get_account()

    asyncio.run(work())
    assert BrevoCancelledError.__mro__[1].__name__ == "BrevoError"
