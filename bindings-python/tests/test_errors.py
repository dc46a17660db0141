"""Every failure is a typed error that says what to do, and loses nothing."""

from __future__ import annotations

import base64
import concurrent.futures
import copy
import json
import multiprocessing
import pickle
import socket
import struct
import time
import traceback
from typing import Any

import pytest

import brevo_native
from brevo_native import AsyncBrevo, Brevo, errors
from brevo_native import _brevo_native as native
from conftest import KEY, Request, Server, reply


def test_every_kind_has_its_class() -> None:
    classes = errors.CLASSES
    assert sorted(classes) == sorted(native._kinds())
    assert len(set(classes.values())) == len(classes)
    for each in classes.values():
        assert issubclass(each, errors.BrevoError)
        assert getattr(brevo_native, each.__name__) is each


@pytest.mark.parametrize(
    ("status", "body", "kind", "kept"),
    [
        (400, {"code": "invalid_parameter", "message": "Bad"}, errors.BadRequestError, "invalid_parameter"),
        (401, {"code": "unauthorized", "message": "Key not found"}, errors.UnauthorizedError, "unauthorized"),
        (
            401,
            {"code": "unauthorized", "message": "We have detected you are using an unrecognised IP address"},
            errors.IpNotAuthorizedError,
            "unauthorized",
        ),
        (402, {"code": "not_enough_credits", "message": "None"}, errors.NoCreditsError, "not_enough_credits"),
        (
            403,
            {"code": "permission_denied", "message": "No"},
            errors.PermissionDeniedError,
            "permission_denied",
        ),
        (
            403,
            {"code": "permission_denied", "message": "Your account is not yet activated"},
            errors.AccountNotActivatedError,
            "permission_denied",
        ),
        (404, {"code": "document_not_found", "message": "No"}, errors.NotFoundError, "document_not_found"),
        (425, {"code": "too_early", "message": "Later"}, errors.ConflictError, "too_early"),
        (429, {"code": "too_many_requests", "message": "Slow"}, errors.RateLimitedError, "too_many_requests"),
        (500, {"message": "Oops"}, errors.ServerError, None),
        (502, b"<html>Bad gateway</html>", errors.ServerError, None),
        (404, b"", errors.NotFoundError, None),
        (418, b'{"code"', errors.BadRequestError, None),
    ],
)
def test_answers(
    server: Server, client: Brevo, status: int, body: Any, kind: type[errors.BrevoError], kept: str | None
) -> None:
    server.answer = lambda request: reply(status, body, x_mine="1")
    with pytest.raises(kind) as caught:
        client.contacts.create_contact(email="ada@example.com", options={"max_retries": 0})
    error = caught.value
    assert type(error) is kind
    assert isinstance(error, errors.ApiError)
    assert (error.status, error.code, error.operation) == (status, kept, "contacts.create_contact")
    assert error.headers["x-mine"] == "1"
    assert error.attempts == 1
    assert error.advice in str(error)
    assert error.body == (body if isinstance(body, bytes) else server_body(body))


def server_body(body: Any) -> bytes:
    return reply(200, body).partition(b"\r\n\r\n")[2]


def test_duplicates_name_the_identifiers(server: Server, client: Brevo) -> None:
    metadata = {"duplicate_identifiers": ["email", "SMS"]}
    server.answer = lambda request: reply(
        400, {"code": "duplicate_parameter", "message": "Contact already exist", "metadata": metadata}
    )
    with pytest.raises(errors.DuplicateError) as caught:
        client.contacts.create_contact(email="ada@example.com")
    assert caught.value.duplicate_identifiers == ["email", "SMS"]


def test_a_rate_limit_says_when_to_come_back(server: Server, client: Brevo) -> None:
    server.answer = lambda request: reply(429, {"message": "Slow"}, x_sib_ratelimit_reset="600")
    with pytest.raises(errors.RateLimitedError) as caught:
        client.contacts.get_contacts()
    assert caught.value.retry_after is not None
    assert 590 < caught.value.retry_after <= 600


@pytest.mark.parametrize("kind", [*errors.CLASSES.values(), errors.BrevoError, errors.ApiError])
def test_every_error_can_be_pickled_and_copied(kind: type[errors.BrevoError]) -> None:
    error = kind("words", kind="x", status=404, body=b"\xff", headers={"a": "b"}, retry_after=1.5)
    error.__cause__ = OSError("why")
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(error, protocol))
        assert type(again) is kind
        assert (str(again), again.__dict__) == ("words", error.__dict__)
    assert copy.copy(error).__dict__ == copy.deepcopy(error).__dict__ == error.__dict__


def fail_elsewhere(url: str) -> None:
    Brevo(KEY, base_url=url).contacts.get_contact_info(identifier="a@example.com")


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_errors_come_back_from_other_processes(server: Server, method: str) -> None:
    server.answer = lambda request: reply(
        404, {"code": "document_not_found", "message": "Nobody"}, x_mine="1"
    )
    context = multiprocessing.get_context(method)
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool:
        error = pool.submit(fail_elsewhere, server.url).exception(timeout=60)
    assert type(error) is errors.NotFoundError
    assert (error.status, error.code, error.headers["x-mine"]) == (404, "document_not_found", "1")
    assert error.advice in str(error)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("", "key"),
        ("nonsense", "xkeysib-"),
        ("xsmtpsib-" + "0" * 64 + "-" + "a" * 16, "SMTP"),
        ("A1b2C3d4E5f6G7h8", "v2"),
        (base64.b64encode(json.dumps({"api_key": KEY}).encode()).decode(), "MCP"),
        ("xkeysib-\u00e9", "key"),
    ],
)
def test_keys_of_the_wrong_kind(key: str, words: str) -> None:
    with pytest.raises(errors.ConfigurationError, match=words) as caught:
        Brevo(key)
    assert not key or key not in str(caught.value) + repr(caught.value.__dict__)


def test_a_setting_of_the_wrong_type_is_named() -> None:
    with pytest.raises(errors.ConfigurationError, match="expected text") as caught:
        Brevo(7)  # type: ignore[arg-type]
    assert caught.value.parameter == "api_key"


def test_no_key() -> None:
    with pytest.raises(errors.ConfigurationError, match="BREVO_API_KEY"):
        Brevo(keyring=False)


@pytest.mark.parametrize("url", ["http://example.com/v3", "http://10.0.0.1", "ftp://localhost", "nonsense"])
def test_addresses_that_would_leak_the_key(url: str) -> None:
    with pytest.raises(errors.ConfigurationError) as caught:
        Brevo(KEY, base_url=url)
    assert KEY not in str(caught.value)


def test_unknown_settings_are_named() -> None:
    with pytest.raises(errors.BrevoError, match="timeot"):
        Brevo(KEY, timeot=5)  # type: ignore[call-arg]


def test_the_key_is_never_shown(server: Server, client: Brevo) -> None:
    server.answer = lambda request: reply(401, {"message": "Key not found"})
    shown = [repr(client), str(client), repr(client.contacts), repr(client.contacts.get_contacts)]
    try:
        client.account.get_account()
    except errors.UnauthorizedError as error:
        shown += [traceback.format_exc(), repr(error), repr(error.__dict__)]
    assert len(shown) == 7
    for text in shown:
        assert KEY not in text
        assert KEY[8:40] not in text
    with pytest.raises(TypeError):
        pickle.dumps(client)


def test_nobody_listens(client: Brevo) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    lonely = Brevo(KEY, base_url=f"http://127.0.0.1:{port}", max_retries=0)
    with pytest.raises(errors.BrevoConnectionError) as caught:
        lonely.account.get_account()
    assert caught.value.status is None


def test_a_server_that_hangs_up(server: Server, client: Brevo) -> None:
    server.answer = lambda request: None
    with pytest.raises(errors.BrevoConnectionError):
        client.contacts.create_contact(email="ada@example.com")
    assert len(server.requests) == 1, "a POST of unknown outcome is not repeated"


def test_a_server_that_resets_the_connection(server: Server, client: Brevo) -> None:
    def reset(request: Request) -> None:
        # A linger of 0 seconds: closing sends RST instead of FIN.
        request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    server.answer = reset
    with pytest.raises(errors.BrevoConnectionError):
        client.contacts.create_contact(email="ada@example.com")
    assert len(server.requests) == 1


def test_a_server_that_talks_rubbish(server: Server, client: Brevo) -> None:
    server.answer = lambda request: b"rubbish\r\n\r\n"
    with pytest.raises(errors.BrevoConnectionError):
        client.contacts.create_contact(email="ada@example.com")


def test_a_reply_that_is_cut_off(server: Server, client: Brevo) -> None:
    def cut_off(request: Request) -> None:
        request.connection.sendall(reply(200, {"id": 1})[:-3])

    server.answer = cut_off
    with pytest.raises(errors.BrevoError):
        client.contacts.create_contact(email="ada@example.com", options={"timeout": 1})


def test_a_server_that_hangs(server: Server, client: Brevo) -> None:
    server.answer = lambda request: time.sleep(3)
    begin = time.monotonic()
    with pytest.raises(errors.BrevoTimeoutError, match=r"0\.3"):
        client.contacts.create_contact(email="ada@example.com", options={"timeout": 0.3})
    assert time.monotonic() - begin < 2.5


def test_a_closed_client_refuses(client: Brevo) -> None:
    client.close()
    client.close()
    with pytest.raises(errors.ConfigurationError, match="closed"):
        client.account.get_account()


def test_unknown_operations_are_attribute_errors(client: Brevo) -> None:
    with pytest.raises(AttributeError) as caught:
        client.contacts.creat_contact()  # type: ignore[attr-defined]
    assert caught.value.name == "creat_contact"
    words = "contacts.creat_contact: there is no such operation"
    assert str(caught.value) == f"{words}; did you mean `create_contact`?"
    # Python's own suggestion would say it a second time.
    assert "".join(traceback.format_exception(caught.value)).count("id you mean") == 1
    with pytest.raises(AttributeError, match="did you mean `import_file`"):
        client.contacts.import_fil  # type: ignore[attr-defined]  # noqa: B018
    with pytest.raises(AttributeError) as caught:
        client.contacts.something_else  # type: ignore[attr-defined]  # noqa: B018
    assert str(caught.value) == "contacts.something_else: there is no such operation"
    with pytest.raises(AttributeError) as caught:
        client.contact.create_contact()  # type: ignore[attr-defined]
    assert caught.value.name == "contact"
    assert str(caught.value) == "there is no resource `contact`; did you mean `contacts`?"
    assert "".join(traceback.format_exception(caught.value)).count("id you mean") == 1
    with pytest.raises(AttributeError, match=r"^there is no resource `shape`$"):
        AsyncBrevo(KEY).shape  # type: ignore[attr-defined]  # noqa: B018
    assert not hasattr(client, "__deepcopy__")
    with pytest.raises(AttributeError):
        client.contacts = 5  # type: ignore[assignment, misc]
