"""The logger `brevo_native`."""

from __future__ import annotations

import asyncio
import logging

import pytest

from brevo_native import AsyncBrevo, Brevo, NotFoundError
from conftest import KEY, Server, reply


def test_calls_are_logged_without_secrets(
    server: Server, client: Brevo, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "brevo_native")
    client.account.get_account()
    server.answer = lambda request: reply(404, {"message": "Nobody"})
    with pytest.raises(NotFoundError):
        client.contacts.get_contact_info(identifier="ada@example.com")

    async def work() -> None:
        with pytest.raises(NotFoundError):
            await AsyncBrevo(KEY, base_url=server.url).account.get_account.raw()

    asyncio.run(work())
    assert [each.getMessage() for each in caplog.records if each.name == "brevo_native"] == [
        "account.get_account: success, status 200, attempts 1",
        "contacts.get_contact_info: not_found, status 404, attempts 1",
        "account.get_account: not_found, status 404, attempts 1",
    ]
    assert "ada@example.com" not in caplog.text
    assert KEY[8:] not in caplog.text


def test_silence_is_the_default(server: Server, client: Brevo, caplog: pytest.LogCaptureFixture) -> None:
    client.account.get_account()
    assert not [each for each in caplog.records if each.name == "brevo_native"]
