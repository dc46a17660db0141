"""Prints docs/benchmarks.md and its charts from docs/benchmarks.json: `python tests/bench/page.py`.

bench.py and million.py put their parts into the JSON file and call this; nothing is measured here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import chart

DOCS = Path(__file__).resolve().parents[2] / "docs"
DATA = DOCS / "benchmarks.json"
PAGE = DOCS / "benchmarks.md"
LANGUAGES = ("Python", "Node", "C")
OFFICIAL = ("brevo-python", "brevo-python async", "sib-api-v3-sdk", "@getbrevo/brevo")
OURS = "brevo-native"
LIMIT = "Limit"
BARE = "bare hyper"
SOCKETS = "bare sockets"


@dataclass
class Goal:
    """How many times cheaper than others a work was to be, and by which cost."""

    language: str
    heading: str
    ours: str = OURS
    official: str | None = None
    times_official: float = 0
    times_peer: float = 0
    costs: tuple[str, ...] = ("cpu",)
    # The peer that works in the same way, where not the best one is meant.
    peer: str | None = None


GOALS = [
    Goal("Python", "3,000 calls in sequence", OURS, "brevo-python", 25, 5),
    Goal("Python", "20,000 sends, 64 threads", OURS, "brevo-python", 25, 5),
    Goal("Python", "20,000 sends, asyncio, 64 at a time", "brevo-native async", "brevo-python async", 120, 4),
    Goal("Python", "200,000 contacts read as objects", OURS, "brevo-python", 35, 1),
    Goal("Python", "200,000 contacts read to Arrow", OURS, None, 0, 2),
    Goal("Python", "200,000 contacts imported from CSV", OURS, "brevo-python", 40, 7),
    Goal("Node", "3,000 calls in sequence", OURS, "@getbrevo/brevo", 14, 3),
    Goal("Node", "20,000 sends, 64 at a time", OURS, "@getbrevo/brevo", 20, 2.6),
    Goal("Node", "200,000 contacts read", OURS, "@getbrevo/brevo", 3, 2),
    Goal("Node", "200,000 contacts imported from CSV", OURS, "@getbrevo/brevo", 6, 5),
    Goal("C", "3,000 calls in sequence", OURS, None, 0, 2, ("cpu",)),
    Goal("C", "3,000 calls in sequence", OURS, None, 0, 3, ("wall",)),
    Goal("C", "20,000 sends, 64 at a time", "brevo-native threads", None, 0, 1.5, peer="libcurl+cJSON threads"),
    Goal("C", "20,000 sends, 64 at a time", "brevo-native callbacks", None, 0, 1.5),
    Goal("C", "20,000 sends, 64 at a time", "brevo-native queue", None, 0, 1.5),
]
# Sends that are held against bare hyper.
SENDS = [
    ("Python", "20,000 sends, 64 threads", OURS),
    ("Python", "20,000 sends, asyncio, 64 at a time", "brevo-native async"),
    ("Node", "20,000 sends, 64 at a time", OURS),
    ("C", "20,000 sends, 64 at a time", "brevo-native threads"),
    ("C", "20,000 sends, 64 at a time", "brevo-native callbacks"),
    ("C", "20,000 sends, 64 at a time", "brevo-native queue"),
]
TIMES_BARE = 2
# Import of so many more rows may take no more than this: MB above the runtime's own.
FLAT_MB = 64
LOADING = {"Python": (15, 6), "Node": (8, None)}
SIZE_MB, FILES = 8, 30

Data = dict[str, Any]


def write(part: Data) -> str:
    """Puts a part of the figures beside the others, and prints all. Gives the page."""
    data = json.loads(DATA.read_text(encoding="utf-8")) if DATA.exists() else {}
    data |= part
    DATA.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    bench = data.get("bench")
    if bench is None:
        return "The page needs the figures of `make bench` first."
    text = "\n".join(document(data)).rstrip() + "\n"
    PAGE.write_text(text, encoding="utf-8")
    images = DOCS / "images"
    for language in LANGUAGES:
        charted = [
            chart.Group(work["heading"], bars(work, limits(bench, work)))
            for work in bench["works"]
            if shown(work, language)
        ]
        svg = chart.drawn(f"{language}: CPU seconds", charted)
        (images / f"bench-{language.lower()}.svg").write_text(svg, encoding="utf-8")
    if "million" in data:
        svg = chart.drawn("1,000,000 contacts: CPU seconds of the client", million_bars(data["million"]))
        (images / "bench-million.svg").write_text(svg, encoding="utf-8")
    return text


def shown(work: Data, language: str) -> bool:
    return work["language"] == language and len(work["clients"]) > 1


def kind(name: str) -> str:
    if name.startswith(OURS):
        return "ours"
    return "official" if name in OFFICIAL else "bare" if name in (BARE, SOCKETS) else "peer"


def limits(bench: Data, work: Data) -> list[Data]:
    """What no client can be below: for every language hyper, for C also the system alone."""
    start = " ".join(work["heading"].split()[:2]).rstrip(",")
    names = (BARE, SOCKETS) if work["language"] == "C" else (BARE,)
    return [
        entry
        for limit in bench["works"]
        if limit["language"] == LIMIT and limit["heading"].startswith(start)
        for entry in limit["clients"]
        if entry["client"] in names and "cpu" in entry
    ]


def bars(work: Data, limits: list[Data]) -> list[chart.Bar]:
    """The clients of a work, the cheapest first."""
    found = [entry for entry in work["clients"] if "cpu" in entry] + limits
    ours = min((entry["cpu"] for entry in found if kind(entry["client"]) == "ours"), default=None)
    return [
        chart.Bar(entry["client"], entry["cpu"], kind(entry["client"]), entry["cpu"] / ours if ours else None)
        for entry in sorted(found, key=lambda entry: entry["cpu"])
    ]


def million_bars(million: Data) -> list[chart.Group]:
    def group(language: str, name: str) -> chart.Group:
        rows = sorted(
            (row for row in million["clients"] if row["language"] == language and name in row),
            key=lambda row: row[name]["cpu"],
        )
        ours = min((row[name]["cpu"] for row in rows if kind(row["client"]) == "ours"), default=None)
        return chart.Group(
            f"{language}, {name}",
            [
                chart.Bar(row["client"], row[name]["cpu"], kind(row["client"]), ours and row[name]["cpu"] / ours)
                for row in rows
            ],
        )

    return [group(language, name) for language in ("Python", "Node") for name in ("import", "export")]


def client(bench: Data, language: str, heading: str, name: str) -> Data | None:
    """Figures of one client in one work."""
    for work in bench["works"]:
        if (work["language"], work["heading"]) == (language, heading):
            return next((entry for entry in work["clients"] if entry["client"] == name and "cpu" in entry), None)
    return None


def table(head: str, rows: list[list[str]]) -> list[str]:
    """A table; the columns after the first are figures unless their name ends with a space."""
    names = head.split("|")
    marks = ["---" if not at or name.endswith(" ") else "--:" for at, name in enumerate(names)]
    lines = [f"| {' | '.join(name.strip() for name in names)} |", f"|{'|'.join(marks)}|"]
    return [*lines, *(f"| {' | '.join(row)} |" for row in rows), ""]


def document(data: Data) -> Iterator[str]:
    bench = data["bench"]
    versions = ", ".join(f"{name} {number}" for name, number in sorted(bench["versions"].items(), key=str))
    yield "# Benchmarks"
    yield ""
    yield f"Measured on {bench['date']} by `make bench` ({bench['rounds']} rounds) on {bench['machine']}; load average before it"
    yield f"{bench['load']:.1f}; revision {bench['revision']}. {versions}."
    yield ""
    yield from METHOD
    yield ""
    yield "## What was aimed at, and what was reached"
    yield ""
    yield "Ratios of this run: how many times the cost of brevo-native the other has. *aim* is what was wanted."
    yield ""
    yield from reached(bench)
    yield from others(bench)
    yield "## Charts"
    yield ""
    yield "CPU seconds for the whole work. The scale is logarithmic: each line stands for ten times the one before. In brackets how"
    yield "many times the cost of brevo-native it is."
    for language in LANGUAGES:
        yield ""
        yield f"![CPU seconds in {language}, by work and client](images/bench-{language.lower()}.svg)"
    yield ""
    if "million" in data:
        yield from million(data["million"])
    yield "## Loading"
    yield ""
    yield "Above the bare interpreter; *first call* is loading, making a client and `GET /account`."
    yield ""
    yield from loading(bench)
    yield "## Installed size"
    yield ""
    yield "Python packages with their compiled files (`.pyc`), as `pip install` leaves them."
    yield ""
    sizes = [[f"{row['language']}: {row['client']}", f"{row['mb']:.1f}", f"{row['files']:,}"] for row in bench["sizes"]]
    yield from table("|MB on disk|files", sizes)
    yield "## Every work and client"
    yield ""
    yield from works(bench["works"])


METHOD = """
A stub server (`tests/src/bin/stub.rs`) answers from memory on one core; each client runs on another. The stub counts
as a service without limits or latency: what is measured is the clients. Every client runs in a process of its own, once a
round; the figures are medians of the rounds. CPU seconds count all threads of the client, user and system, without
start and warm-up. Where a client did only a part of the work, as noted, its figures are scaled to the whole; peak memory is
not scaled. Peak memory is above that of the bare interpreter.

A call is `GET /account` with a reply of 600 bytes; a send is a mail of 1 KB; contacts are read by pages of 1,000 with 500 bytes
each, and imported in bodies of 8 MB. Every client keeps its connections; the others get their JSON from orjson, `JSON.parse`
and cJSON. httpx, and brevo-python by its means, got a pool of 64 in threads, since with the 20 connections that they keep by
themselves calls failed (`Bad file descriptor`); in asyncio they have their own, which is cheaper there. Where the others need
code around them (reading the CSV, cutting it into bodies, paging, making rows flat for Arrow), it is in `tests/bench`.
Bare hyper sends one mail that was made once, and reads no JSON: a limit, not a client. So are bare sockets: requests that were
made once go out by `send()`, replies come by `recv()`, and nothing else is done. Where an aim of C lies below a limit, the
table says so: below bare hyper it cannot be reached with hyper, below bare sockets by no means, on this machine. Pacing is off
in brevo-native, as no other client has it. On import it also checks every row against the account's attributes and finds duplicates.
""".strip().splitlines()


def versus(ours: Data, other: Data | None, cost: str, aim: float) -> tuple[str, bool | None]:
    """Ratio of this run beside the one aimed at, and whether it is reached."""
    if not aim:
        return "", None
    if other is None:
        return "failed", False
    ratio = other[cost] / ours[cost]
    return f"{ratio:.1f} (aim {aim:g})", ratio >= aim


def reached(bench: Data) -> Iterator[str]:
    rows = []
    for goal in GOALS:
        work = next(
            (work for work in bench["works"] if (work["language"], work["heading"]) == (goal.language, goal.heading)),
            {"clients": []},
        )
        for cost in goal.costs:
            ours = client(bench, goal.language, goal.heading, goal.ours)
            what = f"{goal.language}, {goal.heading}" + goal.ours.removeprefix(OURS).replace(" ", ", ", 1)
            what = what.replace(", asyncio, 64 at a time, async", ", asyncio, 64 at a time")
            name = {"cpu": "CPU", "wall": "clock"}[cost]
            if ours is None:
                rows.append([what, name, "failed", "", "", "", "**no**"])
                continue
            peers = [entry for entry in work["clients"] if kind(entry["client"]) == "peer" and "cpu" in entry]
            peers = [entry for entry in peers if goal.peer in (None, entry["client"])]
            best = min(peers, key=lambda entry: entry[cost], default=None)
            official = client(bench, goal.language, goal.heading, goal.official) if goal.official else None
            to_official, is_ahead = versus(ours, official, cost, goal.times_official)
            to_best, is_best = versus(ours, best, cost, goal.times_peer)
            is_reached = is_ahead is not False and is_best is not False
            peer = best["client"] if best else ""
            verdict = yes(is_reached)
            if goal.language == "C" and best and not is_reached:
                verdict += beyond(best[cost] / goal.times_peer, limits(bench, work), cost)
            rows.append([what, name, seconds(ours[cost]), to_official, to_best, peer, verdict])
    yield from table("work|cost |s|to the official SDK|to the best peer|which |reached ", rows)


def beyond(wanted: float, limits: list[Data], cost: str) -> str:
    """Which limits lie above what is wanted."""
    above = [f"{limit['client']} {seconds(limit[cost])}" for limit in limits if limit[cost] > wanted]
    return f"; wanted {seconds(wanted)}, {', '.join(above)}" if above else ""


def others(bench: Data) -> Iterator[str]:
    """What the other aims are about: bare hyper, memory, loading, size."""
    rows = []
    bare = client(bench, LIMIT, "20,000 sends, 64 at a time", BARE)
    for language, heading, name in SENDS:
        ours = client(bench, language, heading, name)
        what = f"{language}, CPU of a send against bare hyper"
        way = (
            "threads"
            if "threads" in heading
            else "asyncio"
            if "asyncio" in heading
            else name.removeprefix(OURS).strip()
        )
        what += f" ({way})" if way else ""
        if ours and bare:
            ratio = ours["cpu"] / bare["cpu"]
            rows.append([what, f"{ratio:.2f}", f"at most {TIMES_BARE}", yes(ratio <= TIMES_BARE)])
    for language in ("Python", "Node"):
        few = client(bench, language, "200,000 contacts imported from CSV", OURS)
        many = client(bench, language, "1,000,000 contacts imported from CSV", OURS)
        if few and many:
            peaks = f"{few['peak_mb']:.0f} MB, {many['peak_mb']:.0f} MB"
            what = f"{language}, peak memory of imports of 200,000 and of 1,000,000 rows"
            rows.append([what, peaks, f"below {FLAT_MB} MB both", yes(max(few["peak_mb"], many["peak_mb"]) < FLAT_MB)])
    for language, (most_ms, most_mb) in LOADING.items():
        load = next(
            (
                row
                for row in bench["loads"]
                if (row["language"], row["client"], row["what"]) == (language, OURS, "load")
            ),
            None,
        )
        if load:
            found, aim = f"{load['ms']:.1f} ms", f"{most_ms} ms"
            is_reached = load["ms"] <= most_ms
            if most_mb:
                found, aim = f"{found}, {load['mb']:.1f} MB", f"{aim}, {most_mb} MB"
                is_reached = is_reached and load["mb"] <= most_mb
            rows.append([f"{language}, loading above the bare interpreter", found, aim, yes(is_reached)])
    for size in bench["sizes"]:
        if size["client"].startswith(OURS):
            is_reached = size["mb"] <= SIZE_MB and size["files"] < FILES
            found = f"{size['mb']:.1f} MB, {size['files']} files"
            rows.append([f"{size['language']}, installed size", found, f"{SIZE_MB} MB, under {FILES}", yes(is_reached)])
    yield from table("|found|aim|reached ", rows)


def yes(is_reached: bool) -> str:
    return "yes" if is_reached else "**no**"


def seconds(value: float) -> str:
    return f"{value:.3f}" if value < 0.1 else f"{value:.2f}" if value < 10 else f"{value:.1f}"


def loading(bench: Data) -> Iterator[str]:
    found = {(row["language"], row["client"], row["what"]): row for row in bench["loads"]}
    rows = []
    for (language, name, what), load in found.items():
        if what == "load":
            first = found.get((language, name, "first"))
            cells = [f"{row[key]:.1f}" if row else "" for row in (load, first) for key in ("cpu_ms", "ms", "mb")]
            rows.append([f"{language}: {name}", *cells])
    yield from table("|CPU ms|ms|MB|first call: CPU ms|ms|MB", rows)


def works(found: list[Data]) -> Iterator[str]:
    """A table for each work; ratios are to brevo-native."""
    yield "*ratio* is to brevo-native, ± the largest distance of a round's CPU time from the median."
    yield ""
    for work in found:
        yield f"### {work['language']}: {work['heading']}"
        yield ""
        ours = work["clients"][0]
        rows = []
        for row in work["clients"]:
            if "cpu" not in row:
                rows.append([row["client"], "failed", "", "", "", "", ""])
                continue
            is_whole = row["measured"] == work["whole"]
            cells = [row["client"] if is_whole else f"{row['client']} ({row['measured']:,} measured)"]
            for key in ("cpu", "wall"):
                cells += [seconds(row[key]), f"{row[key] / ours[key]:.1f}" if "cpu" in ours else ""]
            rows.append([*cells, f"{row['peak_mb']:.0f}", f"{row['spread']:.0%}" if row["rounds"] > 1 else ""])
        yield from table("client|CPU s|ratio|s|ratio|peak MB|±", rows)


def million(found: Data) -> Iterator[str]:
    yield "## A million contacts"
    yield ""
    yield from found["text"]
    yield ""
    rows = []
    for row in found["clients"]:
        what = f"{row['language']}: {row['client']}"
        for name in ("import", "export"):
            if name in row:
                figures = row[name]
                cells = [
                    seconds(figures["wall"]),
                    seconds(figures["cpu"]),
                    f"{figures['peak_mb']:.0f}",
                    figures["note"],
                ]
                rows.append([f"{what}, {name}", *cells])
        if "export" not in row:
            rows.append([f"{what}", "failed", "", "", ""])
    yield from table("|s|CPU s|peak MB| ", rows)
    yield "![CPU seconds of importing and exporting a million contacts, by client](images/bench-million.svg)"
    yield ""


if __name__ == "__main__":
    write({})
