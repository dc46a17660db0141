"""The conformance cases through C: `conformance.py RECORDER HEADER COMMAND...`, where the command is
conformance.c, perhaps under valgrind. The recording server judges the requests; the decoded replies are
compared here. Also proves that each helper of the header calls the operation it is named for.
"""

import base64
import json
import os
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

KEY = "xkeysib-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef-CONFORMANCE12345"
CASES = {
    f"{path.stem}:{i}": case
    for path in sorted((Path(__file__).resolve().parents[2] / "tests/conformance").glob("*.json"))
    for i, case in enumerate(json.loads(path.read_text(encoding="utf-8"))["cases"])
}
OPERATIONS = {case["operation"] for case in CASES.values()}

recorder, header, *command = sys.argv[1:]
passed = failed = 0


def check(holds: bool, what: str) -> None:
    global passed, failed
    if holds:
        passed += 1
    else:
        failed += 1
        print(f"not so: {what}", file=sys.stderr)


HELPER = re.compile(
    r"^static inline brevo_reply \*(brevo_\w+)\(.*\)\s*\{ return brevo_(call|job)\(client, \"([a-z0-9_.]+)\",", re.M
)
found = HELPER.findall(Path(header).read_text(encoding="utf-8"))
for name, _how, target in found:
    check(name == "brevo_" + target.replace(".", "_"), f"{name} calls {target}")
calls = {target for _, how, target in found if how == "call"}
check(calls == OPERATIONS, f"helpers and operations differ: {sorted(calls ^ OPERATIONS)}")

asked = "".join(
    f"{name}\n{case['operation']}\n{json.dumps({**case['arguments'], **case['files']}, ensure_ascii=False)}\n"
    for name, case in CASES.items()
)
with subprocess.Popen([recorder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
    address = server.stdout.readline().strip()
    environment = {**os.environ, "BREVO_API_KEY": KEY, "BREVO_API_URL": address}
    done = subprocess.run(command, input=asked.encode(), stdout=subprocess.PIPE, env=environment, check=False)
    with urllib.request.urlopen(f"{address}/_report") as reply:
        report = json.load(reply)
    server.stdin.close()

check(done.returncode == 0, f"exit status {done.returncode}")
answers = {line.split("\t")[0]: line.split("\t")[1:] for line in done.stdout.decode().splitlines()}
for name, case in CASES.items():
    status, body, *rest = answers.get(name, ["0", "no answer"])
    expected = case["result"]
    if status != str(case["reply"]["status"]):
        check(False, f"{name}: status {status}: {body}")
    elif isinstance(expected, dict) and set(expected) == {"base64"}:
        check(bytes.fromhex(body) == base64.b64decode(expected["base64"]), f"{name}: the bytes")
    else:
        check(json.loads(rest[0]) == expected, f"{name}: found {rest[0]}")
check(report["missing"] == [], f"the server misses {report['missing'][:5]}")
print(f"conformance ({report['operations']} operations): {passed} passed, {failed} failed")
sys.exit(failed > 0)
