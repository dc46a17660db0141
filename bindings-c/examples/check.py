"""Checks an example against a sandbox of its own, from the sandbox's side.

check.py run NAME SOURCE FOLDER COMMAND...   runs COMMAND as its README says, and keeps its figures in FOLDER
check.py table FOLDER NAME...                prints the figures of all side by side
"""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
import urllib.request
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "tests"))
from sandbox import Sandbox, sandbox  # noqa: E402

ATTRIBUTES = {"CITY": "text", "CUSTOMER_SINCE": "date", "BALANCE": "float"}
FIGURES = ["sent", "delivered", "hardBounces", "uniqueViews", "uniqueClicks", "unsubscriptions"]
REFUSED = ["anna.lindstrom.example.com"]


def customers() -> dict[str, dict[str, Any]]:
    """The customers that Brevo accepts, as it should have them, by e-mail: read apart from the programs."""
    found = {}
    for record in (HERE / "customers.dat").read_text("latin-1").splitlines():
        assert len(record) == 128, record
        number, first, last, email, city = (
            record[start:end].rstrip() for start, end in ((0, 8), (8, 28), (28, 53), (53, 93), (93, 113))
        )
        balance = Decimal(record[127] + record[121:127]) / 100
        attributes = {
            "EXT_ID": number,
            "FIRSTNAME": first,
            "LASTNAME": last,
            "CITY": city,
            "CUSTOMER_SINCE": f"{record[113:117]}-{record[117:119]}-{record[119:121]}",
            "BALANCE": float(balance),
        }
        if email not in REFUSED:
            found[email] = {name: value for name, value in attributes.items() if value != ""}
    return found


def same_sources() -> None:
    """The CSV holds what the records hold."""
    rows = list(csv.reader((HERE / "customers.csv").read_text("latin-1").splitlines(), delimiter=";"))[1:]
    records = []
    for number, first, last, email, city, since, balance in rows:
        day, month, year = since.split(".")
        hundredths = f"{abs(int(balance.replace(',', ''))):06}{'-' if balance.startswith('-') else '+'}"
        records.append(f"{number}{first:20}{last:25}{email:40}{city:20}{year}{month}{day}{hundredths}")
    assert records == (HERE / "customers.dat").read_text("latin-1").splitlines()


class Api:
    """Calls made apart from the library, so that it cannot agree with itself only."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.url = environment["BREVO_API_URL"]
        self.key = environment["BREVO_API_KEY"]

    def call(self, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"api-key": self.key, "content-type": "application/json"}
        with urllib.request.urlopen(urllib.request.Request(self.url + path, data, headers)) as reply:
            return json.loads(reply.read() or "null")


def get(server: Sandbox, path: str) -> Any:
    with urllib.request.urlopen(server.url + path) as reply:
        return json.load(reply)


def fields(text: str) -> dict[str, str]:
    """The lines `name: value` of what a program printed."""
    return dict(re.findall(r"^ *([\w.]+): +(.*)$", text, re.MULTILINE))


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def check(server: Sandbox, source: Path, folder: Path, command: list[str]) -> dict[str, Any]:
    environment = server.environment()
    api = Api(environment)
    for name, kind in ATTRIBUTES.items():
        api.call(f"/contacts/attributes/normal/{name}", {"type": kind})
    expected = customers()

    def program(*words: str, key: str | None = None) -> subprocess.CompletedProcess[str]:
        given = environment if key is None else {**environment, "BREVO_API_KEY": key}
        return subprocess.run([*command, *words], env=given, capture_output=True, encoding="utf-8", timeout=300)

    def good(*words: str) -> str:
        done = program(*words)
        assert done.returncode == 0, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        print(f"$ mailing {' '.join(words)}\n{done.stdout}")
        return done.stdout

    # Someone else's key: the program stops, says why, and never shows the key.
    key = environment["BREVO_API_KEY"]
    stranger = key[:-4] + ("0000" if key[-4:] != "0000" else "1111")
    when = (
        datetime.fromisoformat(get(server, "/_sandbox/clock")["now"].replace("Z", "+00:00")) + timedelta(hours=1)
    ).strftime("%Y-%m-%dT%H:%M:%SZ")
    done = program("send", str(source), when, key=stranger)
    said = done.stdout + done.stderr
    assert done.returncode not in (0, 134, 139), f"a wrong key ends with {done.returncode}:\n{said}"
    assert fields(done.stderr)["kind"] == "unauthorized", said
    assert fields(done.stderr)["status"] == "401", said
    assert stranger not in said

    sent = good("send", str(source), when)
    told = fields(sent)
    refusal = {"kind": "bad_request", "status": "400", "code": "invalid_parameter", "message": "Invalid email address"}
    assert {name: told[name] for name in refusal} == refusal
    assert told["advice"], sent
    assert "record 4, customer 00004711, was refused:" in sent
    read = len(expected) + len(REFUSED)
    assert told["records"] == f"{read} read, {len(expected)} accepted, {len(REFUSED)} refused"

    # The list.
    list_id, campaign_id = int(told["list"]), int(told["campaign"].split()[0])
    contacts = api.call(f"/contacts/lists/{list_id}/contacts?limit=500")["contacts"]
    assert {contact["email"]: contact["attributes"] for contact in contacts} == expected

    # The campaign.
    assert told["campaign"] == f"{campaign_id} queued"
    campaign = api.call(f"/emailCampaigns/{campaign_id}")
    assert campaign["status"] == "queued"
    assert campaign["recipients"]["lists"] == [list_id]
    assert campaign["scheduledAt"] == when.replace("Z", ".000Z")

    # The mail.
    mails = [mail for mail in get(server, "/_sandbox/mails")["mails"] if mail["kind"] == "transactional"]
    assert [mail["messageId"] for mail in mails] == [told["mail"]]
    assert mails[0]["to"]["email"] == "owner@sandbox.example"
    assert f"{len(expected)} of {read} customers" in mails[0]["html"]

    # Three days later.
    server.post("/_sandbox/clock", {"advance": 3 * 86400})
    folder.mkdir(parents=True, exist_ok=True)
    reported = good("report", str(list_id), str(campaign_id), str(folder))
    told = fields(reported)
    contacts = api.call(f"/contacts/lists/{list_id}/contacts?limit=500")["contacts"]
    lines = [
        f"  {contact['id']}  {contact['email']}  {contact['attributes'].get('FIRSTNAME', '-')} {contact['attributes']['LASTNAME']}"
        for contact in contacts
    ]
    assert re.findall(r"^  \d+  .*$", reported, re.MULTILINE) == lines, "\n".join(lines)

    campaign = api.call(f"/emailCampaigns/{campaign_id}?statistics=globalStats")
    assert told["campaign"] == f"{campaign_id} sent"
    figures = {name: campaign["statistics"]["globalStats"][name] for name in FIGURES}
    assert figures["sent"] == len(expected)
    assert figures["delivered"] == len(expected) - figures["hardBounces"]
    assert figures["hardBounces"] > 0
    assert figures["uniqueClicks"] > 0
    assert {name: int(told[name]) for name in FIGURES} == figures

    # The files.
    exported = rows(folder / "list.csv")
    assert [row["email"] for row in exported] == [contact["email"] for contact in reversed(contacts)]
    for row in exported:
        given = expected[row["email"]]
        assert float(row["BALANCE"]) == given["BALANCE"]
        assert all(row[name] == given.get(name, "") for name in given if name != "BALANCE")
    assert told["list.csv"] == f"{len(exported)} rows"
    (statistics,) = rows(folder / "statistics.csv")
    assert {name: int(statistics[name]) for name in FIGURES} == figures
    assert told["statistics.csv"] == "1 rows"

    output = (sent + reported).replace(str(folder), "FOLDER")
    output = re.sub(r"^mail: .*$", "mail: ...", output, flags=re.MULTILINE)
    return {"people": len(exported), "refused": len(REFUSED), **figures, "output": output}


def table(folder: Path, names: list[str]) -> None:
    results = {name: json.loads((folder / name / "result.json").read_text()) for name in names}
    first = results[names[0]]
    lines = [["", *[key for key in first if key != "output"]]]
    for name, result in results.items():
        lines.append([name, *[str(value) for key, value in result.items() if key != "output"]])
        assert result == first, f"{name} and {names[0]} do not print and do the same"
    widths = [max(map(len, column)) for column in zip(*lines)]
    for line in lines:
        print(line[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:])), sep="  ")


def main() -> None:
    if sys.argv[1] == "table":
        table(Path(sys.argv[2]), sys.argv[3:])
        return
    name, source, out, *command = sys.argv[2:]
    same_sources()
    with sandbox() as server:
        result = check(server, HERE / source, Path(out) / name, command)
    (Path(out) / name / "result.json").write_text(json.dumps(result))


main()
