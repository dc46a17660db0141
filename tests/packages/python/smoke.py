"""Uses an installed brevo-native as its users do: standard library only, any CPython, any sandbox.

The settings come from the environment, as `tests/sandbox.py` sets them.
"""

from __future__ import annotations

import asyncio
import importlib.metadata
import io
import os
import pathlib
import pickle
import sys
import tempfile
import threading
from collections.abc import Callable
from importlib.resources import files

import brevo_native
from brevo_native import AsyncBrevo, Brevo, BrevoError, DuplicateError, InvalidArgumentError, NotFoundError

PEOPLE = 25


def installed() -> None:
    facts = importlib.metadata.metadata("brevo-native")
    assert facts["Version"] == brevo_native.__version__
    assert importlib.metadata.requires("brevo-native") is None, "nothing else is needed"
    assert files("brevo_native").joinpath("py.typed").is_file()
    assert files("brevo_native").joinpath("types.pyi").is_file()
    assert "site-packages" in brevo_native.__file__, "the wheel, not the checkout"


def calls(brevo: Brevo) -> None:
    folder = brevo.contacts.create_folder(name="Website")
    people = brevo.contacts.create_list(name="Newsletter", folder_id=folder.id)
    for n in range(PEOPLE):
        brevo.contacts.create_contact(
            email=f"p{n}@example.com", attributes={"FIRSTNAME": f"Zoë {n}"}, list_ids=[people.id]
        )
    found = brevo.contacts.get_contacts_from_list.iter(list_id=people.id, limit=10)
    assert sorted(each.email for each in found) == sorted(f"p{n}@example.com" for n in range(PEOPLE))
    raw = brevo.contacts.get_contact_info.raw(identifier="p1@example.com")
    assert raw.status == 200
    assert raw.json()["attributes"]["FIRSTNAME"] == "Zoë 1"


def raised(kind: type[BrevoError], call: Callable[[], object]) -> BrevoError:
    """The error of that class which the call raises."""
    try:
        call()
    except kind as error:
        return error
    raise AssertionError(f"no {kind.__name__}")


def errors(brevo: Brevo) -> None:
    for error in (
        raised(NotFoundError, lambda: brevo.contacts.get_contact_info(identifier="nobody@example.com")),
        raised(DuplicateError, lambda: brevo.contacts.create_contact(email="p0@example.com")),
        raised(InvalidArgumentError, lambda: brevo.contacts.create_contact(emial="p0@example.com")),
    ):
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again)) == (type(error), str(error))
        assert error.advice


def attachments(brevo: Brevo) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "invoice.pdf")
        path.write_bytes(b"%PDF-1.4")
        with path.open("rb") as file:
            reply = brevo.transactional_emails.send_transac_email(
                sender={"email": "shop@example.com"},
                to=[{"email": "p0@example.com"}],
                subject="Invoice",
                text_content="Attached.",
                attachment=[path, file, ("terms.txt", io.BytesIO(b"Terms")), {"name": "a.txt", "content": b"a"}],
            )
    assert reply.message_id == reply["messageId"]


def threads(brevo: Brevo) -> None:
    got: list[int] = []
    runners = [
        threading.Thread(target=lambda: got.append(brevo.contacts.get_contacts(limit=1).count)) for _ in range(8)
    ]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    assert got == [PEOPLE] * 8


async def awaited(client: AsyncBrevo) -> None:
    names = [f"p{n}@example.com" for n in range(10)]
    got = await asyncio.gather(*(client.contacts.get_contact_info(identifier=name) for name in names))
    assert [each.email for each in got] == names
    assert len([each async for each in client.contacts.get_contacts.iter(limit=10)]) == PEOPLE
    try:
        await client.contacts.get_contact_info(identifier="nobody@example.com")
    except NotFoundError:
        pass
    else:
        raise AssertionError("no NotFoundError")
    task = asyncio.ensure_future(client.contacts.get_contacts())
    await asyncio.sleep(0)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        return
    raise AssertionError("the task was not cancelled")


def forked(work: Callable[[], object]) -> None:
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException as error:
            sys.stderr.write(f"in the child: {error!r}\n")
            os._exit(1)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def main() -> None:
    installed()
    brevo, twin = Brevo(), AsyncBrevo()
    calls(brevo)
    errors(brevo)
    attachments(brevo)
    threads(brevo)
    asyncio.run(awaited(twin))
    forked(lambda: errors(brevo))
    forked(lambda: asyncio.run(awaited(twin)))
    errors(brevo)
    brevo.close()
    version = ".".join(map(str, sys.version_info[:3]))
    print(f"CPython {version}: brevo-native {brevo_native.__version__} works")


if __name__ == "__main__":
    main()
