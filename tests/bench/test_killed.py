"""Imports and exports that are killed on the way and go on where they stopped: the round trip of `make million`, small."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import people
from million import prepare
from roundtrip import run

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from sandbox import ROOT, sandbox

HERE = Path(__file__).resolve().parent
COUNT = 12_000
KILLS = [3_600, 7_800]


def test_a_file_goes_there_and_back_though_its_client_is_killed_twice_each_way(tmp_path: Path) -> None:
    source, exported = tmp_path / "people.csv", tmp_path / "exported.csv"
    people.write(source, COUNT)
    with sandbox("--data", str(tmp_path / "sandbox.sqlite")) as service:
        environment = {
            **service.environment(),
            "PYTHONPATH": os.pathsep.join((str(ROOT / "bindings-python/python"), str(HERE))),
            "BODY_LIMIT": "300000",
        }
        list_id = prepare(service)

        def job(name: str, path: Path) -> dict[str, int]:
            program = [sys.executable, HERE / "million_clients.py", "brevo-native", name, list_id, path]
            cost, result = run([*program, path.with_suffix(f".{name}-state")], environment, KILLS)
            assert len(cost.killed_at) == len(KILLS)
            return result

        imported = job("import", source)
        assert imported["rows"] == imported["imported"] == COUNT
        assert imported["resumed"] >= KILLS[1]
        assert imported["rejected"] == 0
        sent = [call for call in service.calls() if call["path"] == "/v3/contacts/import" and call["status"] == 202]
        assert job("export", exported) == {"rows": COUNT}
    assert people.compare(source, exported) == COUNT
    # Nothing was sent twice.
    assert len(sent) == imported["processes"] > len(KILLS)
