"""Measures brevo-native beside other clients, in one run, against one stub on loopback.

Prints a table and writes docs/benchmarks.md. Everything that is needed is built and installed under
target/bench by run.sh, which calls this.
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

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PYTHON = "Python"
NODE = "Node"
C = "C"
GETS, SENDS, CONTACTS = 3_000, 20_000, 200_000

# Work, its heading, calls (or contacts) in all, and the clients; ours first. The number beside a client
# is how much of the work it does where the whole would take too long.
WORKS = [
    (PYTHON, "get", f"{GETS:,} calls in sequence (`GET /account`)", GETS, [
        "brevo-native", "urllib3+orjson", "httpx+orjson", "sib-api-v3-sdk", "brevo-python"]),
    (PYTHON, "send", f"{SENDS:,} sends, 64 threads", SENDS, [
        "brevo-native", ("urllib3+orjson", 5_000), ("sib-api-v3-sdk", 4_000), ("brevo-python", 2_000)]),
    (PYTHON, "send", f"{SENDS:,} sends, asyncio, 64 at a time", SENDS, [
        "brevo-native async", ("aiohttp+orjson", 10_000), ("httpx+orjson async", 1_000), ("brevo-python async", 1_000)]),
    (PYTHON, "read", f"{CONTACTS:,} contacts of a list read, pages of 500", CONTACTS, [
        "brevo-native", "urllib3+orjson", ("sib-api-v3-sdk", 50_000), ("brevo-python", 20_000)]),
    (PYTHON, "import", f"{CONTACTS:,} contacts imported from a CSV file", CONTACTS, [
        "brevo-native", "urllib3+orjson", "brevo-python"]),
    (NODE, "get", f"{GETS:,} calls in sequence (`GET /account`)", GETS, [
        "brevo-native", "node http", "undici", "@getbrevo/brevo"]),
    (NODE, "send", f"{SENDS:,} sends, 64 at a time", SENDS, [
        "brevo-native", "node http", "undici", ("@getbrevo/brevo", 4_000)]),
    (NODE, "read", f"{CONTACTS:,} contacts of a list read, pages of 500", CONTACTS, [
        "brevo-native", "node http", "undici", "@getbrevo/brevo"]),
    (NODE, "import", f"{CONTACTS:,} contacts imported from a CSV file", CONTACTS, [
        "brevo-native", "node http", "undici", "@getbrevo/brevo"]),
    (C, "get", f"{GETS:,} calls in sequence (`GET /account`)", GETS, ["brevo-native", "libcurl+cJSON"]),
    (C, "send", f"{SENDS:,} sends, 64 at a time", SENDS, ["brevo-native", "libcurl+cJSON"]),
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

    language: str
    work: str
    heading: str
    whole: int
    client: str
    count: int
    results: list[dict[str, float]] = field(default_factory=list)

    def cost(self, key: str) -> float:
        """Median of the rounds, for the whole work."""
        return statistics.median(result[key] for result in self.results) * self.whole / self.count

    def spread(self) -> float:
        """Largest distance of a round's CPU time from the median."""
        costs = [result["cpu"] for result in self.results]
        middle = statistics.median(costs)
        return max(abs(cost - middle) for cost in costs) / middle

    def peak(self) -> float:
        return statistics.median(result["peak_kb"] for result in self.results) / 1024


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
        self.csv = stage / "people.csv"

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
            sys.exit(f"{' '.join(command)} failed with {process.returncode}")
        return output.strip().splitlines()[-1], used.ru_utime + used.ru_stime, time.perf_counter() - start

    def client(self, language: str, name: str, work: str, url: str, count: int) -> list[str]:
        arguments = [work, url, str(count), str(self.csv)]
        if language == PYTHON:
            return [self.python, str(HERE / "clients.py"), name, *arguments]
        if language == NODE:
            return ["node", "clients.cjs", name, *arguments]
        return [str(self.stage / "c" / ("client_brevo" if name == "brevo-native" else "client_curl")), *arguments]

    def code(self, language: str, code: str) -> tuple[float, float, float]:
        """CPU ms, ms and peak MB of a whole interpreter that runs some code."""
        command = [self.python, "-c"] if language == PYTHON else ["node", "-e"]
        peak, cpu, wall = self.run([*command, code + PEAK[language]])
        return cpu * 1000, wall * 1000, int(peak) / 1024

    def works(self, url: str, only: str | None) -> list[Job]:
        """Every work by every client, round after round, so that a disturbance hits all alike."""
        jobs = [
            Job(language, work, heading, whole, *(entry if isinstance(entry, tuple) else (entry, whole)))
            for language, work, heading, whole, clients in WORKS
            for entry in clients
            if only in (None, language, work)
        ]
        for turn in range(self.rounds):
            for job in jobs:
                command = self.client(job.language, job.client, job.work, url, job.count)
                result = json.loads(self.run(command)[0])
                job.results.append(result)
                say(f"round {turn + 1}/{self.rounds}: {job.language} {job.work} {job.client}: {result}")
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


def people(path: Path) -> None:
    """The CSV file of the imports: 200,000 rows, about 75 bytes each."""
    cities = ["Paris", "Kraków", "São Paulo", "Frankfurt am Main", "Београд"]
    with path.open("w", encoding="utf-8") as file:
        file.write("EMAIL;FIRSTNAME;LASTNAME;CITY;SCORE\n")
        for i in range(CONTACTS):
            file.write(f"contact.number.{i}@subscribers.example.com;Zoë {i % 97};O'Neil;{cities[i % 5]};{i % 1000}.5\n")


def tables(jobs: list[Job], bare: dict[str, float]) -> str:
    """A table for each work."""
    lines: list[str] = []
    for language, heading in dict.fromkeys((job.language, job.heading) for job in jobs):
        rows = [job for job in jobs if (job.language, job.heading) == (language, heading)]
        lines += [f"### {language}: {heading}", ""]
        lines += ["| client | CPU s | ratio | s | ratio | peak MB | ± |", "|---|--:|--:|--:|--:|--:|--:|"]
        ours = rows[0]
        for job in rows:
            cells = [job.client if job.count == job.whole else f"{job.client} ({job.count:,} measured)"]
            for key in ("cpu", "wall"):
                cells += [f"{job.cost(key):.2f}", f"{job.cost(key) / ours.cost(key):.1f}"]
            cells += [f"{job.peak() - bare[language]:.0f}", f"{job.spread():.0%}"]
            lines.append(f"| {' | '.join(cells)} |")
        lines.append("")
    return "\n".join(lines)


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


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("stage", type=Path, help="folder that run.sh prepared")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", help="one language or one work; writes no document")
    options = parser.parse_args()
    bench = Bench(options.stage.resolve(), options.rounds)
    if not bench.csv.exists():
        people(bench.csv)
    load = os.getloadavg()[1]
    stub = subprocess.Popen(
        ["taskset", "-c", str(bench.cpus[0]), str(bench.stage / "brevo-stub")], stdout=subprocess.PIPE, text=True
    )
    try:
        url = stub.stdout.readline().strip()
        bare = {language: bench.code(language, "0")[2] for language in (PYTHON, NODE)} | {C: 0}
        loads = {} if options.only else bench.loads(url)
        jobs = bench.works(url, options.only)
    finally:
        stub.terminate()
        stub.wait()
    text = tables(jobs, bare)
    if options.only:
        print(text)
        return
    versions = json.loads((HERE / "package.json").read_text())["dependencies"]
    versions |= {
        name: importlib.metadata.version(name)
        for name in ("brevo-python", "sib-api-v3-sdk", "urllib3", "orjson", "httpx", "aiohttp")
    }
    document = [
        "# Benchmarks", "",
        f"Measured on {datetime.date.today()} by `make bench` ({options.rounds} rounds) on {machine()}; load average before it {load:.1f};",
        f"revision {version(['git', '-C', str(ROOT), 'describe', '--always', '--dirty'])}.",
        f"Python {platform.python_version()}, Node {version(['node', '--version'])}, libcurl {version(['curl-config', '--version']).split()[-1]}; "
        + ", ".join(f"{name} {number}" for name, number in sorted(versions.items())) + ".", "",
        "A stub server (`tests/src/bin/stub.rs`) answers from memory on one core; each client runs on another. The stub counts",
        "as a service without limits or latency: what is measured is the clients. Every client runs in a process of its own, once a",
        "round; the figures are medians of the rounds. CPU seconds count all threads of the client, user and system, without",
        "start and warm-up. Where a client did only a part of the work, as noted, its figures are scaled to the whole; peak memory is",
        "not scaled. Peak memory is above that of the bare interpreter. *ratio* is to brevo-native, ± the largest distance of a",
        "round's CPU time from the median. Pacing is off in brevo-native, as no other client has it. Where the others need code",
        "around them (reading the CSV, cutting it into bodies, waiting for the processes), it is in `tests/bench`; brevo-native",
        "also checks every row against the account's attributes and finds duplicates. brevo-python in threads got 64 connections",
        "of its httpx, since with the 20 that it keeps by itself calls failed (`Bad file descriptor`) under 64 threads.", "",
        "## Loading", "",
        "Above the bare interpreter; *first call* is loading, making a client and `GET /account`.", "",
        "| | CPU ms | ms | MB | first call: CPU ms | ms | MB |", "|---|--:|--:|--:|--:|--:|--:|",
    ]  # fmt: skip
    for language, name, _ in LOADS:
        first = loads.get((language, name, "first"))
        cells = [f"{value:.1f}" for value in loads[language, name, "load"]]
        cells += [f"{value:.1f}" for value in first] if first else ["", "", ""]
        document.append(f"| {language}: {name} | {' | '.join(cells)} |")
    document += ["", "## Installed size", "", "| | MB on disk | files |", "|---|--:|--:|"]
    document += [
        f"| {language}: {name} | {mega:.1f} | {files:,} |" for language, name, mega, files in sizes(bench.stage)
    ]
    document += [
        "",
        "Python packages with their compiled files (`.pyc`), as `pip install` leaves them.",
        "",
        "## Work",
        "",
        text,
    ]
    written = "\n".join(document)
    print(written)
    (ROOT / "docs").mkdir(exist_ok=True)
    (ROOT / "docs" / "benchmarks.md").write_text(written.rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
