"""How threads, signals and forks go together with waiting calls."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from brevo_native import Brevo, BrevoConnectionError
from conftest import KEY, Request, Server, reply


def slow(request: Request) -> bytes:
    time.sleep(0.3)
    return reply(200, {"email": "ada@example.com"})


def test_waiting_threads_do_not_hold_each_other_up(server: Server, client: Brevo) -> None:
    server.answer = slow
    turns = 0
    ended = threading.Event()

    def count() -> None:
        nonlocal turns
        while not ended.is_set():
            turns += 1
            time.sleep(0.001)

    threading.Thread(target=count).start()
    begin = time.monotonic()
    try:
        with ThreadPoolExecutor(16) as pool:
            got = list(pool.map(lambda _: client.account.get_account(), range(16)))
        took = time.monotonic() - begin
    finally:
        ended.set()
    assert [each.email for each in got] == ["ada@example.com"] * 16
    assert took < 3, "one after the other they would take 4.8 s"
    assert turns > 50, "other threads run while calls wait"


def test_ctrl_c_ends_a_waiting_call_at_once(server: Server, client: Brevo) -> None:
    server.answer = lambda request: time.sleep(5)
    pressed: list[float] = []

    def press() -> None:
        pressed.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    threading.Timer(0.3, press).start()
    with pytest.raises(KeyboardInterrupt):
        client.account.get_account()
    assert time.monotonic() - pressed[0] < 2, "the server would take 5 s"
    server.answer = lambda request: reply(200, {"email": "still works"})
    assert client.account.get_account().email == "still works"


def test_ctrl_c_is_heard_within_100_ms(server: Server, client: Brevo) -> None:
    server.answer = lambda request: time.sleep(5)
    pressed = 0.0

    def press() -> None:
        nonlocal pressed
        pressed = time.monotonic()
        os.kill(os.getpid(), signal.SIGINT)

    took = []
    for _ in range(20):  # a loaded machine may miss it now and then
        threading.Timer(0.1, press).start()
        with pytest.raises(KeyboardInterrupt):
            client.account.get_account()
        took.append(time.monotonic() - pressed)
        if took[-1] < 0.1:
            return
    pytest.fail(f"never within 100 ms: {took}")


def test_signal_handlers_run_while_a_call_waits(server: Server, client: Brevo) -> None:
    server.answer = slow
    seen: list[int] = []
    before = signal.signal(signal.SIGUSR1, lambda number, frame: seen.append(number))
    try:
        threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGUSR1)).start()
        assert client.account.get_account().email == "ada@example.com"
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert seen == [signal.SIGUSR1]


def in_child(work: object) -> int:
    """Exit status of a forked child that does some work."""
    assert callable(work)
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        except BaseException:
            import traceback

            traceback.print_exc()
            os._exit(1)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return -1


def test_a_client_made_before_a_fork_works_on_both_sides(server: Server, client: Brevo) -> None:
    server.answer = lambda request: reply(200, {"email": "ada@example.com"})

    def call() -> None:
        for _ in range(3):
            assert client.account.get_account().email == "ada@example.com"

    call()
    assert in_child(call) == 0
    call()
    assert in_child(lambda: in_child(call) == 0 or os._exit(2)) == 0


def test_fork_while_other_threads_wait(server: Server, client: Brevo) -> None:
    server.answer = slow

    def call() -> None:
        assert client.account.get_account().email == "ada@example.com"

    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(call) for _ in range(4)]
        time.sleep(0.1)
        assert in_child(call) == 0
        for each in waiting:
            each.result()


def test_a_connection_that_the_server_closed_meanwhile(server: Server, client: Brevo) -> None:
    server.answer = lambda request: reply(200, {"email": "ada@example.com"}, connection="keep-alive")
    client.account.get_account()
    for connection in list(server.connections):
        connection.close()
    time.sleep(0.05)
    try:
        assert client.account.get_account().email == "ada@example.com"
    except BrevoConnectionError:
        pytest.fail("a read is repeated on a new connection")


def run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


def test_a_program_ends_while_threads_still_wait(server: Server) -> None:
    server.answer = lambda request: time.sleep(20)
    code = """
import sys, threading, time
from brevo_native import Brevo
client = Brevo(sys.argv[1], base_url=sys.argv[2])
threading.Thread(target=client.account.get_account, daemon=True).start()
time.sleep(0.3)
"""
    begin = time.monotonic()
    ended = run(code, KEY, server.url)
    assert ended.returncode == 0, ended.stderr
    assert time.monotonic() - begin < 10


SUBINTERPRETER = """
import sys
try:
    import _xxsubinterpreters as interpreters
except ImportError:
    import _interpreters as interpreters
run = getattr(interpreters, "run_string", None) or interpreters.exec
if sys.argv[1] == "second":
    import brevo_native
try:
    failure = run(interpreters.create(), "import brevo_native")  # from 3.13 on told, before raised
except Exception as error:
    failure = error
print(failure)
import brevo_native
print(brevo_native.Brevo("xkeysib-" + "0" * 64 + "-" + "a" * 16))
"""


@pytest.mark.parametrize("order", ["first", "second"])
def test_subinterpreters_are_refused(order: str) -> None:
    ended = run(SUBINTERPRETER, order)
    assert ended.returncode == 0, ended.stderr
    failure, client = ended.stdout.splitlines()
    assert "does not support loading in subinterpreters" in failure
    assert client.startswith("Brevo("), "the main interpreter goes on"


def test_import_is_quick_and_light() -> None:
    code = """
import sys, time
begin = time.perf_counter()
import brevo_native
took = time.perf_counter() - begin
heavy = {"asyncio", "inspect", "ssl", "http.client", "decimal", "email"} & set(sys.modules)
print(took, *heavy)
"""
    took, *heavy = run(code).stdout.split()
    assert not heavy
    assert float(took) < 1
