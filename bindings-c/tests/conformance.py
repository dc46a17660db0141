"""The conformance cases through C: `conformance.py RECORDER HEADER COMMAND...`, where the command is
conformance.c, perhaps under valgrind. The recording server judges the requests, and of the cases of behaviour the
outcomes too (tests/conformance/README.md); the other replies are compared here. Also proves that each helper of the header calls the operation it is named for.
"""

import base64
import json
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
    r"^BREVO_HELPER brevo_reply \*(brevo_\w+)\(.*\)\s*\{ return brevo_(call|job)\(client, \"([a-z0-9_.]+)\",", re.M
)
found = HELPER.findall(Path(header).read_text(encoding="utf-8"))
for name, _how, target in found:
    check(name == "brevo_" + target.replace(".", "_"), f"{name} calls {target}")
calls = {target for _, how, target in found if how == "call"}
check(calls == OPERATIONS, f"helpers and operations differ: {sorted(calls ^ OPERATIONS)}")


def bytes_of(field: str) -> bytes:
    return bytes.fromhex(field)


def text_of(field: str) -> str:
    return bytes_of(field).decode()


def values(value):
    """A result as JSON without long integers and bytes."""
    if isinstance(value, dict):
        return {key: values(item) for key, item in value.items()}
    if isinstance(value, list):
        return [values(item) for item in value]
    return {"$integer": str(value)} if isinstance(value, int) and abs(value) > 2**53 else value


def outcome(case, lines):
    """What a caller got, from the lines that tell it."""
    told = {}
    entries = []
    for what, *fields in lines:
        if what == "page":
            found = json.loads(text_of(fields[0]) or "null")
            entries += found if isinstance(found, list) else []
        elif what == "end":
            told["gives"] = "null"
        elif what == "reply":
            status, attempts, body, kind, accepted, value = fields
            if case["bytes"]:
                value = {"$bytes": base64.b64encode(bytes_of(body)).decode()}
            else:
                value = values(json.loads(text_of(value)))
            if case["how"] == "raw":
                headers = {"content-type": text_of(kind), "x-brevo-native-accepted": text_of(accepted)}
                value = {"status": int(status), "attempts": int(attempts), "headers": headers, "body": value}
            told["gives"] = json.dumps(value)
        else:
            kind, status, attempts, retry_after, *texts = fields
            operation, parameter, code, message, advice, text = (text_of(field) for field in texts[:6])
            told["fails"] = {
                "kind": kind,
                "status": int(status) or None,
                "attempts": int(attempts),
                "retry_after": float(retry_after) if float(retry_after) >= 0 else None,
                "operation": operation or None,
                "parameter": parameter or None,
                "code": code or None,
                "message": message,
                "advice": advice,
                "text": text,
                "body": bytes_of(texts[6]).decode("utf-8", "replace"),
                "duplicate_identifiers": [text_of(field) for field in texts[7:]],
            }
    if case["how"] in {"iter", "rows"}:
        told["gives"] = json.dumps(values(entries)[: case["take"]])
    return told


def ask(address, what, body=None):
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(f"{address}/_{what}", data) as reply:
        return json.load(reply)


with subprocess.Popen([recorder, "c"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
    address = server.stdout.readline().strip()
    behaviours = ask(address, "behaviours")
    settings = {"api_key": KEY, "base_url": address, "pacing": False}
    requests = [
        {
            "name": name,
            "how": "call",
            "operation": case["operation"],
            "arguments": json.dumps({**case["arguments"], **case["files"]}, ensure_ascii=False),
            "options": json.dumps({"headers": {"x-case": name}}),
            "settings": json.dumps(settings),
            "take": None,
            "rows": None,
        }
        for name, case in CASES.items()
    ]
    # Those with the same settings share a client.
    asked = sorted(requests + behaviours, key=lambda one: one["settings"])
    for one in asked:
        # JSON holds no tab as it is.
        one["lines"] = "\t".join(one["rows"] or [])
    keys = ("name", "how", "operation", "arguments", "options", "settings", "take", "lines")
    lines = "".join(f"{one[key] or ''}\n" for one in asked for key in keys)
    done = subprocess.run(command, input=lines.encode(), stdout=subprocess.PIPE, check=False)
    answers = {}
    for line in done.stdout.decode().splitlines():
        name, *fields = line.split("\t")
        answers.setdefault(name, []).append(fields)
    outcomes = {one["name"]: outcome(one, answers.get(one["name"], [])) for one in behaviours}
    verdict = ask(address, "outcomes", outcomes)
    report = ask(address, "report")
    server.stdin.close()

check(done.returncode == 0, f"exit status {done.returncode}")
for name, case in CASES.items():
    what, *fields = answers.get(name, [["no answer"]])[0]
    expected = case["result"]
    if what != "reply" or fields[0] != str(case["reply"]["status"]):
        check(False, f"{name}: {what} {fields}")
    elif isinstance(expected, dict) and set(expected) == {"base64"}:
        check(bytes_of(fields[2]) == base64.b64decode(expected["base64"]), f"{name}: the bytes")
    else:
        check(json.loads(text_of(fields[5])) == expected, f"{name}: found {text_of(fields[5])}")
check(report["missing"] == [], f"the server misses {report['missing'][:5]}")
check(verdict["cases"] == len(behaviours) > 0, "the cases of behaviour")
passed += len(behaviours) - len({problem.split(": ")[1] for problem in verdict["wrong"]})
for problem in verdict["wrong"]:
    check(False, problem)
print(
    f"conformance ({report['operations']} operations, {len(behaviours)} behaviours): {passed} passed, {failed} failed"
)
sys.exit(failed > 0)
