"""Prints the figures of the three runs side by side: `table.py FOLDER`."""

import csv
import sys
from pathlib import Path

FIGURES = ["sent", "delivered", "hardBounces", "softBounces", "uniqueViews", "uniqueClicks", "unsubscriptions"]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


table = [["", "people", "rejected", *FIGURES]]
for language in ("python", "node", "c"):
    folder = Path(sys.argv[1]) / language
    figures = rows(folder / "statistics.csv")[0]
    people, rejected = len(rows(folder / "list.csv")), len(rows(folder / "rejects.csv"))
    table.append([language, str(people), str(rejected), *(figures[name] for name in FIGURES)])
widths = [max(map(len, column)) for column in zip(*table)]
for line in table:
    print("  ".join(cell.rjust(width) for cell, width in zip(line, widths)))
