"""Every example of the reference, in every language: each must send exactly the request of its operation.

A server plays the plain conformance cases, whose arguments the examples have. Each example gets a client whose base URL
holds the name of its operation, so that the server knows what to expect. Jobs are several calls long; of theirs, each
is answered with 401, and the example must have come that far.
"""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from sandbox import ROOT, TARGET

KEY = "xkeysib-" + "0" * 64 + "-" + "0" * 16
BLOCK = re.compile(r"^```(python|js|c)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def examples() -> dict[str, dict[str, str]]:
    """Code by operation and language."""
    found = {}
    for page in sorted((ROOT / "docs" / "reference").glob("*.md")):
        for section in page.read_text(encoding="utf-8").split("\n## ")[1:]:
            blocks = dict(BLOCK.findall(section))
            if blocks:
                found[f"{page.stem}.{section.split()[0]}"] = blocks
    return found


def cases() -> dict[str, Any]:
    """The plain case of each operation."""
    found = {}
    for path in sorted((ROOT / "tests" / "conformance").glob("*.json")):
        for case in json.loads(path.read_text(encoding="utf-8"))["cases"]:
            found[case["operation"]] = case  # The plain case stands behind the full one.
    return found


EXAMPLES, CASES = examples(), cases()
JOBS = sorted(set(EXAMPLES) - set(CASES))


class Judge(ThreadingHTTPServer):
    """Compares what comes with what the operation in the first segment of the path expects."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen: set[str] = set()
        self.wrong: list[str] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def url(self, operation: str) -> str:
        return f"http://127.0.0.1:{self.server_port}/{operation}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        target = urlsplit(self.path)
        operation, _, path = target.path[1:].partition("/")
        if operation == "realms":  # The token endpoint lies beside the API.
            operation, path = "o_auth.get_o_auth_m2m_token", target.path[1:]
        if operation in JOBS:
            return self.send(401, b'{"code": "unauthorized", "message": "not here"}', {})
        case = CASES[operation]
        problem = difference(case["expect"], self.command, f"/{path}", target.query, self.headers, body)
        if problem:
            self.server.wrong.append(f"{operation}: {problem}")
        reply, again = case["reply"], operation in self.server.seen
        self.server.seen.add(operation)
        encoded = isinstance(reply["body"], dict)
        content = base64.b64decode(reply["body"]["base64"]) if encoded else reply["body"].encode()
        # The next page of a listing is empty.
        return self.send(reply["status"], emptied(content) if again else content, reply["headers"])

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

    def send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def emptied(content: bytes) -> bytes:
    """A page without its entries."""
    page = json.loads(content)
    if isinstance(page, list):
        return b"[]"
    return json.dumps({key: [] if isinstance(value, list) else value for key, value in page.items()}).encode()


def difference(expect: Any, method: str, path: str, query: str, headers: Any, body: bytes) -> str:
    """What is wrong with a request; the pages of a listing and keys against repeats are the client's own affair."""
    if [method, path] != [expect["method"], expect["path"]]:
        return f"{method} {path} instead of {expect['method']} {expect['path']}"
    paging = {"limit", "offset", "page", "pageSize", "page_num"}
    queries = [parse_qs(text, keep_blank_values=True) for text in (query, expect["query"])]
    got, wanted = [{name: values for name, values in pairs.items() if name not in paging} for pairs in queries]
    if got != wanted:
        return f"query {got} instead of {wanted}"
    kind = (headers.get("content-type") or "").partition(";")[0] or None
    if kind != expect["headers"].get("content-type"):
        return f"content-type {kind}"
    if kind == "multipart/form-data":
        names = re.findall(rb'[; ]name="([^"]*)"', body)
        return "" if names == [part["name"].encode() for part in expect["multipart"]] else f"parts {names}"
    if kind == "application/x-www-form-urlencoded":
        return "" if parse_qs(body.decode()) == parse_qs(expect["body"]) else f"form {body!r}"
    if kind is None:
        return f"body {body!r}" if body else ""
    got, wanted = [without_key(json.loads(text)) for text in (body, expect["body"])]
    return "" if got == wanted else f"body {got} instead of {wanted}"


def without_key(body: Any) -> Any:
    if isinstance(body, dict) and "idempotencyKey" in body.get("headers", {}):
        others = {name: value for name, value in body["headers"].items() if name != "idempotencyKey"}
        body = {name: value for name, value in {**body, "headers": others}.items() if name != "headers" or others}
    return body


@pytest.fixture
def judge(tmp_path: Path) -> Iterator[Judge]:
    shutil.copy(ROOT / "demo" / "people.csv", tmp_path)
    server = Judge()
    yield server
    server.shutdown()
    server.server_close()


def run(command: list[str | Path], judge: Judge, folder: Path) -> None:
    environment = {"PATH": "/usr/bin:/bin:/usr/local/bin", "PYTHONPATH": str(ROOT / "bindings-python" / "python")}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    assert judge.wrong == []
    assert judge.seen == set(CASES)


def test_python(judge: Judge, tmp_path: Path) -> None:
    lines = ["from brevo_native import Brevo, UnauthorizedError", "import warnings", "warnings.simplefilter('ignore')"]
    for number, (operation, code) in enumerate(EXAMPLES.items()):
        body = "".join(f"    {line}\n" for line in code["python"].splitlines())
        lines += [f"def example_{number}(brevo):\n{body}", attempt_python(number, operation, judge)]
    (tmp_path / "examples.py").write_text("\n".join(lines), encoding="utf-8")
    run([sys.executable, tmp_path / "examples.py"], judge, tmp_path)


def attempt_python(number: int, operation: str, judge: Judge) -> str:
    call = f"example_{number}(Brevo('{KEY}', base_url='{judge.url(operation)}', pacing=False, max_retries=0))"
    return f"try:\n    {call}\nexcept UnauthorizedError:\n    assert {operation in JOBS}\n"


def test_node(judge: Judge, tmp_path: Path) -> None:
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "brevo-native").symlink_to(ROOT / "bindings-node")
    lines = ["import { Brevo, UnauthorizedError } from 'brevo-native'"]
    for operation, code in EXAMPLES.items():
        settings = f"{{ apiKey: '{KEY}', baseUrl: '{judge.url(operation)}', pacing: false, maxRetries: 0 }}"
        lines.append(
            f"try {{ await (async (brevo) => {{\n{code['js']}\n}})(new Brevo({settings})) }} "
            f"catch (error) {{ if (!({json.dumps(operation in JOBS)} && error instanceof UnauthorizedError)) throw error }}"
        )
    (tmp_path / "examples.mjs").write_text("\n".join(lines), encoding="utf-8")
    run([shutil.which("node") or "node", "--no-warnings", tmp_path / "examples.mjs"], judge, tmp_path)


def test_c(judge: Judge, tmp_path: Path) -> None:
    """One program of all examples; those that list give their first page."""
    parts = ["#include <stdio.h>\n#include <brevo.h>\n"]
    for number, code in enumerate(EXAMPLES.values()):
        parts.append(
            f"static void example_{number}(brevo_client *client, brevo_error **failed) {{\n"
            f"brevo_error *error = NULL;\n{code['c']}\nbrevo_reply_free(reply);\n*failed = error;\n}}\n"
        )
    rows = []
    for number, operation in enumerate(EXAMPLES):
        settings = {"api_key": KEY, "base_url": judge.url(operation), "pacing": False, "max_retries": 0}
        rows.append(f"{{{json.dumps(json.dumps(settings))}, example_{number}, {int(operation in JOBS)}}}")
    table = ",\n".join(rows)
    parts.append(
        "struct example { const char *settings; void (*run)(brevo_client *, brevo_error **); int job; };\n"
        f"static const struct example all[] = {{\n{table}\n}};\n"
        "int main(void) {\n    size_t i;\n    int failed = 0;\n"
        "    for (i = 0; i < sizeof all / sizeof *all; i++) {\n"
        "        brevo_error *error = NULL;\n"
        "        brevo_client *client = brevo_client_new(all[i].settings, &error);\n"
        "        if (client != NULL)\n            all[i].run(client, &error);\n"
        "        if (error != NULL && !(all[i].job && brevo_error_kind(error) == BREVO_KIND_UNAUTHORIZED)) {\n"
        '            printf("%s\\n", brevo_error_text(error));\n            failed = 1;\n        }\n'
        "        brevo_error_free(error);\n        brevo_client_free(client);\n    }\n    return failed;\n}\n"
    )
    (tmp_path / "examples.c").write_text("".join(parts), encoding="utf-8")
    flags = ["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-Wno-overlength-strings"]
    folders = [f"-I{ROOT / 'bindings-c' / 'include'}", f"-L{TARGET}", f"-Wl,-rpath,{TARGET}"]
    subprocess.run(
        ["cc", *flags, tmp_path / "examples.c", "-o", tmp_path / "examples", *folders, "-lbrevo"], check=True
    )
    run([tmp_path / "examples"], judge, tmp_path)
