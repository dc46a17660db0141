"""Measures brevo-native beside other clients, in one run, against one stub on loopback.

Writes docs/benchmarks.json, and the page and its charts from that (page.py). Everything that is needed is built and
installed under target/bench by run.sh, which calls this.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import importlib.metadata
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import page

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PYTHON = "Python"
NODE = "Node"
C = "C"
LIMIT = "Limit"
GETS, SENDS, CONTACTS, MILLION = 3_000, 20_000, 200_000, 1_000_000


@dataclass
class Work:
    """Something to do, by several clients."""

    language: str
    # What the clients call it.
    name: str
    heading: str
    # Calls or contacts in all.
    whole: int
    # The clients; ours first. The number is how much of the work one does where the whole would take too long.
    clients: list[str | tuple[str, int]]
    # Rounds, where not all are wanted.
    rounds: int | None = None


WORKS = [
    Work(PYTHON, "get", "3,000 calls in sequence", GETS, [
        "brevo-native", "urllib3+orjson", "httpx+orjson", "sib-api-v3-sdk", "brevo-python"]),
    Work(PYTHON, "send", "20,000 sends, 64 threads", SENDS, [
        "brevo-native", ("urllib3+orjson", 5_000), ("httpx+orjson", 2_000), ("sib-api-v3-sdk", 4_000), ("brevo-python", 2_000)]),
    Work(PYTHON, "send", "20,000 sends, asyncio, 64 at a time", SENDS, [
        "brevo-native async", ("aiohttp+orjson", 10_000), ("httpx+orjson async", 1_000), ("brevo-python async", 1_000)]),
    Work(PYTHON, "read", "200,000 contacts read as objects", CONTACTS, [
        "brevo-native", "urllib3+orjson", ("httpx+orjson", 100_000), ("sib-api-v3-sdk", 50_000), ("brevo-python", 20_000)]),
    Work(PYTHON, "arrow", "200,000 contacts read to Arrow", CONTACTS, [
        "brevo-native", "urllib3+pyarrow", "urllib3+orjson"]),
    Work(PYTHON, "import", "200,000 contacts imported from CSV", CONTACTS, [
        "brevo-native", "urllib3+orjson", "sib-api-v3-sdk", "brevo-python"]),
    Work(PYTHON, "import", "1,000,000 contacts imported from CSV", MILLION, ["brevo-native"], rounds=1),
    Work(NODE, "get", "3,000 calls in sequence", GETS, [
        "brevo-native", "node http", "undici", "@getbrevo/brevo"]),
    Work(NODE, "send", "20,000 sends, 64 at a time", SENDS, [
        "brevo-native", "node http", "undici", ("@getbrevo/brevo", 4_000)]),
    Work(NODE, "read", "200,000 contacts read", CONTACTS, [
        "brevo-native", "node http", "undici", "@getbrevo/brevo"]),
    Work(NODE, "import", "200,000 contacts imported from CSV", CONTACTS, [
        "brevo-native", "node http", "undici", "@getbrevo/brevo"]),
    Work(NODE, "import", "1,000,000 contacts imported from CSV", MILLION, ["brevo-native"], rounds=1),
    Work(C, "get", "3,000 calls in sequence", GETS, ["brevo-native", "libcurl+cJSON"]),
    Work(C, "send", "20,000 sends, 64 at a time", SENDS, [
        "brevo-native threads", "brevo-native callbacks", "brevo-native queue", "libcurl+cJSON", "libcurl+cJSON threads"]),
    Work(LIMIT, "get", "3,000 calls in sequence", GETS, ["bare hyper", "bare sockets"]),
    Work(LIMIT, "send", "20,000 sends, 64 at a time", SENDS, ["bare hyper", "bare sockets"]),
]  # fmt: skip

LOADS = [
    (PYTHON, "brevo-native", "import brevo_native"),
    (PYTHON, "brevo-python", "import brevo"),
    (PYTHON, "sib-api-v3-sdk", "import sib_api_v3_sdk"),
    (NODE, "brevo-native", "require('brevo-native')"),
    (NODE, "@getbrevo/brevo", "require('@getbrevo/brevo')"),
    (NODE, "undici", "require('undici')"),
]
# Loading, a client, and the address of the account: what a script waits for.
FIRST = [
    (PYTHON, "brevo-native", "from brevo_native import Brevo; Brevo(api_key={key!r}, base_url={url!r}, pacing=False).account.get_account()"),
    (PYTHON, "brevo-python", "from brevo import Brevo; Brevo(api_key={key!r}, base_url={url!r}).account.get_account()"),
    (NODE, "brevo-native", "const {{ Brevo }} = require('brevo-native'); new Brevo({{ apiKey: {key!r}, baseUrl: {url!r}, pacing: false }}).account.getAccount()"),
    (NODE, "@getbrevo/brevo", "const {{ BrevoClient }} = require('@getbrevo/brevo'); new BrevoClient({{ apiKey: {key!r}, baseUrl: {url!r} }}).account.getAccount().then(() => process.exit(0))"),
]  # fmt: skip
# Prints the peak memory in kB when all is done.
PEAK = {
    PYTHON: "\nprint(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))",
    NODE: "\nprocess.on('exit', () => console.log(/VmHWM:\\s+(\\d+)/.exec(require('fs').readFileSync('/proc/self/status', 'utf8'))[1]))",
}  # fmt: skip
KEY = "xkeysib-" + "0123456789abcdef" * 4 + "-0123456789abcdef"


@dataclass
class Job:
    """A work of one client, and what each round cost."""

    work: Work
    client: str
    count: int
    results: list[dict[str, float]] = field(default_factory=list)

    def summary(self, bare_mb: float) -> dict[str, object]:
        """Medians of the rounds, for the whole work; memory above the bare interpreter, not scaled."""
        if not self.results:
            return {"client": self.client, "failed": True}
        scale = self.work.whole / self.count
        costs = [result["cpu"] for result in self.results]
        middle = statistics.median(costs)
        return {
            "client": self.client,
            "measured": self.count,
            "cpu": middle * scale,
            "wall": statistics.median(result["wall"] for result in self.results) * scale,
            "peak_mb": statistics.median(result["peak_kb"] for result in self.results) / 1024 - bare_mb,
            "spread": max(abs(cost - middle) for cost in costs) / middle,
            "rounds": len(self.results),
        }


class Bench:
    def __init__(self, stage: Path, rounds: int) -> None:
        self.stage, self.rounds = stage, rounds
        cpus = sorted(os.sched_getaffinity(0))
        self.cpus = (cpus[0], cpus[-1])
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": os.environ.get("HOME", "/"),
            "PYTHONPATH": str(stage / "python"),
            "LD_LIBRARY_PATH": str(stage / "c"),
        }
        self.python = sys.executable

    def run(self, command: list[str]) -> tuple[str, float, float]:
        """Last line of the output, CPU seconds and seconds of a whole process on the clients' core."""
        start = time.perf_counter()
        process = subprocess.Popen(
            ["taskset", "-c", str(self.cpus[1]), *command],
            env=self.environment, cwd=self.stage / "node", stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        output = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(f"{' '.join(command)} failed with {process.returncode}")
        return output.strip().splitlines()[-1], used.ru_utime + used.ru_stime, time.perf_counter() - start

    def client(self, job: Job, url: str) -> list[str]:
        work = job.work
        name = work.name
        arguments = [url, str(job.count), str(self.people(job.count) if name == "import" else "")]
        if work.language == PYTHON:
            return [self.python, str(HERE / "clients.py"), job.client, name, *arguments]
        if work.language == NODE:
            return ["node", "clients.cjs", job.client, name, *arguments]
        if work.language == LIMIT:
            program = "brevo-bare" if job.client == "bare hyper" else "c/client_sockets"
            return [str(self.stage / program), name, *arguments]
        of, _, way = job.client.partition(" ")
        if way and (of, way) != ("brevo-native", "threads"):
            name = f"{name}_{way}"
        return [str(self.stage / "c" / ("client_brevo" if of == "brevo-native" else "client_curl")), name, *arguments]

    def people(self, count: int) -> Path:
        """The CSV file of an import: rows of about 75 bytes."""
        path = self.stage / f"people-{count}.csv"
        if not path.exists():
            cities = ["Paris", "Kraków", "São Paulo", "Frankfurt am Main", "Београд"]
            with path.open("w", encoding="utf-8") as file:
                file.write("EMAIL;FIRSTNAME;LASTNAME;CITY;SCORE\n")
                for i in range(count):
                    person = f"contact.number.{i}@subscribers.example.com;Zoë {i % 97};O'Neil"
                    file.write(f"{person};{cities[i % 5]};{i % 1000}.5\n")
        return path

    def code(self, language: str, code: str) -> tuple[float, float, float]:
        """CPU ms, ms and peak MB of a whole interpreter that runs some code."""
        command = [self.python, "-c"] if language == PYTHON else ["node", "-e"]
        peak, cpu, wall = self.run([*command, code + PEAK[language]])
        return cpu * 1000, wall * 1000, int(peak) / 1024

    def works(self, url: str, only: str | None) -> list[Job]:
        """Every work by every client, round after round, so that a disturbance hits all alike."""
        jobs = [
            Job(work, *(entry if isinstance(entry, tuple) else (entry, work.whole)))
            for work in WORKS
            for entry in work.clients
            if only in (None, work.language, work.name)
        ]
        for job in jobs:
            self.client(job, url)
        for turn in range(self.rounds):
            for job in jobs:
                if job.work.rounds is not None and turn >= job.work.rounds:
                    continue
                name = f"round {turn + 1}/{self.rounds}: {job.work.language}, {job.work.heading}, {job.client}"
                try:
                    job.results.append(json.loads(self.run(self.client(job, url))[0]))
                except RuntimeError as error:
                    # A client that fails is shown as such, and the others are measured all the same.
                    say(f"{name}: {error}")
                else:
                    say(f"{name}: {job.results[-1]}")
        return jobs

    def loads(self, url: str) -> dict[tuple[str, str, str], tuple[float, float, float]]:
        """CPU ms, ms and MB above the bare interpreter, as medians."""
        codes = {(language, "", "bare"): "0" for language in (PYTHON, NODE)}
        codes |= {(language, name, "load"): code for language, name, code in LOADS}
        codes |= {(language, name, "first"): code.format(key=KEY, url=url) for language, name, code in FIRST}
        found: dict = {case: [] for case in codes}
        for turn in range(max(15, self.rounds)):
            say(f"loading, round {turn + 1}")
            for case, code in codes.items():
                found[case].append(self.code(case[0], code))
        medians = {
            case: [statistics.median(values) for values in zip(*runs, strict=True)] for case, runs in found.items()
        }
        return {
            case: tuple(value - bare for value, bare in zip(values, medians[case[0], "", "bare"], strict=True))
            for case, values in medians.items()
        }  # fmt: skip


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def size(paths: list[Path]) -> tuple[float, int]:
    """MB on the disk and number of files, each counted once."""
    files = {file for path in paths for file in ([path] if path.is_file() else path.rglob("*")) if file.is_file()}
    return sum(file.stat().st_blocks * 512 for file in files) / 1e6, len(files)


def distribution(name: str, seen: set[str] | None = None) -> list[Path]:
    """Files of an installed Python distribution and of all that it needs."""
    seen = set() if seen is None else seen
    if name.lower().replace("_", "-") in seen:
        return []
    seen.add(name.lower().replace("_", "-"))
    found = importlib.metadata.distribution(name)
    paths = [Path(found.locate_file(file)).resolve() for file in found.files or []]
    folders = {path.parent for path in paths if path.suffix == ".py"}
    paths += [
        file for folder in folders for file in (folder / "__pycache__").glob("*.pyc") if folder.name != "site-packages"
    ]
    for need in found.requires or []:
        if "extra ==" in need or ("python_version" in need and "<" in need):
            continue
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            paths += distribution(re.match(r"[\w.-]+", need)[0], seen)
    return [path for path in paths if path.is_file()]


def sizes(stage: Path) -> list[tuple[str, str, float, int]]:
    modules = stage / "node" / "node_modules"
    return [
        (PYTHON, "brevo-native", *size([stage / "python" / "brevo_native"])),
        (PYTHON, "brevo-python and what it needs", *size(distribution("brevo-python"))),
        (PYTHON, "sib-api-v3-sdk and what it needs", *size(distribution("sib-api-v3-sdk"))),
        (NODE, "brevo-native", *size([modules / "brevo-native"])),
        (NODE, "@getbrevo/brevo", *size([modules / "@getbrevo" / "brevo"])),
        (C, "brevo-native (shared library and headers)", *size([stage / "c" / "libbrevo.so", *(ROOT / "bindings-c/include").glob("*.h")])),
    ]  # fmt: skip


def machine() -> str:
    model = next(
        (
            line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores of {model}, {memory:.0f} GB, Linux {platform.release()}"


def version(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def measure(bench: Bench, only: str | None) -> dict[str, object]:
    """Starts the stub and measures all against it."""
    stub = subprocess.Popen(
        ["taskset", "-c", str(bench.cpus[0]), str(bench.stage / "brevo-stub")], stdout=subprocess.PIPE, text=True
    )
    try:
        url = stub.stdout.readline().strip()
        bare = {language: bench.code(language, "0")[2] for language in (PYTHON, NODE)} | {C: 0, LIMIT: 0}
        jobs = bench.works(url, only)
        loads = {} if only else bench.loads(url)
    finally:
        stub.terminate()
        stub.wait()
    works = []
    for work in WORKS:
        clients = [job.summary(bare[work.language]) for job in jobs if job.work is work]
        if clients:
            works.append({"language": work.language, "heading": work.heading, "whole": work.whole, "clients": clients})
    return {
        "loads": [
            {"language": language, "client": client, "what": what, "cpu_ms": cpu, "ms": wall, "mb": memory}
            for (language, client, what), (cpu, wall, memory) in loads.items()
            if client
        ],
        "works": works,
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("stage", type=Path, help="folder that run.sh prepared")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", help="one language or one work; prints the tables and writes nothing")
    options = parser.parse_args()
    bench = Bench(options.stage.resolve(), options.rounds)
    load = os.getloadavg()[1]
    measured = measure(bench, options.only)
    if options.only:
        print("\n".join(page.works(measured["works"])))
        return
    versions = json.loads((HERE / "package.json").read_text())["dependencies"]
    versions |= {
        name: importlib.metadata.version(name)
        for name in ("brevo-python", "sib-api-v3-sdk", "urllib3", "orjson", "httpx", "aiohttp", "pyarrow")
    }
    versions |= {
        "Python": platform.python_version(),
        "Node": version(["node", "--version"]).removeprefix("v"),
        "libcurl": version(["curl-config", "--version"]).split()[-1],
        "cJSON": version(["pkg-config", "--modversion", "libcjson"]),
        "hyper": re.search(r'name = "hyper"\nversion = "(.*)"', (ROOT / "Cargo.lock").read_text())[1],
    }
    measured |= {
        "date": str(datetime.date.today()),
        "rounds": options.rounds,
        "machine": machine(),
        "load": load,
        "revision": version(["git", "-C", str(ROOT), "describe", "--always", "--dirty"]),
        "versions": versions,
        "sizes": [
            {"language": language, "client": client, "mb": mega, "files": files}
            for language, client, mega, files in sizes(bench.stage)
        ],
    }
    print(page.write({"bench": measured}))


if __name__ == "__main__":
    main()
