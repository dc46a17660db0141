"""What a job can be given to read, to be checked and not run."""

import io
import sqlite3
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars
from pydantic import BaseModel
from typing_extensions import assert_type

from brevo_native import AsyncBrevo, Brevo
from brevo_native import types as _t


@dataclass
class Person:
    email: str


class Model(BaseModel):
    email: str


def rows() -> Iterator[dict[str, object]]:
    yield {"email": "ada@example.com", "AGE": 36}


async def rows_later() -> AsyncIterator[Person]:
    yield Person("ada@example.com")


async def every(brevo: Brevo, twin: AsyncBrevo, cursor: sqlite3.Cursor) -> None:
    assert_type(brevo.contacts.import_file("people.csv", list_ids=[2], progress=True), _t.ImportFileResult)
    brevo.contacts.import_file(
        source=Path("people.csv"), list_ids=[2], progress=lambda told: print(told.done)
    )
    brevo.contacts.import_file(path="people.csv", list_ids=[2])
    brevo.contacts.import_file(io.StringIO(""), list_ids=[2], format="csv")
    brevo.contacts.import_file(io.BytesIO(b""), list_ids=[2])
    brevo.contacts.import_file(b"EMAIL\n", list_ids=[2])
    with Path("people.csv").open("rb") as file:
        brevo.contacts.import_file(file, list_ids=[2])
    brevo.contacts.import_file(rows(), list_ids=[2])
    brevo.contacts.import_file([Person("ada@example.com")], list_ids=[2])
    brevo.contacts.import_file([Model(email="ada@example.com")], list_ids=[2])
    brevo.contacts.import_file(cursor.execute("SELECT"), list_ids=[2])
    brevo.contacts.import_file(polars.DataFrame({"email": []}), list_ids=[2])
    brevo.contacts.import_file(brevo.contacts.get_contacts.iter(), list_ids=[2])
    brevo.contacts.import_file(rows_later(), list_ids=[2])  # type: ignore[arg-type]
    brevo.contacts.import_file(7, list_ids=[2])  # type: ignore[arg-type]
    await twin.contacts.import_file(rows(), list_ids=[2])
    await twin.contacts.import_file(rows_later(), list_ids=[2])
    await twin.contacts.import_file(twin.contacts.get_contacts.iter(), list_ids=[2])
