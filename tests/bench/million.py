"""A million contacts there and back: from a CSV file into the sandbox, and out again.

brevo-native does it twice, once being killed (SIGKILL) twice on the way in and twice on the way out; the official SDKs do it
once each, as their users write it. What came back is compared with the file, contact for contact. Prints a table, and
puts the figures into docs/benchmarks.json and from there into the page. run.sh prepares everything and calls this.
"""

from __future__ import annotations

import argparse
import datetime
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import bench
import page
import people
from roundtrip import run

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from sandbox import Sandbox, sandbox

HERE = Path(__file__).resolve().parent

# Language, client, what is told of it, and whether it is killed on the way.
CLIENTS = [
    ("Python", "brevo-native", "", False),
    ("Python", "brevo-native", "killed twice", True),
    ("Python", "brevo-python", "", False),
    ("Node", "brevo-native", "", False),
    ("Node", "@getbrevo/brevo", "", False),
]
# Share of the contacts at which a run is killed.
KILLS = (0.3, 0.65)


class Million:
    def __init__(self, stage: Path, count: int) -> None:
        self.stage, self.count = stage, count
        cpus = sorted(os.sched_getaffinity(0))
        self.on_server, self.on_client = (["taskset", "-c", str(cpu)] for cpu in (cpus[0], cpus[-1]))
        self.source = stage / f"people-{count}-of-all.csv"
        if not self.source.exists():
            people.write(self.source, count)

    def command(self, language: str, client: str, *arguments: str) -> list[str]:
        program = (
            [sys.executable, str(HERE / "million_clients.py")]
            if language == "Python"
            else ["node", str(self.stage / "node" / "million.cjs")]
        )
        return [*self.on_client, *program, client, *arguments]

    def environment(self, service: Sandbox) -> dict[str, str]:
        python = {"PYTHONPATH": str(self.stage / "python"), "PYTHONDONTWRITEBYTECODE": "1"}
        return {**service.environment(), **python}

    def job(
        self, service: Sandbox, language: str, client: str, kills: Sequence[int], job: str, list_id: str, path: Path
    ) -> dict[str, Any]:
        """Import or export, and what it cost."""
        arguments = [job, list_id, str(path)]
        if kills:
            arguments.append(str(path.with_suffix(f".{job}-state")))
        server = used(service.process.pid)
        cost, result = run(self.command(language, client, *arguments), self.environment(service), kills)
        if result["rows"] != self.count or result.get("imported", self.count) != self.count:
            raise AssertionError(f"{language}, {client}: {job} ended with {result}")
        told = ""
        if kills:
            told = "killed at " + " and ".join(f"{at:,}" for at in cost.killed_at)
            told += f"; {result['resumed']:,} resumed" if result.get("resumed") else ""
        figures = {"wall": cost.wall, "cpu": cost.cpu, "peak_mb": cost.peak_kb / 1024, "note": told}
        figures["server_cpu"] = used(service.process.pid) - server
        print(f"{language}, {client}, {job}: {figures}", file=sys.stderr, flush=True)
        return figures

    def there_and_back(self, language: str, client: str, is_killed: bool) -> dict[str, Any]:
        kills = [int(share * self.count) for share in KILLS] if is_killed else []
        folder = Path(tempfile.mkdtemp(prefix="million-", dir=self.stage))
        try:
            options = ("--data", str(folder / "sandbox.sqlite"))
            with sandbox(*options, program=self.stage / "brevo-sandbox", before=self.on_server) as service:
                list_id = prepare(service)
                source, exported = folder / "people.csv", folder / "exported.csv"
                source.symlink_to(self.source)
                # The service's processes are a million contacts in it when the import is over.
                figures = {"import": self.job(service, language, client, kills, "import", list_id, source)}
                figures["export"] = self.job(service, language, client, kills, "export", list_id, exported)
                start = time.perf_counter()
                people.compare(source, exported)
                print(f"equal, compared in {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
            return figures
        finally:
            shutil.rmtree(folder)


def prepare(service: Sandbox) -> str:
    """Makes the attributes and a list; gives its identifier."""
    key = service.post("/_sandbox/keys", {"name": "attributes"})["key"]
    for name, kind in people.ATTRIBUTES.items():
        if name not in ("FIRSTNAME", "LASTNAME"):
            service.post(f"/v3/contacts/attributes/normal/{name}", {"type": kind}, key)
    return str(service.post("/v3/contacts/lists", {"name": "All", "folderId": 1}, key)["id"])


def used(process: int) -> float:
    """CPU seconds of a process that runs."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


TEXT = """
Measured on {date} by `make million` on {machine}; revision {revision}. {count:,} people with names of {languages}
languages, quoted fields, dates, numbers and truth values, in one CSV file of {size:.0f} MB, are imported into `brevo-sandbox` (its state in a
file) and exported again to CSV, by 500 contacts a call. Then both files are compared: the same addresses, and for each
the same value of every attribute. {passed} The sandbox runs on one core, the client on the other; the times
hold the sandbox's work, of which the CPU seconds and the peak memory of the client's whole process are free.
*Killed twice*: the client got SIGKILL at about a third and two thirds of the way in, and again of the way out, and was
started anew with its checkpoint; its figures are those of all three runs together. The official SDKs are used as their
users write it (`tests/bench/million_clients.py`, `million.cjs`); they have no way to go on after a break.
""".strip()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("stage", type=Path, help="folder that run.sh prepared")
    parser.add_argument("--rows", type=int, default=1_000_000, help="fewer write no document")
    parser.add_argument("--only", help="one client, such as brevo-python; writes no document")
    options = parser.parse_args()
    million = Million(options.stage.resolve(), options.rows)
    rows = []
    for language, client, told, is_killed in CLIENTS:
        if options.only in (None, client):
            try:
                figures = million.there_and_back(language, client, is_killed)
            except AssertionError as error:
                # A client that fails is shown as such, and the others do their part all the same.
                print(f"{language}, {client}: {error}", file=sys.stderr, flush=True)
                figures = {}
            rows.append({"language": language, "client": ", ".join(filter(None, (client, told))), **figures})
    failed = [row for row in rows if "export" not in row]
    found = {
        "clients": rows,
        "text": TEXT.format(
            date=datetime.date.today(),
            machine=bench.machine(),
            revision=bench.version(["git", "-C", str(page.DOCS), "describe", "--always", "--dirty"]),
            count=options.rows,
            languages=len(people.LANGUAGES),
            size=million.source.stat().st_size / 1e6,
            passed="Those that are not named as failed passed." if failed else "All of these passed.",
        ).splitlines(),
    }
    if options.only is None and options.rows == 1_000_000:
        page.write({"million": found})
    print("\n".join(page.million(found)))
    if failed:
        sys.exit(f"{len(failed)} of the clients failed")


if __name__ == "__main__":
    main()
