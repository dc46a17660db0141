"""What replies become in Python."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest

from brevo_native import Brevo, DecodeError, Object
from conftest import Server, reply


def contact(client: Brevo) -> Any:
    return client.contacts.get_contact_info(identifier="ada@example.com")


def test_objects_answer_keys_and_attributes(server: Server, client: Brevo) -> None:
    body = {"id": 2**80, "emailBlacklisted": False, "attributes": {"FIRST NAME": "Ada"}, "listIds": [1]}
    server.answer = lambda request: reply(200, body)
    got = contact(client)
    assert got == body
    assert issubclass(type(got), dict)
    assert isinstance(got.attributes, Object)
    assert got.email_blacklisted is False
    assert got["emailBlacklisted"] is False
    assert got.list_ids == [1]
    assert got.id == 2**80
    assert got.email is None
    with pytest.raises(AttributeError, match="emial"):
        _ = got.emial
    assert "email_blacklisted" in dir(got)
    assert pickle.loads(pickle.dumps(got)) == copy.deepcopy(got) == got
    assert json.loads(json.dumps(got)) == body


def test_names_that_python_has_taken(server: Server, client: Brevo) -> None:
    server.answer = lambda request: reply(200, {"items": [1], "from": "a", "get": 2})
    got = contact(client)
    assert (got.items_, got.from_, got["get"]) == ([1], "a", 2)
    assert list(got.items()) == [("items", [1]), ("from", "a"), ("get", 2)]


@pytest.mark.parametrize(
    "text",
    [
        "123",
        "-0.5e3",
        "18446744073709551616",
        "[-0, -0.0, 0e0, 9223372036854775807, -9223372036854775809, 0.1, 1E+2, 1e-400]",
        "123456789012345678901234567890.5",
        '"\\u00e9\\ud83c\\udf89"',
        "[]",
        "{}",
        "[[], {}, null, true]",
        " null ",
    ],
)
def test_any_json(server: Server, client: Brevo, text: str) -> None:
    server.answer = lambda request: reply(200, text.encode())
    assert contact(client) == json.loads(text)


def test_objects_that_are_alike_and_those_that_are_not(server: Server, client: Brevo) -> None:
    rows: list[Any] = [{"a": n, "b": {"x": [n, {"y": 1.5}], "z": "ß"}, "c": None} for n in range(3)]
    rows += [
        {"c": 1, "a": 2},
        {"a": "x", "b": {"z": True}},
        {},
        {"a": {"x": {}}, "b": [{"x": 1}, {"w": 2}], "c": 0},
    ]
    rows += [{f"k{n}": n for n in range(count)} for count in (5, 6, 11, 12, 200, 200, 3)] + rows
    server.answer = lambda request: reply(200, rows)
    got = contact(client)
    assert got == rows
    assert [list(row) for row in got] == [list(row) for row in rows]
    assert type(got[0].b["x"][1]) is Object
    got[0]["a"], got[0].b["new"] = "changed", 1
    assert got[1:] == rows[1:]


def test_keys_as_they_may_be_written(server: Server, client: Brevo) -> None:
    text = '[{"a":1,"b":2},{ "a" : 3 , "\\u0062":4},{"a":5,"a":6,"b":7},{"a":8,"a":9,"b":10},{"aa":1,"":2}]'
    server.answer = lambda request: reply(200, text.encode())
    assert contact(client) == json.loads(text)


@pytest.mark.parametrize("body", [b"", b" \r\n"])
def test_an_empty_body_is_none(server: Server, client: Brevo, body: bytes) -> None:
    server.answer = lambda request: reply(200, body)
    assert contact(client) is None


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b'{"a": 1',
        b"[1,]",
        b"\xff\xfe",
        b'{"a": NaN}',
        b'[{"a":1},{"a" 1}]',
        b'[{"a":1},{"a"}]',
        b'[{"a":1},{"a":}]',
        b'[{"a":1},{a:1}]',
        b"1 2",
        b"[" * 200 + b"]" * 200,
    ],
)
def test_rubbish_is_kept_in_the_error(server: Server, client: Brevo, body: bytes) -> None:
    server.answer = lambda request: reply(200, body, x_mine="1")
    with pytest.raises(DecodeError) as caught:
        contact(client)
    error = caught.value
    assert error.body == body
    assert error.status == 200
    assert error.headers["x-mine"] == "1"
    assert error.operation == "contacts.get_contact_info"
    assert "contacts.get_contact_info" in str(error)


def test_raw_reply(server: Server, client: Brevo) -> None:
    server.answer = lambda request: reply(
        201,
        {"id": 7},
        X_Mine="yes",
        x_sib_ratelimit_limit="10",
        x_sib_ratelimit_remaining="9",
        x_sib_ratelimit_reset="1.5",
    )
    got = client.contacts.create_contact.raw(email="ada@example.com")
    assert (got.status, got.body, got.json().id, got.attempts) == (201, b'{"id": 7}', 7, 1)
    assert got.headers["x-mine"] == "yes"
    limit = got.rate_limit
    assert limit is not None
    assert (limit.limit, limit.remaining, limit.reset) == (10, 9, 1.5)
    assert repr(limit) == "RateLimit(limit=10, remaining=9, reset=1.5)"
    assert "201" in repr(got)


def test_raw_reply_without_a_body(server: Server, client: Brevo) -> None:
    server.answer = lambda request: reply(204)
    got = client.contacts.update_contact.raw(identifier="a@example.com")
    assert (got.status, got.body, got.json(), got.rate_limit) == (204, b"", None, None)
