"""What the import of a million rows takes in memory beside its source: rows of a generator, tables, rows that are awaited.

Each source is imported into `brevo-stub` by a process of its own. What counts is its memory that is no file: what it
holds when its source is ready, and has given its first rows, and the most that it holds from then on, looked at every
few milliseconds. Prints a table, and fails where more than 64 MB were added. run.sh prepares everything and calls this.
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import gc
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
KEY = f"xkeysib-{'0' * 64}-sourcesSources12"
LIMIT_MB = 64
# Rows that a source gives before it counts what it holds.
FIRST = 200_000
PYTHON = ("generator", "async generator", "polars", "pyarrow", "pandas")
NODE = ("iterable", "async iterable", "stream")


def row(number: int) -> dict[str, Any]:
    return {
        "EMAIL": f"person.{number}@subscribers.example.com",
        "FIRSTNAME": ("Zoë", "Jürgen", "Нина", "さくら")[number % 4],
        "LASTNAME": "Łukasiewicz-O'Neil",
        "CITY": ("Paris", "Kraków", "São Paulo")[number % 3],
        "SCORE": number / 2,
        "NOTE": "a text of some length that an integration has written once upon a time",
    }


def rows(count: int) -> Iterator[dict[str, Any]]:
    return (row(number) for number in range(count))


async def awaited(count: int) -> AsyncIterator[dict[str, Any]]:
    for number in range(count):
        if number % 1_000 == 0:
            await asyncio.sleep(0)
        yield row(number)


def table(kind: str, count: int) -> Any:
    columns: dict[str, list[Any]] = {name: [] for name in row(0)}
    for one in rows(count):
        for name, value in one.items():
            columns[name].append(value)
    if kind == "polars":
        import polars

        return polars.DataFrame(columns)
    if kind == "pandas":
        import pandas

        return pandas.DataFrame(columns)
    import pyarrow

    return pyarrow.table(columns)


def ready() -> None:
    """Lets the other side look at what this process holds."""
    print("ready", flush=True)
    sys.stdin.readline()


def held(process: int) -> float:
    """Memory of a process that is no file, in MB; 0 where it has ended."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("RssAnon:")), 0)


def child(kind: str, count: int, url: str) -> None:
    from brevo_native import AsyncBrevo, Brevo

    settings: dict[str, Any] = {"base_url": url, "pacing": False}
    options: dict[str, Any] = {"list_ids": [1], "timeout": 600}
    source: Any = (
        awaited(count) if kind == "async generator" else rows(count) if kind == "generator" else table(kind, count)
    )
    if kind == "generator":
        # A row takes what it takes, whoever asks for it.
        collections.deque(rows(FIRST), 0)
    elif kind == "async generator":
        asyncio.run(drained(awaited(FIRST)))
    gc.collect()
    ready()
    if kind == "async generator":
        done: Any = asyncio.run(_import(AsyncBrevo(KEY, **settings), source, options))
    else:
        done = Brevo(KEY, **settings).contacts.import_file(source, **options)
    print(done["imported"])


async def drained(rows: AsyncIterator[Any]) -> None:
    async for _ in rows:
        pass


async def _import(brevo: Any, source: Any, options: dict[str, Any]) -> Any:
    return await brevo.contacts.import_file(source, **options)


def measured(command: list[Any], environment: dict[str, str]) -> tuple[float, float, int]:
    """What a program held before its import, the most it held after, and how many rows it imported."""
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        if process.stdout.readline().strip() != "ready":
            raise AssertionError(f"{command} ended with {process.wait()}")
        before = most = held(process.pid)
        process.stdin.write("\n")
        process.stdin.flush()
        while process.poll() is None:
            most = max(most, held(process.pid))
            time.sleep(0.005)
        return before, most, int(process.stdout.read() or 0)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("stage", type=Path, help="folder that run.sh prepared")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--only", help="one source, such as polars")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(options.only, options.rows, options.child)
        return
    stage = options.stage.resolve()
    environment = {**os.environ, "PYTHONPATH": str(stage / "python"), "BREVO_API_KEY": KEY}
    failed = []
    with subprocess.Popen([stage / "brevo-stub"], stdout=subprocess.PIPE, text=True) as stub:
        assert stub.stdout is not None
        url = stub.stdout.readline().strip()
        for language, kinds in (("Python", PYTHON), ("Node", NODE)):
            for kind in kinds:
                if options.only not in (None, kind):
                    continue
                count = str(options.rows)
                command = (
                    [sys.executable, __file__, stage, "--child", url, "--only", kind, "--rows", count]
                    if language == "Python"
                    else ["node", stage / "node" / "sources.cjs", kind, count, url]
                )
                before, most, imported = measured(command, environment)
                print(f"{language:7} {kind:16} held {before:4.0f} MB, {most - before:5.1f} MB more at most", flush=True)
                if imported != options.rows or most - before > LIMIT_MB:
                    failed.append(f"{language}, {kind}: {most - before:.1f} MB, {imported} rows")
        stub.terminate()
    if failed:
        sys.exit("\n".join(failed))


if __name__ == "__main__":
    main()
