"""Rows of exports and listings that go to the program: one by one, and as columns of Arrow."""

from __future__ import annotations

import asyncio
import datetime
import gc
import inspect
import json
import os
import signal
import threading
import time
from collections.abc import AsyncGenerator, Callable
from typing import Any

import pytest

from brevo_native import (
    AsyncBrevo,
    Brevo,
    BrevoCancelledError,
    ConfigurationError,
    InvalidArgumentError,
    NotFoundError,
    Progress,
    Table,
)
from conftest import KEY, Request, Server, reply
from test_pages import Kept, paged
from test_waiting import in_child

ATTRIBUTES = [
    {"name": "NAME", "category": "normal", "type": "text"},
    {"name": "SCORE", "category": "normal", "type": "float"},
    {"name": "GRADE", "category": "category", "type": "category"},
    {"name": "TAGS", "category": "normal", "type": "multiple-choice"},
    {"name": "BORN", "category": "normal", "type": "date"},
    {"name": "VIP", "category": "normal", "type": "boolean"},
    {"name": "ORDER", "category": "transactional", "type": "id"},
]


def account(contacts: list[dict[str, Any]]) -> Callable[[Request], bytes]:
    """An account with these contacts in every list."""

    def answer(request: Request) -> bytes:
        if "/contacts/attributes" in request.target:
            return reply(200, {"attributes": ATTRIBUTES})
        query = dict(pair.split("=") for pair in request.target.partition("?")[2].split("&"))
        first, size = int(query.get("offset", 0)), int(query["limit"])
        return reply(200, {"contacts": contacts[first : first + size], "count": len(contacts)})

    return answer


def contact(number: int, **attributes: Any) -> dict[str, Any]:
    return {
        "id": number,
        "email": f"p{number}@example.com",
        "emailBlacklisted": number % 2 == 0,
        "createdAt": "2026-03-04T05:06:07.891+01:00",
        "listIds": [2, 5],
        "attributes": attributes,
    }


def broken(request: Request) -> bytes:
    """An account whose second page is refused."""
    if "offset=9" in request.target:
        return reply(404, {"message": "Gone"})
    return account([contact(n) for n in range(1, 3_001)])(request)


PEOPLE = [
    contact(1, NAME='Zoë "Z" 😀', SCORE=1.5, GRADE=2, TAGS=["a", "b"], BORN="1990-12-31", VIP=True),
    contact(2, NAME="", SCORE=7, GRADE="Gold", TAGS=[], BORN="2024-02-29T00:00:00.000Z", VIP=False, NOTE="?"),
    contact(3),
    contact(4, NAME=None, SCORE=None, TAGS=None, BORN=None, VIP=None),
    contact(5, NAME=12, SCORE="2.25", TAGS=[None, 7], BORN="1969-12-31", VIP="true"),
    {"attributes": {"SCORE": -1e300}, "id": 6, "smsBlacklisted": True, "email": None},
]  # fmt: skip
day = datetime.date
COLUMNS: dict[str, list[Any]] = {
    "id": [1, 2, 3, 4, 5, 6],
    "email": [*[f"p{n}@example.com" for n in range(1, 6)], None],
    "emailBlacklisted": [False, True, False, True, False, None],
    "smsBlacklisted": [None, None, None, None, None, True],
    "whatsappBlacklisted": [None] * 6,
    "createdAt": [*[datetime.datetime(2026, 3, 4, 4, 6, 7, 891_000, tzinfo=datetime.timezone.utc)] * 5, None],
    "modifiedAt": [None] * 6,
    "NAME": ['Zoë "Z" 😀', "", None, None, "12", None],
    "SCORE": [1.5, 7.0, None, None, 2.25, -1e300],
    "GRADE": ["2", "Gold", None, None, None, None],
    "TAGS": [["a", "b"], [], None, None, [None, "7"], None],
    "BORN": [day(1990, 12, 31), day(2024, 2, 29), None, None, day(1969, 12, 31), None],
    "VIP": [True, False, None, None, True, None],
}  # fmt: skip


def test_rows_are_those_of_the_file(server: Server, client: Brevo, tmp_path: Any) -> None:
    server.answer = account(PEOPLE)
    path = tmp_path / "list.jsonl"
    client.contacts.export_list(list_id=2, path=path)
    written = [json.loads(line) for line in path.read_text().splitlines()]
    rows = list(client.contacts.export_list.iter(list_id=2))
    assert rows == written
    assert rows[0].email_blacklisted is False
    assert rows[1].attributes == {key: each for key, each in PEOPLE[1]["attributes"].items() if key != "NOTE"}
    assert [row.id for row in client.contacts.export_contacts.iter(attributes=["name"])] == COLUMNS["id"]

    async def read() -> list[Any]:
        async with AsyncBrevo(KEY, base_url=server.url, pacing=False) as twin:
            return [row async for row in twin.contacts.export_list.iter(list_id=2)]

    assert asyncio.run(read()) == written


def test_rows_are_fetched_ahead_and_end_when_they_are_left(server: Server, client: Brevo) -> None:
    server.answer = account([contact(n) for n in range(1, 3_001)])
    rows = client.contacts.export_contacts.iter()
    assert not server.requests
    assert next(rows).id == 1

    def pages() -> list[str]:
        return [each.target for each in server.requests if "limit" in each.target]

    deadline = time.monotonic() + 10
    while len(pages()) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.1)
    assert len(pages()) == 2, "one page ahead"
    rows.close()
    assert next(rows, None) is None
    time.sleep(0.1)
    assert len(pages()) == 2
    assert sum(1 for _ in client.contacts.export_contacts.iter()) == 3_000


def test_what_cannot_be_read_is_refused_at_once(server: Server, client: Brevo) -> None:
    contacts: Any = client.contacts
    cases: list[tuple[Any, dict[str, Any], str | None]] = [
        (contacts.export_list, {}, "list_id"),
        (contacts.export_list, {"list_id": "2"}, "list_id"),
        (contacts.export_list, {"list_id": 2, "path": "x.csv"}, "path"),
        (contacts.get_contacts, {"progress": True}, "progress"),
        (contacts.get_contacts, {"limit": 0}, "limit"),
        (contacts.get_contacts, {"limt": 1}, "limt"),
        (contacts.import_file, {"path": "x.csv"}, None),
        (contacts.create_contact, {}, None),
    ]
    for method, arguments, parameter in cases:
        for read in (method.iter, method.arrow):
            with pytest.raises(InvalidArgumentError) as caught:
                read(**arguments)
            assert caught.value.parameter == parameter
    with pytest.raises(TypeError, match="keyword"):
        contacts.export_list.arrow(2)
    assert not server.requests


def test_progress_is_told_while_rows_are_read(
    server: Server, client: Brevo, capfd: pytest.CaptureFixture[str]
) -> None:
    server.answer = account([contact(n) for n in range(1, 2_101)])
    export = client.contacts.export_contacts
    wanted = [("read", done, 2_100) for done in (1_000, 1_980, 2_100)]
    told: list[tuple[str, int, int | None]] = []

    def note(progress: Progress) -> None:
        told.append((progress.stage, progress.done, progress.total))

    def check() -> None:
        # Only the newest is told to who was away, the last one always.
        assert told == [progress for progress in wanted if progress in told]
        assert told[-1:] == wanted[-1:]
        told.clear()

    assert sum(1 for _ in export.iter(progress=note)) == 2_100
    check()

    async def read() -> int:
        async with AsyncBrevo(KEY, base_url=server.url, pacing=False) as twin:
            return len([row async for row in twin.contacts.export_contacts.iter(progress=note)])

    assert asyncio.run(read()) == 2_100
    check()
    pyarrow = pytest.importorskip("pyarrow")
    assert pyarrow.table(export.arrow(progress=note)).num_rows == 2_100
    check()

    assert sum(1 for _ in export.iter(progress=True)) == 2_100
    assert pyarrow.table(export.arrow(progress=True)).num_rows == 2_100
    assert capfd.readouterr().err.count("read 100%: 2,100 of 2,100") == 2

    class Enough(Exception):
        pass

    def stop(progress: Progress) -> None:
        raise Enough

    with pytest.raises(Enough):
        list(export.iter(progress=stop))
    table = export.arrow(progress=stop)
    with pytest.raises(pyarrow.ArrowException):
        pyarrow.table(table)
    assert isinstance(table.error, Enough)


def test_an_error_ends_the_rows(server: Server, client: Brevo) -> None:
    server.answer = broken
    got: list[Any] = []
    with pytest.raises(NotFoundError, match="Gone"):
        got.extend(client.contacts.export_contacts.iter())
    assert len(got) == 1_000


def test_rows_of_a_parent_are_not_those_of_its_child(server: Server, client: Brevo) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    server.answer = account([contact(n) for n in range(1, 3_001)])
    rows = client.contacts.export_contacts.iter()
    next(rows)
    table = client.contacts.export_list.arrow(list_id=2)

    def child() -> None:
        with pytest.raises(BrevoCancelledError, match="forked"):
            list(rows)
        assert pyarrow.table(table).num_rows == 3_000

    assert in_child(child) == 0
    assert sum(1 for _ in rows) == 2_999


def test_cancelling_a_task_that_reads_rows(server: Server) -> None:
    kept = Kept(server)
    before = server.answer

    def answer(request: Request) -> bytes | None:
        return reply(200, {"attributes": []}) if "/attributes" in request.target else before(request)

    server.answer = answer

    async def work() -> None:
        async with AsyncBrevo(KEY, base_url=server.url, pacing=False) as client:
            rows: AsyncGenerator[Any, None] = client.contacts.export_contacts.iter()

            async def read() -> None:
                async for _ in rows:
                    pass

            task = asyncio.create_task(read())
            await asyncio.to_thread(kept.asked.wait, 10)
            await asyncio.sleep(0.1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await asyncio.to_thread(kept.gone.wait, 10)

    asyncio.run(work())


# --- Arrow ---


@pytest.fixture
def people(server: Server, client: Brevo) -> Table:
    server.answer = account(PEOPLE)
    return client.contacts.export_list.arrow(list_id=2)


def test_pyarrow(people: Table) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    table = pyarrow.table(people)
    table.validate(full=True)
    assert table.to_pydict() == COLUMNS
    types = {field.name: str(field.type) for field in table.schema}
    assert types == {
        "id": "int64", "email": "string",
        "emailBlacklisted": "bool", "smsBlacklisted": "bool", "whatsappBlacklisted": "bool",
        "createdAt": "timestamp[us, tz=UTC]", "modifiedAt": "timestamp[us, tz=UTC]",
        "NAME": "string", "SCORE": "double", "GRADE": "string", "TAGS": "list<item: string>",
        "BORN": "date32[day]", "VIP": "bool",
    }  # fmt: skip
    assert pyarrow.schema(people) == table.schema
    assert people.unfit == {}
    assert people.error is None
    assert repr(people) == "<Table of contacts.export_list>"


def test_polars(people: Table) -> None:
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame(people)
    assert frame.to_dict(as_series=False) == COLUMNS
    assert frame.schema["createdAt"] == polars.Datetime("us", "UTC")
    assert frame.schema["TAGS"] == polars.List(polars.String)


def test_pandas(people: Table) -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame.from_arrow(people)
    assert frame["id"].tolist() == COLUMNS["id"]
    assert [None if pandas.isna(each) else each for each in frame["NAME"]] == COLUMNS["NAME"]
    assert frame["createdAt"].iloc[0] == COLUMNS["createdAt"][0]
    assert frame["createdAt"].isna().tolist() == [False] * 5 + [True]
    assert frame["SCORE"].dropna().tolist() == [1.5, 7.0, 2.25, -1e300]


def test_duckdb(people: Table) -> None:
    duckdb = pytest.importorskip("duckdb")
    with duckdb.connect() as database:
        found = database.sql("select id, NAME, SCORE, TAGS, BORN, VIP from people order by id").fetchall()
        names = ("id", "NAME", "SCORE", "TAGS", "BORN", "VIP")
        assert found == list(zip(*(COLUMNS[name] for name in names), strict=True))
        assert database.sql("select count(*) from people where VIP").fetchall() == [(2,)]


def test_values_that_do_not_fit_are_null_and_counted(server: Server, client: Brevo) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    odd = [
        contact(1, NAME={"a": [1, "ü"]}, SCORE="many", GRADE=[1], TAGS="a", BORN="31-12-1990", VIP="perhaps"),
        contact(2, NAME=True, SCORE=[1], TAGS=[["a"], {"b": None}], BORN="2023-02-29", VIP=1),
        contact(3, SCORE="inf", BORN=20_000) | {"createdAt": "2026-03-04 05:06:07"},
        {"id": 4.0, "createdAt": "2026-03-04T05:06:07,5-0330", "email": 7},
        {"id": 10**30, "createdAt": "2016-12-31T23:59:60Z"},
        {"id": "12", "createdAt": "2026-03-04t05:06z"},
        "no contact",
    ]
    server.answer = account(odd)  # type: ignore[arg-type]
    table = client.contacts.export_list.arrow(list_id=2)
    assert table.unfit == {}
    read = pyarrow.table(table).to_pydict()
    assert read["id"] == [1, 2, 3, 4, None, 12, None]
    assert read["NAME"] == ['{"a": [1, "\\u00fc"]}', "true", *[None] * 5]
    assert read["GRADE"] == ["[1]", *[None] * 6]
    assert read["TAGS"] == [None, ['["a"]', '{"b": null}'], *[None] * 5]
    assert read["SCORE"] == read["BORN"] == read["VIP"] == [None] * 7
    assert read["email"][3] == "7"
    moments = [each and each.isoformat() for each in read["createdAt"][2:]]
    assert moments == [None, "2026-03-04T08:36:07.500000+00:00", "2017-01-01T00:00:00+00:00",
                       "2026-03-04T05:06:00+00:00", None]  # fmt: skip
    assert table.unfit == {"SCORE": 3, "TAGS": 1, "BORN": 3, "VIP": 2, "createdAt": 1, "id": 1}
    server.answer = account([])
    assert pyarrow.table(table).num_rows == 0
    assert table.unfit == {}, "of the last reading"


def test_every_reading_begins_anew(server: Server, people: Table) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    first = pyarrow.table(people)
    server.answer = account(PEOPLE[:2])
    assert (first.num_rows, pyarrow.table(people).num_rows) == (6, 2)


def test_nobody_comes_twice_where_pages_overlap(server: Server, client: Brevo) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    server.answer = account([contact(n, NAME=f"N{n}" if n % 3 else None) for n in range(1, 2_501)])
    table = pyarrow.table(client.contacts.export_contacts.arrow(attributes=["NAME"]))
    table.validate(full=True)
    assert table["id"].to_pylist() == list(range(1, 2_501))
    assert table["NAME"].to_pylist() == [f"N{n}" if n % 3 else None for n in range(1, 2_501)]
    assert table["id"].num_chunks == 3


def test_listings(server: Server, client: Brevo) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    server.answer = account(PEOPLE)
    contacts = client.contacts
    for table in (contacts.get_contacts.arrow(limit=2), contacts.get_contacts_from_list.arrow(list_id=2)):
        read = pyarrow.table(table)
        read.validate(full=True)
        assert read["id"].to_pylist() == COLUMNS["id"]
        assert read["listIds"].to_pylist() == [[2, 5]] * 5 + [None]
        assert str(read.schema.field("listIds").type) == "list<item: int64>"
        assert read["createdAt"].to_pylist() == COLUMNS["createdAt"]
        attributes = [json.loads(each) for each in read["attributes"].to_pylist()]
        assert attributes == [each["attributes"] for each in PEOPLE]
    server.answer = lambda request: reply(200, [{"id": "1", "any": 1}, "x"])
    read = pyarrow.table(client.custom_objects.getrecords.arrow(object_type="car", limit=9, page_num=1))
    assert read.num_rows == 0
    server.answer = lambda request: reply(200)
    assert pyarrow.table(client.senders.get_senders.arrow()).num_rows == 0


def test_events(server: Server, client: Brevo) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    events: list[dict[str, Any]] = [
        {"email": "ada@example.com", "event": "opened", "messageId": "<1>", "templateId": 7, "unknown": 1},
        {"email": "zoe@example.com", "event": "delivered", "date": "2026-01-02T03:04:05.000+01:00"},
    ]

    def answer(request: Request) -> bytes:
        return reply(200, {"events": events if "startDate=2026-01-01" in request.target else []})

    server.answer = answer
    export = client.transactional_emails.export_email_events
    rows = list(export.iter(start_date="2026-01-01", end_date=datetime.date(2026, 12, 31)))
    assert rows == [{key: each[key] for key in each if key != "unknown"} for each in events]
    table = pyarrow.table(export.arrow(start_date="2026-01-01", end_date="2026-12-31"))
    assert table["email"].to_pylist() == ["ada@example.com", "zoe@example.com"]
    assert table["templateId"].to_pylist() == [7, None]
    assert table["date"].to_pylist() == [
        None,
        datetime.datetime(2026, 1, 2, 2, 4, 5, tzinfo=datetime.timezone.utc),
    ]
    assert "unknown" not in table.column_names


# Their columns are those of the file that Brevo makes, after a process.
MADE_BY_BREVO = {"export_campaign_recipients", "export_sms_campaign_recipients"}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_listing_and_export_has_columns(server: Server, client: Brevo) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    values = {"int": 1, "bool": True, "str | date": "2026-01-01", "str | datetime": "2026-01-01T00:00:00Z"}
    count = 0
    for resource in dir(client):
        operations = getattr(client, resource)
        for name in dir(operations):
            method = getattr(operations, name)
            if name.startswith("_") or ".arrow(" not in (method.__doc__ or "") or name in MADE_BY_BREVO:
                continue
            parameters = inspect.signature(method).parameters.values()
            needed = {each.name: each.annotation for each in parameters if each.default is each.empty}
            needed.pop("path", None)
            given = {name: values.get(annotation, "x") for name, annotation in needed.items()}
            schema = pyarrow.schema(method.arrow(**given))
            assert len(schema) >= 1, method
            count += 1
    assert count > 50


def test_errors(server: Server, client: Brevo) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    server.answer = broken
    table = client.contacts.export_contacts.arrow()
    with pytest.raises(pyarrow.ArrowException, match=r"contacts\.get_contacts: Gone"):
        pyarrow.table(table)
    assert isinstance(table.error, NotFoundError)
    batches = pyarrow.RecordBatchReader.from_stream(table)
    assert batches.read_next_batch().num_rows == 1_000
    assert table.error is None
    with pytest.raises(pyarrow.ArrowException):
        batches.read_next_batch()

    server.answer = lambda request: reply(404, {"message": "Nothing"})
    with pytest.raises(NotFoundError, match="Nothing"):
        pyarrow.table(table)  # what fails before the columns are known is raised as it is

    server.answer = lambda request: reply(200, b'{"contacts": [{"id": 1}, ')
    with pytest.raises(pyarrow.ArrowException, match="the reply is not JSON: EOF"):
        pyarrow.table(client.contacts.get_contacts.arrow())


def test_a_stream_that_is_dropped_ends(server: Server, client: Brevo) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    kept = Kept(server)
    reader = pyarrow.RecordBatchReader.from_stream(client.contacts.get_contacts.arrow())
    assert reader.read_next_batch().num_rows == 1_000
    assert kept.asked.wait(10)
    del reader
    gc.collect()
    assert kept.gone.wait(10)
    capsule = client.contacts.get_contacts.arrow().__arrow_c_stream__()
    assert "arrow_array_stream" in repr(capsule)
    del capsule
    gc.collect()


def test_rows_outlive_the_table_and_the_client(server: Server) -> None:
    polars = pytest.importorskip("polars")
    server.answer = account(PEOPLE)
    client = Brevo(KEY, base_url=server.url, pacing=False)
    table = client.contacts.export_list.arrow(list_id=2)
    frame = polars.DataFrame(table)
    client.close()
    with pytest.raises(ConfigurationError, match="closed"):
        polars.DataFrame(table)
    del table, client
    gc.collect()
    assert frame.to_dict(as_series=False) == COLUMNS


def test_many_threads_read_columns_at_once(server: Server, client: Brevo) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    server.answer = paged(2_500)
    table = client.contacts.get_contacts.arrow()
    got: list[int] = []
    threads = [threading.Thread(target=lambda: got.append(pyarrow.table(table).num_rows)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert got == [2_500] * 8


def test_ctrl_c_while_columns_are_read(server: Server, client: Brevo) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    kept = Kept(server)
    table = client.contacts.get_contacts.arrow()

    def interrupt() -> None:
        assert kept.asked.wait(10)
        time.sleep(0.2)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()

    def read() -> None:
        try:
            pyarrow.table(table)
        except pyarrow.ArrowException:
            time.sleep(5)

    with pytest.raises(KeyboardInterrupt):
        read()
    assert kept.gone.wait(10)


def test_columns_of_an_async_client_are_read_in_a_thread(server: Server) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    server.answer = account(PEOPLE)

    async def read() -> Any:
        async with AsyncBrevo(KEY, base_url=server.url, pacing=False) as client:
            return await asyncio.to_thread(pyarrow.table, client.contacts.export_list.arrow(list_id=2))

    assert asyncio.run(read()).to_pydict() == COLUMNS
