"""Drives conformance.c with every case: `conformance.py PROGRAM [ARGUMENT...]` (valgrind may stand before)."""

import base64
import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
KEY = "xkeysib-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef-CONFORMANCE12345"


def text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def main() -> int:
    cases = {
        f"{path.stem}:{i}": case
        for path in sorted((ROOT / "tests" / "conformance").glob("*.json"))
        for i, case in enumerate(json.loads(path.read_text(encoding="utf-8"))["cases"])
    }
    recorder = subprocess.Popen(
        [TARGET / "debug" / "recorder"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    address = recorder.stdout.readline().strip()
    lines = "".join(
        "\t".join([case["operation"], text({**case["arguments"], **case["files"]}), text({"headers": {"x-case": name}})])
        + "\n"
        for name, case in cases.items()
    )
    run = subprocess.run(
        sys.argv[1:],
        input=lines.encode(),
        stdout=subprocess.PIPE,
        env={**os.environ, "BREVO_API_KEY": KEY, "BREVO_API_URL": address},
    )
    wrong = []
    for (name, case), line in zip(cases.items(), run.stdout.decode().splitlines(), strict=True):
        status, body, *parsed = line.split("\t")
        expected = case["result"]
        if status != str(case["reply"]["status"]):
            wrong.append(f"{name}: {line}")
        elif isinstance(expected, dict) and set(expected) == {"base64"}:
            if bytes.fromhex(body) != base64.b64decode(expected["base64"]):
                wrong.append(f"{name}: other bytes")
        elif (json.loads(parsed[0]) if parsed and parsed[0] else None) != expected:
            wrong.append(f"{name}: got {parsed}, expected {expected}")
    with urllib.request.urlopen(f"{address}/_report") as reply:
        report = json.load(reply)
    recorder.terminate()
    print("\n".join(wrong))
    print(f"{report['operations']} operations; conformance: {len(cases) - len(wrong)} passed, {len(wrong)} failed")
    return int(bool(wrong) or run.returncode != 0 or report["missing"] != [])


sys.exit(main())
