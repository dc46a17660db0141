"""What Python values become on the wire, and which are refused."""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import decimal
import enum
import io
import pathlib
import types
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from brevo_native import Brevo, BrevoError, BrevoFileError, InvalidArgumentError
from conftest import Server, reply


class Colour(enum.Enum):
    RED = "red"


class Size(enum.IntEnum):
    LARGE = 3


class Code(str, enum.Enum):
    GREEN = "green"


@dataclasses.dataclass
class Person:
    name: str
    age: int | None = None


class Model:
    """Like a pydantic model, as far as we look."""

    def model_dump(self, **settings: Any) -> dict[str, Any]:
        assert settings == {"by_alias": True, "exclude_none": True}
        return {"born": dt.date(1815, 12, 10)}


class Index:
    def __index__(self) -> int:
        return 7


UTC = dt.timezone.utc


def sent_as(server: Server, client: Brevo, given: Any) -> Any:
    """What a value becomes on the wire, in a place where any JSON may stand."""
    client.transactional_emails.send_transac_email(
        to=[{"email": "a@example.com"}], template_id=1, params={"v": given}
    )
    return server.requests[0].json()["params"]["v"]


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        (None, None),
        (True, True),
        (2**63 - 1, 2**63 - 1),
        (-(2**63), -(2**63)),
        (2**64 - 1, 2**64 - 1),
        (1.5, 1.5),
        ("Zoë 李 🎉", "Zoë 李 🎉"),
        (b"\x00\xff", base64.b64encode(b"\x00\xff").decode()),
        (bytearray(b"a"), "YQ=="),
        (memoryview(b"a"), "YQ=="),
        (dt.date(2026, 12, 1), "2026-12-01"),
        (dt.datetime(2026, 12, 1, 9, tzinfo=UTC), "2026-12-01T09:00:00+00:00"),
        (decimal.Decimal("12.30"), 12.3),
        (decimal.Decimal("12"), 12),
        (Colour.RED, "red"),
        (Size.LARGE, 3),
        (Code.GREEN, "green"),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (pathlib.PurePosixPath("a/b"), "a/b"),
        (Person("Ada"), {"name": "Ada"}),
        (Model(), {"born": "1815-12-10"}),
        (types.MappingProxyType({"a": 1}), {"a": 1}),
        ((1, 2), [1, 2]),
        ({3}, [3]),
        ((n for n in range(3)), [0, 1, 2]),
        (Index(), 7),
        ({"deep": [{"er": (1, None)}]}, {"deep": [{"er": [1, None]}]}),
    ],
)
def test_values(server: Server, client: Brevo, given: object, sent: object) -> None:
    assert sent_as(server, client, given) == sent


@pytest.mark.parametrize("make", [bytes, bytearray, memoryview, io.BytesIO])
@pytest.mark.parametrize(
    ("call", "parameter", "wanted"),
    [
        (lambda client, it: client.contacts.create_contact(email=it), "email", "text"),
        (
            lambda client, it: client.contacts.create_contact(list_ids=[1, it]),
            "list_ids[1]",
            "a whole number",
        ),
        (
            lambda client, it: client.contacts.create_contact(attributes={"NAME": it}),
            "attributes.NAME",
            "a whole number",
        ),
        (
            lambda client, it: client.transactional_emails.send_transac_email(to=[{"email": it}]),
            "to[0].email",
            "text",
        ),
        (lambda client, it: client.contacts.import_file(path="x.csv", delimiter=it), "delimiter", "text"),
    ],
)
def test_bytes_are_no_text(
    server: Server,
    client: Brevo,
    make: Callable[[bytes], Any],
    call: Callable[[Brevo, Any], Any],
    parameter: str,
    wanted: str,
) -> None:
    given = make(b"ada@example.com")
    with pytest.raises(InvalidArgumentError) as caught:
        call(client, given)
    assert caught.value.parameter == parameter
    assert f"expected {wanted}" in str(caught.value)
    assert f"got {type(given).__name__}" in str(caught.value).replace("_io.", "")
    assert server.requests == []


def test_pydantic_models(server: Server, client: Brevo) -> None:
    pydantic = pytest.importorskip("pydantic")

    class Order(pydantic.BaseModel):  # type: ignore[misc, name-defined]
        total: decimal.Decimal = pydantic.Field(alias="orderTotal")
        note: str | None = None

    assert sent_as(server, client, Order(orderTotal="1.5")) == {"orderTotal": 1.5}


def test_objects_that_are_sent_may_be_of_ones_own_classes(server: Server, client: Brevo) -> None:
    pydantic = pytest.importorskip("pydantic")

    class Sender(pydantic.BaseModel):  # type: ignore[misc, name-defined]
        name: str
        address: str = pydantic.Field(serialization_alias="email")

    @dataclasses.dataclass
    class Person:
        email: str
        name: str | None = None

    client.transactional_emails.send_transac_email(
        sender=Sender(name="Shop", address="shop@example.com"),
        to=[Person("ada@example.com"), {"email": "grace@example.com"}],
        template_id=1,
        params={"total": decimal.Decimal("12.30"), "day": dt.date(2026, 12, 1), "colour": Colour.RED},
        scheduled_at=dt.datetime(2026, 12, 1, 9, tzinfo=dt.timezone(dt.timedelta(hours=1))),
    )
    body = server.requests[0].json()
    assert body["sender"] == {"name": "Shop", "email": "shop@example.com"}
    assert body["to"] == [{"email": "ada@example.com"}, {"email": "grace@example.com"}]
    assert body["params"] == {"total": 12.3, "day": "2026-12-01", "colour": "red"}
    assert body["scheduledAt"] == "2026-12-01T09:00:00+01:00"


def test_days_and_moments_in_the_query(server: Server, client: Brevo) -> None:
    client.contacts.get_contacts(modified_since=dt.datetime(2026, 12, 1, 9, tzinfo=UTC))
    assert "modifiedSince=2026-12-01T09%3A00%3A00%2B00%3A00" in server.requests[0].target
    client.transactional_emails.get_email_event_report(
        start_date=dt.date(2026, 11, 1), end_date=dt.date(2026, 11, 30)
    )
    assert "startDate=2026-11-01&endDate=2026-11-30" in server.requests[1].target


def endless() -> list[Any]:
    loop: list[Any] = []
    loop.append(loop)
    return loop


@pytest.mark.parametrize(
    ("given", "path", "words"),
    [
        (float("nan"), "attributes.v", "finite number, got nan"),
        (float("inf"), "attributes.v", "finite number, got inf"),
        (2**64, "attributes.v", "64 bits"),
        (-(2**63) - 1, "attributes.v", "64 bits"),
        ("\ud800", "attributes.v", "surrogate"),
        (dt.datetime(2026, 12, 1, 9), "attributes.v", "no zone"),
        (decimal.Decimal("NaN"), "attributes.v", "NaN"),
        (decimal.Decimal("0.12345678901234567890123"), "attributes.v", "digits"),
        (object(), "attributes.v", "object cannot be sent"),
        (int, "attributes.v", "cannot be sent"),
        ([1, {"x": object()}], "attributes.v[1].x", "object"),
        ({1: 2}, "attributes.v", "key"),
        (endless(), None, "127 levels"),
    ],
)
def test_refusals(server: Server, client: Brevo, given: Any, path: str | None, words: str) -> None:
    with pytest.raises(InvalidArgumentError, match=words) as caught:
        client.contacts.create_contact(attributes={"v": given})
    assert caught.value.operation == "contacts.create_contact"
    assert path is None or caught.value.parameter == path
    assert not server.requests


def test_what_an_argument_raises_is_raised(client: Brevo) -> None:
    def broken() -> Any:
        yield 1
        raise RuntimeError("mine")

    with pytest.raises(RuntimeError, match="mine"):
        client.contacts.create_contact(list_ids=broken())


def test_none_counts_as_not_given(server: Server, client: Brevo) -> None:
    client.contacts.create_contact(email="ada@example.com", ext_id=None)
    assert server.requests[0].json() == {"email": "ada@example.com"}


def test_positional_arguments_are_refused(client: Brevo) -> None:
    with pytest.raises(
        TypeError, match=r"keyword arguments only; write contacts.get_contact_info\(identifier="
    ):
        client.contacts.get_contact_info("ada@example.com")  # type: ignore[call-arg]


def test_misspelt_parameter(client: Brevo) -> None:
    with pytest.raises(InvalidArgumentError, match="did you mean `email`") as caught:
        client.contacts.create_contact(emial="x")  # type: ignore[call-arg]
    assert caught.value.parameter == "emial"


def test_missing_parameter(client: Brevo) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        client.contacts.get_contact_info()  # type: ignore[call-arg]
    assert caught.value.parameter == "identifier"


def test_wrong_type(client: Brevo) -> None:
    with pytest.raises(InvalidArgumentError, match="expected text"):
        client.contacts.create_contact(email=5)  # type: ignore[arg-type]


def test_options(server: Server, client: Brevo) -> None:
    server.answer = lambda request: reply(200, {"messageId": "<1>"})
    client.transactional_emails.send_transac_email(
        to=[{"email": "a@example.com"}],
        template_id=1,
        options={
            "idempotency_key": "k-1",
            "headers": {"X-Mine": "1"},
            "extra": {"novel": True},
            "timeout": 5,
        },
    )
    request = server.requests[0]
    assert request.headers["x-mine"] == "1"
    assert request.json()["novel"] is True
    assert "k-1" in request.body.decode()


@pytest.mark.parametrize(
    "wrong", [{"timeot": 1}, {"timeout": "x"}, {"headers": {"a": 1}}, {"timeout": object()}]
)
def test_wrong_options(client: Brevo, wrong: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="options"):
        client.account.get_account(options=wrong)


def test_options_must_be_a_mapping(client: Brevo) -> None:
    with pytest.raises(InvalidArgumentError, match="options: expected a mapping"):
        client.account.get_account(options=5)  # type: ignore[arg-type]


def file_at(folder: pathlib.Path) -> pathlib.Path:
    path = folder / "münchen.csv"
    path.write_bytes(b"a,b\n")
    return path


@pytest.mark.parametrize(
    "make",
    [
        lambda folder: file_at(folder),
        lambda folder: str(file_at(folder)),
        lambda folder: file_at(folder).open("rb"),
        lambda folder: file_at(folder).open(encoding="utf-8"),
        lambda folder: ("münchen.csv", b"a,b\n"),
        lambda folder: ("münchen.csv", io.BytesIO(b"a,b\n")),
        lambda folder: {"name": "münchen.csv", "content": b"a,b\n"},
        lambda folder: {"name": "münchen.csv", "content": base64.b64encode(b"a,b\n").decode()},
        lambda folder: {"path": str(file_at(folder))},
    ],
)
def test_files(
    server: Server, client: Brevo, tmp_path: pathlib.Path, make: Callable[[pathlib.Path], Any]
) -> None:
    client.files.upload_a_file(file=make(tmp_path))
    body = server.requests[0].body
    assert b"\r\n\r\na,b\n\r\n" in body
    assert "münchen.csv".encode() in body
    assert server.requests[0].headers["content-type"].startswith("multipart/form-data")


@pytest.mark.parametrize("make", [bytes, io.BytesIO, bytearray])
def test_file_content_alone(server: Server, client: Brevo, make: Callable[[bytes], Any]) -> None:
    client.files.upload_a_file(file=("x.txt", make(b"text")))
    assert b"\r\n\r\ntext\r\n" in server.requests[0].body


PDF = b"%PDF-1.4"


def attached(server: Server, client: Brevo, *files: Any) -> list[tuple[str | None, bytes]]:
    """Names and contents of attachments as they are sent."""
    client.transactional_emails.send_transac_email(
        to=[{"email": "a@example.com"}], template_id=1, attachment=files
    )
    sent = server.requests[-1].json()["attachment"]
    return [(file["name"], base64.b64decode(file["content"])) for file in sent]


def test_attachments(server: Server, client: Brevo, tmp_path: pathlib.Path) -> None:
    path = tmp_path / "rechnung für märz.pdf"
    path.write_bytes(PDF)
    text = tmp_path / "text.txt"
    text.write_text("Zoë", encoding="utf-8")
    memory = io.BytesIO(PDF)
    with path.open("rb") as file, text.open(encoding="utf-8") as words:
        got = attached(
            server,
            client,
            path,
            file,
            words,
            ("a.pdf", PDF),
            ("b.pdf", memory),
            ("c.pdf", path),
            {"name": "d.pdf", "content": PDF},
            {"name": "e.pdf", "content": path},
            {"content": path},
            {"name": "f.pdf", "content": base64.b64encode(PDF).decode()},
        )
    assert got == [
        (path.name, PDF),
        (path.name, PDF),
        ("text.txt", "Zoë".encode()),
        *[(name, PDF) for name in ("a.pdf", "b.pdf", "c.pdf", "d.pdf", "e.pdf", path.name, "f.pdf")],
    ]


@pytest.mark.parametrize(
    ("files", "kind", "words"),
    [
        ([b"nameless"], InvalidArgumentError, r"attachment\[0\].* name"),
        ([("report", PDF)], InvalidArgumentError, r"attachment\[0\].*extension"),
        ([("a.pdf", 5)], InvalidArgumentError, r"attachment\[0\].*not int"),
        (["invoice.pdf"], InvalidArgumentError, r"attachment\[0\].*got text"),
        ([{"path": "/etc/passwd"}], InvalidArgumentError, "path"),
        (pathlib.Path("invoice.pdf"), InvalidArgumentError, "expected a list"),
        ([pathlib.Path("nowhere.pdf")], BrevoFileError, r"nowhere\.pdf"),
    ],
)
def test_wrong_attachments(
    server: Server, client: Brevo, files: Any, kind: type[BrevoError], words: str
) -> None:
    with pytest.raises(kind, match=words) as caught:
        client.transactional_emails.send_transac_email(
            to=[{"email": "a@example.com"}], template_id=1, attachment=files
        )
    assert caught.value.operation == "transactional_emails.send_transac_email"
    assert not server.requests


def test_wrong_file(client: Brevo) -> None:
    with pytest.raises(InvalidArgumentError, match="expected a file") as caught:
        client.files.upload_a_file(file=5)  # type: ignore[arg-type]
    assert caught.value.parameter == "file"
