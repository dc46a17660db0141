"""What a job can be given to read."""

from __future__ import annotations

import asyncio
import dataclasses
import io
import json
import os
import pathlib
import signal
import sqlite3
import threading
import time
from collections import OrderedDict, namedtuple
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pydantic
import pytest
import trio

from brevo_native import AsyncBrevo, Brevo, BrevoError, InvalidArgumentError, Progress
from conftest import KEY, Request, Server, reply

pl = pytest.importorskip("polars")
pa = pytest.importorskip("pyarrow")

TYPES = {"FIRSTNAME": "text", "AGE": "float", "BORN": "date", "VIP": "boolean", "COLOURS": "multiple-choice"}


class Service:
    """Takes imports and remembers what they sent."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.status = 202
        server.answer = self.answer

    def answer(self, request: Request) -> bytes:
        if request.target.endswith("/contacts/attributes"):
            attributes = [
                {"name": name, "category": "normal", "type": kind}
                | ({"multiCategoryOptions": ["red", "blue"]} if kind == "multiple-choice" else {})
                for name, kind in TYPES.items()
            ]
            return reply(200, {"attributes": attributes})
        if request.method == "POST":
            return reply(self.status, {"processId": 7} if self.status == 202 else {"code": "unauthorized"})
        if request.target.endswith("/account"):
            return reply(200, {"email": "owner@example.com"})
        return reply(200, {"id": 7, "status": "completed"})

    @property
    def bodies(self) -> list[list[dict[str, Any]]]:
        return [request.json()["jsonBody"] for request in self.server.requests if request.method == "POST"]

    @property
    def sent(self) -> list[dict[str, Any]]:
        return [contact for body in self.bodies for contact in body]


@pytest.fixture
def service(server: Server) -> Service:
    return Service(server)


ADA = {"email": "ada@example.com", "attributes": {"FIRSTNAME": "Ada"}}
CSV = "EMAIL,FIRSTNAME\nada@example.com,Ada\n"


@dataclasses.dataclass
class Person:
    email: str
    firstname: str | None


class Model(pydantic.BaseModel):
    address: str = pydantic.Field(alias="email")
    FIRSTNAME: str


Named = namedtuple("Named", "email FIRSTNAME")


def database() -> Iterator[sqlite3.Row]:
    """Its cursor can only be used in the thread that made it."""
    connection = sqlite3.connect(":memory:")
    connection.row_factory = sqlite3.Row
    return connection.execute("SELECT 'ada@example.com' AS email, 'Ada' AS FIRSTNAME")


def texts() -> Iterator[str]:
    yield "EMAIL,FIRST"
    yield "NAME\nada@example.com,Ada\n"


@pytest.mark.parametrize(
    "source",
    [
        lambda: [{"email": "ada@example.com", "FIRSTNAME": "Ada"}],
        lambda: [ADA],
        lambda: ({"E-mail": "ada@example.com", "First name": "Ada"} for _ in range(1)),
        lambda: [OrderedDict(email="ada@example.com", FIRSTNAME="Ada")],
        lambda: [Person("ada@example.com", "Ada")],
        lambda: [Model(email="ada@example.com", FIRSTNAME="Ada")],
        lambda: [Named("ada@example.com", "Ada")],
        database,
        lambda: io.StringIO(CSV),
        lambda: io.BytesIO(CSV.encode()),
        lambda: io.BytesIO(b"\xff\xfe" + CSV.replace(",", ";").encode("utf-16-le")),
        lambda: io.StringIO(json.dumps({"email": "ada@example.com", "FIRSTNAME": "Ada"}) + "\n"),
        lambda: CSV.encode(),
        texts,
        lambda: (bytes([byte]) for byte in CSV.encode()),
        lambda: pa.table({"email": ["ada@example.com"], "FIRSTNAME": ["Ada"]}),
        lambda: pa.record_batch({"email": ["ada@example.com"], "FIRSTNAME": ["Ada"]}),
        lambda: pl.DataFrame({"email": ["ada@example.com"], "FIRSTNAME": ["Ada"]}),
    ],
)
def test_sources(service: Service, client: Brevo, source: Callable[[], Any]) -> None:
    done = client.contacts.import_file(source(), list_ids=[2])
    assert (done.rows, done.imported) == (1, 1)
    assert service.sent == [ADA]


def test_a_path_in_the_first_place(service: Service, client: Brevo, tmp_path: pathlib.Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(CSV, encoding="utf-8")
    for given in (path, str(path)):
        assert client.contacts.import_file(given, list_ids=[2]).imported == 1
        assert client.contacts.import_file(source=given, list_ids=[2]).imported == 1
        assert client.contacts.import_file(path=given, list_ids=[2]).imported == 1
    with path.open("rb") as file:
        assert client.contacts.import_file(file, list_ids=[2]).imported == 1
    with pytest.raises(InvalidArgumentError, match="rows are given already"):
        client.contacts.import_file(path, path=path, list_ids=[2])
    with pytest.raises(TypeError, match="multiple values for argument 'source'"):
        client.contacts.import_file(path, source=path, list_ids=[2])  # type: ignore[misc]
    with pytest.raises(TypeError, match="keyword arguments only"):
        client.contacts.import_file(path, [2])  # type: ignore[call-arg, arg-type]


def test_values_of_rows(service: Service, client: Brevo) -> None:
    class Colour(str):
        pass

    rows = [
        {
            "email": "ada@example.com",
            "FIRSTNAME": 'A"da\n\U0001f600',
            "AGE": Decimal("36.50"),
            "BORN": date(1815, 12, 10),
            "VIP": True,
            "COLOURS": ["red", Colour("blue")],
        },
        {"email": "b@example.com", "FIRSTNAME": 75001.0, "AGE": 2**60, "BORN": datetime(2026, 1, 2, 3, 4)},
        {"email": "c@example.com", "FIRSTNAME": None, "AGE": float("nan"), "BORN": None},
        {"email": "d@example.com", "AGE": Decimal("NaN"), "BORN": datetime(2026, 1, 2, tzinfo=timezone.utc)},
        {"email": "e@example.com", "FIRSTNAME": "half \ud83d"},
    ]
    done = client.contacts.import_file(rows, list_ids=[2])
    assert [contact.get("attributes") for contact in service.sent] == [
        {
            "FIRSTNAME": 'A"da\n\U0001f600',
            "AGE": 36.5,
            "BORN": "1815-12-10",
            "VIP": True,
            "COLOURS": ["red", "blue"],
        },
        {"FIRSTNAME": "75001", "AGE": 2**60, "BORN": "2026-01-02T03:04:00"},
        None,
        {"BORN": "2026-01-02T00:00:00+00:00"},
    ]
    assert [each.line for each in done.rejects] == [5]
    assert done.unfit_cells == {}


def test_what_cannot_be_a_source(service: Service, client: Brevo) -> None:
    async def later() -> AsyncIterator[object]:
        yield ADA

    for source, words in [
        (7, "a path, a file, a table or an iterable is needed, not int"),
        (ADA, "a mapping is a single row"),
        (later(), "can be read by AsyncBrevo only"),
        ([ADA, 7], r"source\[1\]: a row must be an object, not int"),
        ([ADA, "text"], r"source\[1\]: rows, and pieces of a file, cannot be mixed"),
        ([{"email": "a@b.co", "AGE": object()}], r"source\[0\]\.AGE: object cannot be sent as JSON"),
        ([{1: 2}], r"source\[0\]: a key must be text, not int"),
        (pa.table({"AGE": pa.array([1], pa.duration("s"))}), r"source\.AGE: a column of the type Duration"),
        ([], "there are no rows"),
    ]:
        with pytest.raises(InvalidArgumentError, match=words):
            client.contacts.import_file(source, list_ids=[2])
    assert service.bodies == []
    with pytest.raises(InvalidArgumentError, match="source"):
        client.process.wait_for_process(process_id=7, source=[])  # type: ignore[call-arg]


def test_what_the_source_raises_comes_out_as_it_is(service: Service, client: Brevo) -> None:
    class Mine(Exception):
        pass

    def rows(count: int) -> Iterator[dict[str, str]]:
        for number in range(count):
            yield {"email": f"{number}@example.com", "FIRSTNAME": "x" * 100}
        raise Mine("mine")

    with pytest.raises(Mine) as caught:
        client.contacts.import_file(rows(5000), list_ids=[2], body_limit=100_000)
    sent = sum(map(len, service.bodies))
    assert sent > 1000, "what had been read was sent"
    notes = getattr(caught.value, "__notes__", [f"{sent} rows had been sent, in the processes 7"])
    assert f"{sent} rows had been sent, in the processes 7" in notes[0]

    class Broken(io.RawIOBase):
        def read(self, size: int = -1, /) -> bytes:
            raise Mine("mine")

    with pytest.raises(Mine):
        client.contacts.import_file(Broken(), list_ids=[2])
    with pytest.raises(Mine):
        client.contacts.import_file(rows(0), list_ids=[2])

    def leaving() -> Iterator[object]:
        raise SystemExit
        yield

    with pytest.raises(SystemExit):
        client.contacts.import_file(leaving(), list_ids=[2])


def test_rows_are_made_in_the_callers_thread_and_may_call_the_api(service: Service, client: Brevo) -> None:
    threads: set[int] = set()

    def rows() -> Iterator[dict[str, str]]:
        for number in range(3):
            threads.add(threading.get_ident())
            assert client.account.get_account().email == "owner@example.com"
            yield {"email": f"{number}@example.com"}

    told: list[Progress] = []
    assert client.contacts.import_file(rows(), list_ids=[2], progress=told.append).imported == 3
    assert threads == {threading.get_ident()}
    assert {each.stage for each in told} == {"read", "send", "wait"}
    read = next(each for each in told if each.stage == "read")
    assert (read.done, read.total) == (3, 3)
    assert (
        client.contacts.import_file([{"email": "a@b.co"}] * 2, list_ids=[2], progress=told.append).rows == 2
    )
    assert told[-1].stage == "wait"


def test_rows_are_not_made_ahead_of_their_use(service: Service, client: Brevo) -> None:
    """Memory holds a piece or two beside the bodies, however fast rows can be made."""
    made, on_the_way = 0, threading.Event()
    answer = service.answer

    def slow(request: Request) -> bytes:
        if request.method == "POST":
            on_the_way.set()
            time.sleep(0.5)
        return answer(request)

    service.server.answer = slow
    ahead: list[int] = []

    def rows() -> Iterator[dict[str, str]]:
        nonlocal made
        for number in range(20_000):
            made += 1
            if number == 19_999:
                ahead.append(made - sum(map(len, service.bodies)))
            yield {"email": f"{number}@example.com", "FIRSTNAME": "x" * 200}

    done = client.contacts.import_file(rows(), list_ids=[2], body_limit=500_000)
    assert done.imported == 20_000
    assert ahead[0] < 10_000


def test_a_job_that_fails_ends_the_reading(service: Service, client: Brevo) -> None:
    service.status = 401
    made = 0

    def rows() -> Iterator[dict[str, str]]:
        nonlocal made
        while True:
            made += 1
            yield {"email": f"{made}@example.com", "FIRSTNAME": "x" * 200}

    with pytest.raises(BrevoError) as caught:
        client.contacts.import_file(rows(), list_ids=[2], body_limit=100_000)
    assert caught.value.status == 401
    assert made < 50_000


def test_ctrl_c_while_rows_are_made(service: Service, client: Brevo) -> None:
    def rows() -> Iterator[dict[str, str]]:
        yield {"email": "a@example.com"}
        time.sleep(20)

    threading.Timer(0.7, os.kill, (os.getpid(), signal.SIGINT)).start()
    begin = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        client.contacts.import_file(rows(), list_ids=[2])
    assert time.monotonic() - begin < 5


def test_what_progress_raises_ends_the_job(service: Service, client: Brevo) -> None:
    def broken(progress: Progress) -> None:
        raise RuntimeError("mine")

    with pytest.raises(RuntimeError, match="mine"):
        client.contacts.import_file([ADA], list_ids=[2], progress=broken)


def arrow_rows(service: Service, client: Brevo, table: Any) -> list[dict[str, Any]]:
    service.server.requests.clear()
    client.contacts.import_file(table, list_ids=[2], columns={}, unfit="send")
    return [contact.get("attributes", {}) for contact in service.sent]


def test_types_of_arrow(service: Service, client: Brevo) -> None:
    paris = ZoneInfo("Europe/Paris")
    summer = datetime(2026, 7, 1, 0, 30, tzinfo=paris)
    winter = datetime(2026, 1, 1, 0, 30, 15, 250_000, tzinfo=paris)
    emails = ["a@example.com", "b@example.com"]
    for name, type_, values, expected in [
        ("FIRSTNAME", pa.string(), ["Zoë", None], ["Zoë", None]),
        ("FIRSTNAME", pa.large_string(), ["Zoë", None], ["Zoë", None]),
        (
            "FIRSTNAME",
            pa.string_view(),
            ["a text that is longer than 12", "b"],
            ["a text that is longer than 12", "b"],
        ),
        ("FIRSTNAME", pa.dictionary(pa.int8(), pa.string()), ["x", None], ["x", None]),
        ("FIRSTNAME", pa.null(), [None, None], [None, None]),
        (
            "FIRSTNAME",
            pa.time64("us"),
            [datetime(2026, 1, 1, 9, 5, 0, 500).time(), None],
            ["09:05:00.0005", None],
        ),
        (
            "FIRSTNAME",
            pa.decimal128(30, 2),
            [Decimal("1234567890123456789.50"), None],
            ["1234567890123456789.5", None],
        ),
        ("AGE", pa.int8(), [-128, None], [-128, None]),
        ("AGE", pa.uint64(), [2**64 - 1, 0], [2**64 - 1, 0]),
        ("AGE", pa.int64(), [-(2**63), 1], [-(2**63), 1]),
        ("AGE", pa.float32(), [0.1, None], [0.1, None]),
        ("AGE", pa.float64(), [36.0, float("nan")], [36, None]),
        ("AGE", pa.float16(), [1.5, None], [1.5, None]),
        ("AGE", pa.decimal128(10, 3), [Decimal("-0.050"), Decimal("12.000")], [-0.05, 12]),
        ("AGE", pa.decimal256(40, 0), [Decimal(7), None], [7, None]),
        ("VIP", pa.bool_(), [True, False], [True, False]),
        ("BORN", pa.date32(), [date(1969, 12, 31), date(2024, 2, 29)], ["1969-12-31", "2024-02-29"]),
        ("BORN", pa.date64(), [date(1600, 3, 1), None], ["1600-03-01", None]),
        (
            "BORN",
            pa.timestamp("ns"),
            [datetime(2026, 1, 2, 3, 4, 5, 60_000), None],
            ["2026-01-02T03:04:05.06", None],
        ),
        ("BORN", pa.timestamp("s"), [datetime(1901, 1, 2), None], ["1901-01-02T00:00:00", None]),
        ("BORN", pa.timestamp("us", "UTC"), [summer, None], ["2026-06-30T22:30:00+00:00", None]),
        ("BORN", pa.timestamp("ms", "-05:30"), [summer, None], ["2026-06-30T17:00:00-05:30", None]),
        (
            "BORN",
            pa.timestamp("us", "Europe/Paris"),
            [summer, winter],
            ["2026-07-01T00:30:00+02:00", "2026-01-01T00:30:15.25+01:00"],
        ),
        ("COLOURS", pa.list_(pa.string()), [["red", "blue"], []], [["red", "blue"], []]),
        ("COLOURS", pa.large_list(pa.string()), [["red"], None], [["red"], None]),
        ("COLOURS", pa.list_(pa.string(), 1), [["red"], ["blue"]], [["red"], ["blue"]]),
    ]:
        table = pa.table({"email": pa.array(emails), name: pa.array(values, type_)})
        got = [row.get(name) for row in arrow_rows(service, client, table)]
        assert got == expected, (name, type_)
        # A part of a table begins within its arrays.
        got = [row.get(name) for row in arrow_rows(service, client, table.slice(1))]
        assert got == expected[1:], (name, type_)


def test_tables_in_the_form_of_the_api(service: Service, client: Brevo) -> None:
    nested = pa.table({"email": ["ada@example.com"], "attributes": [{"FIRSTNAME": "Ada"}]})
    assert arrow_rows(service, client, nested) == [{"FIRSTNAME": "Ada"}]
    kind = pa.map_(pa.string(), pa.string())
    nested = pa.table({"email": ["ada@example.com"], "attributes": pa.array([[("FIRSTNAME", "Ada")]], kind)})
    assert arrow_rows(service, client, nested) == [{"FIRSTNAME": "Ada"}]
    # Offsets of a part, of structures within and of maps; a structure that is null; a batch without rows.
    emails = ["a@example.com", "b@example.com", "c@example.com", "d@example.com"]
    values = [None, {"FIRSTNAME": "B", "AGE": 2}, {"FIRSTNAME": None, "AGE": 3}, None]
    expected = [{"FIRSTNAME": "B", "AGE": 2}, {"AGE": 3}, {}]
    nested = pa.table({"email": emails, "attributes": values})
    assert arrow_rows(service, client, nested.slice(1)) == expected
    parts = pa.Table.from_batches([nested.to_batches()[0].slice(0, 0), *nested.slice(1).to_batches()])
    assert arrow_rows(service, client, parts) == expected
    pairs = [None, [("FIRSTNAME", "B")], [("FIRSTNAME", "C"), ("AGE", "3")], []]
    nested = pa.table({"email": emails, "attributes": pa.array(pairs, kind)})
    expected = [{"FIRSTNAME": "B"}, {"FIRSTNAME": "C", "AGE": 3}, {}]
    assert arrow_rows(service, client, nested.slice(1)) == expected


def test_clocks_of_zones_change_in_tables_as_in_python(service: Service, client: Brevo) -> None:
    zone = ZoneInfo("America/New_York")
    begin = datetime(2026, 3, 7, tzinfo=timezone.utc)
    moments = [begin + timedelta(minutes=20 * step) for step in range(200)]
    emails = [f"{step}@example.com" for step in range(200)]
    table = pa.table({"email": emails, "BORN": pa.array(moments, pa.timestamp("s", str(zone)))})
    got = [row["BORN"] for row in arrow_rows(service, client, table)]
    assert got == [moment.astimezone(zone).isoformat() for moment in moments]
    assert len({text[-6:] for text in got}) == 2


def test_batches_are_asked_for_one_after_the_other(service: Service, client: Brevo) -> None:
    schema = pa.schema({"email": pa.string()})
    made = 0

    def batches() -> Iterator[Any]:
        nonlocal made
        for number in range(50):
            made += 1
            emails = [f"{number}.{row}@example.com" for row in range(100)]
            yield pa.record_batch({"email": emails}, schema=schema)

    reader = pa.RecordBatchReader.from_batches(schema, batches())
    assert client.contacts.import_file(reader, list_ids=[2]).imported == 5000
    assert made == 50

    def broken() -> Iterator[Any]:
        yield pa.record_batch({"email": ["a@example.com"]}, schema=schema)
        raise ValueError("mine")

    with pytest.raises(BrevoError, match="mine"):
        client.contacts.import_file(pa.RecordBatchReader.from_batches(schema, broken()), list_ids=[2])


def test_tables_of_polars_pandas_and_duckdb(service: Service, client: Brevo) -> None:
    frame = pl.DataFrame(
        {
            "email": ["a@example.com", "b@example.com"],
            "FIRSTNAME": pl.Series(["Ann", None], dtype=pl.Categorical),
            "AGE": [1, None],
            "COLOURS": [["red"], None],
        }
    )
    expected = [{"FIRSTNAME": "Ann", "AGE": 1, "COLOURS": ["red"]}, {}]
    assert arrow_rows(service, client, frame) == expected
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(
        {"email": ["a@example.com", "b@example.com"], "AGE": [1, None], "FIRSTNAME": ["Ann", None]}
    )
    assert arrow_rows(service, client, frame) == [{"AGE": 1, "FIRSTNAME": "Ann"}, {}]
    duckdb = pytest.importorskip("duckdb")
    relation = duckdb.sql("SELECT 'a' || i || '@example.com' AS email, i AS AGE FROM range(3000) t(i)")
    assert len(arrow_rows(service, client, relation)) == 3000


def run_in(library: str, work: Callable[[], Any]) -> None:
    if library == "asyncio":
        asyncio.run(work())
    else:
        trio.run(work)


@pytest.mark.parametrize("library", ["asyncio", "trio"])
def test_async_sources(service: Service, library: str) -> None:
    async def rest() -> None:
        await (asyncio.sleep(0) if library == "asyncio" else trio.sleep(0))

    async def rows(count: int) -> AsyncIterator[dict[str, str]]:
        for number in range(count):
            if number % 100 == 0:
                await rest()
            yield {"email": f"{number}@example.com", "FIRSTNAME": "x" * 100}

    async def pieces() -> AsyncIterator[bytes]:
        yield b"EMAIL,FIRST"
        await rest()
        yield b""
        yield b"NAME\nada@example.com,Ada\n"

    class Mine(Exception):
        pass

    async def broken() -> AsyncIterator[dict[str, str]]:
        async for row in rows(5000):
            yield row
        raise Mine("mine")

    async def work() -> None:
        client = AsyncBrevo(KEY, base_url=service.server.url, pacing=False)
        thread = threading.get_ident()
        threads: set[int] = set()

        def here() -> Iterator[dict[str, str]]:
            for number in range(5000):
                threads.add(threading.get_ident())
                yield {"email": f"{number}@example.com", "FIRSTNAME": "x" * 100}

        for source in (rows(5000), here(), [{"email": f"{n}@example.com"} for n in range(5000)]):
            service.server.requests.clear()
            done = await client.contacts.import_file(source, list_ids=[2], body_limit=100_000)
            assert (done.imported, len(service.sent)) == (5000, 5000)
        assert threads == {thread}
        service.server.requests.clear()
        for content in (
            pieces(),
            io.StringIO(CSV),
            pa.table({"email": ["ada@example.com"], "FIRSTNAME": ["Ada"]}),
        ):
            assert (await client.contacts.import_file(content, list_ids=[2])).imported == 1
        assert service.sent == [ADA] * 3
        service.server.requests.clear()
        with pytest.raises(Mine):
            await client.contacts.import_file(broken(), list_ids=[2], body_limit=100_000)
        assert len(service.sent) > 1000
        with pytest.raises(InvalidArgumentError, match=r"source\[1\]"):
            await client.contacts.import_file([ADA, 7], list_ids=[2])
        service.status = 401
        with pytest.raises(BrevoError) as caught:
            await client.contacts.import_file(rows(10**9), list_ids=[2], body_limit=100_000)
        assert caught.value.status == 401

    run_in(library, work)


@pytest.mark.parametrize("library", ["asyncio", "trio"])
def test_cancelling_while_rows_are_awaited(service: Service, library: str) -> None:
    left = False

    async def rows() -> AsyncIterator[dict[str, str]]:
        nonlocal left
        yield {"email": "a@example.com"}
        try:
            await (asyncio.sleep(20) if library == "asyncio" else trio.sleep(20))
        finally:
            left = True

    async def work() -> None:
        client = AsyncBrevo(KEY, base_url=service.server.url, pacing=False)
        if library == "asyncio":
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(client.contacts.import_file(rows(), list_ids=[2]), 0.7)
        else:
            with trio.move_on_after(0.7) as scope:
                await client.contacts.import_file(rows(), list_ids=[2])
            assert scope.cancelled_caught
        assert left

    begin = time.monotonic()
    run_in(library, work)
    assert time.monotonic() - begin < 5
    assert service.bodies == []


def test_the_loop_goes_on_while_rows_are_made(service: Service) -> None:
    """Rows of an ordinary iterable are made a few milliseconds at a time."""

    def rows() -> Iterator[dict[str, str]]:
        for number in range(300):
            time.sleep(0.001)
            yield {"email": f"{number}@example.com"}

    async def work() -> None:
        client = AsyncBrevo(KEY, base_url=service.server.url, pacing=False)
        job = asyncio.ensure_future(client.contacts.import_file(rows(), list_ids=[2]))
        turns = 0
        while not job.done():
            await asyncio.sleep(0)
            turns += 1
        assert (await job).imported == 300
        assert turns > 20

    asyncio.run(work())


def test_progress_on_a_terminal(service: Service, client: Brevo) -> None:
    """The bar is drawn on a real terminal, and its last state stays on it."""
    main, terminal = os.openpty()
    with os.fdopen(terminal, "w", encoding="ascii") as stderr, pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stderr", stderr)
        patch.setenv("COLUMNS", "100")
        client.contacts.import_file([{"email": "a@example.com"}], list_ids=[2], progress=True)
        shown = b""
        while not shown.endswith(b"\r\n"):
            shown += os.read(main, 1 << 16)
        os.close(main)
    text = shown.decode("ascii")
    assert text.startswith("\rread "), text
    assert "100% [########################################] 1 of 1" in text
    assert "\x1b[K\r\nsend " in text


def test_progress_where_there_is_no_terminal(
    service: Service, client: Brevo, capsys: pytest.CaptureFixture[str]
) -> None:
    client.contacts.import_file([{"email": "a@example.com"}], list_ids=[2], progress=True)

    def stages() -> list[str]:
        return [line.split(":")[0] for line in capsys.readouterr().err.splitlines()]

    assert stages() == ["read 100%", "send", "wait 100%"]

    async def work() -> None:
        twin = AsyncBrevo(KEY, base_url=service.server.url, pacing=False)
        await twin.contacts.import_file([{"email": "a@example.com"}], list_ids=[2], progress=True)

    asyncio.run(work())
    assert stages() == ["read 100%", "send", "wait 100%"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stderr", None)
        client.contacts.import_file([{"email": "a@example.com"}], list_ids=[2], progress=True)
