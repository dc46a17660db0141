"""Reads in the packages of the official SDKs which method makes which request.

    python names.py write      writes <sdk>.json beside this file, a line per method
    python names.py check      fails where a file differs from the installed packages

The packages are read, not run: Python's by its parser, JavaScript's by the few forms that their generators have. A
method that is found but whose request is not, or the other way round, is an error.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
NODE = HERE.parent / "node" / "node_modules"
OLD_NODE = HERE / "node_modules"
PYTHON = next((HERE.parent / "python" / ".venv" / "lib").glob("python3*/site-packages"), HERE / "no-venv")
OLD_PYTHON = HERE / ".python"

# A method as its users write it, with the request that it makes; last its title in Brevo's documentation, where the
# package has it.
Method = tuple[str, str, str] | tuple[str, str, str, str]


def normal(path: str) -> str:
    """Every way to write a path as `/contacts/{listId}`."""
    path = re.sub(r"\$?\{core\.url\.encodePathParam\((\w+)\)\}", r"{\1}", path)
    return "/" + path.removeprefix("../").strip("/")


# --- Python --------------------------------------------------------------------------------------


def text_of(node: ast.expr) -> str:
    """A path, written as a text or as an f-string whose pieces are names or calls on names."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    assert isinstance(node, ast.JoinedStr), ast.dump(node)
    pieces = []
    for piece in node.values:
        if isinstance(piece, ast.FormattedValue):
            names = [name.id for name in ast.walk(piece.value) if isinstance(name, ast.Name)]
            pieces.append(f"{{{names[-1]}}}")
        else:
            pieces.append(text_of(piece))
    return "".join(pieces)


def calls(function: ast.AST, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name:
            yield node


def methods_of(file: Path, suffix: str) -> Iterator[tuple[ast.ClassDef, ast.FunctionDef]]:
    for item in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(item, ast.ClassDef) and item.name.endswith(suffix) and not item.name.startswith("Async"):
            for function in item.body:
                if isinstance(function, ast.FunctionDef) and not function.name.startswith("_"):
                    yield item, function


def python_swagger(folder: Path) -> list[Method]:
    """`sib_api_v3_sdk` and `brevo_python`: `ContactsApi.get_contacts`, made by swagger-codegen."""
    found, public = [], set()
    for file in sorted((folder / "api").glob("*_api.py")):
        for owner, function in methods_of(file, "Api"):
            name = f"{owner.name}.{function.name.removesuffix('_with_http_info')}"
            if not function.name.endswith("_with_http_info"):
                public.add(name)
                continue
            (call,) = calls(function, "call_api")
            path, verb = (text_of(argument) for argument in call.args[:2])
            title = (ast.get_docstring(function) or "").partition("\n")[0].partition("  #")[0].strip()
            found.append((name, verb, normal(path), title))
    assert public == {method[0] for method in found}, folder
    return found


def python_fern(folder: Path) -> list[Method]:
    """`brevo`: `contacts.get_contacts`, made by Fern."""
    found, public = [], set()
    for file in sorted(folder.glob("*/raw_client.py")):
        resource = file.parent.name
        for _, function in methods_of(file, "Client"):
            (call,) = [*calls(function, "request"), *calls(function, "stream")]
            verb = next(text_of(word.value) for word in call.keywords if word.arg == "method")
            found.append((f"{resource}.{function.name}", verb, normal(text_of(call.args[0]))))
        for _, function in methods_of(file.with_name("client.py"), "Client"):
            if function.name != "with_raw_response":
                public.add(f"{resource}.{function.name}")
    assert public == {method[0] for method in found}, folder
    return found


# --- Node ----------------------------------------------------------------------------------------


def javascript(
    files: list[Path], owner: re.Pattern[str], start: re.Pattern[str], request: re.Pattern[str]
) -> list[Method]:
    """Methods that begin where `start` fits; what follows, up to the next one, holds one request."""
    found = []
    for file in files:
        source = file.read_text(encoding="utf-8")
        named = owner.search(source)
        assert named, file
        starts = [*start.finditer(source)]
        ends = [*(fit.start() for fit in starts[1:]), len(source)]
        for fit, end in zip(starts, ends, strict=True):
            requests = [*request.finditer(source, fit.end(), end)]
            assert len(requests) == 1, f"{file}: {fit[1]}"
            found.append((f"{named[1]}.{fit[1]}", requests[0]["verb"], normal(requests[0]["path"])))
        verbs = len(re.findall(r"""callApi\(\s|method: ["'](?:GET|PUT|POST|PATCH|DELETE)["']""", source))
        assert verbs == len(starts), f"{file}: {verbs} requests in {len(starts)} methods"
    return found


def node_swagger(folder: Path) -> list[Method]:
    """`sib-api-v3-sdk` and `@getbrevo/brevo` 1: `ContactsApi.getContacts` over superagent."""
    return javascript(
        sorted((folder / "src" / "api").glob("*.js")),
        re.compile(r"@alias module:api/(\w+)"),
        re.compile(r"this\.(\w+)WithHttpInfo = function\("),
        re.compile(r"callApi\(\s*'(?P<path>[^']+)', '(?P<verb>\w+)'"),
    )


def node_typescript(folder: Path) -> list[Method]:
    """`sib-api-v3-typescript` and `@getbrevo/brevo` 2 and 3: `ContactsApi.getContacts`, typed."""
    return javascript(
        sorted(file for file in folder.glob("*Api.js")),
        re.compile(r"^class (\w+) ", re.MULTILINE),
        re.compile(r"^    (?!constructor|set |get )(\w+)\([^\n]*\) \{\n(?=        return __awaiter)", re.MULTILINE),
        re.compile(r"localVarPath = this\.basePath \+ '(?P<path>[^']+)'.*?method: '(?P<verb>\w+)'", re.DOTALL),
    )


def node_fern(folder: Path) -> list[Method]:
    """`@getbrevo/brevo` 4 and later: `contacts.getContacts`, made by Fern."""
    resources = folder / "dist" / "cjs" / "api" / "resources"
    found = []
    for file in sorted(resources.glob("*/client/Client.js")):
        resource = file.parents[1].name
        methods = javascript(
            [file],
            re.compile(r"^class (\w+) ", re.MULTILINE),
            re.compile(r"^    __(\w+)\(", re.MULTILINE),
            re.compile(
                r"url: core\.url\.join\([^\n]*?Default, (?P<quote>[\"`])(?P<path>.+?)(?P=quote)\),"
                r".*?method: \"(?P<verb>\w+)\"",
                re.DOTALL,
            ),
        )
        public = set(re.findall(r"^    (?!constructor)([a-z]\w*)\([^\n]*\) \{$", file.read_text(), re.MULTILINE))
        assert public == {method[0].split(".")[1] for method in methods}, file
        found += [(f"{resource}.{name.split('.')[1]}", *request) for name, *request in methods]
    return found


# --- Files ---------------------------------------------------------------------------------------


def version_of(folder: Path) -> str:
    """Version of an npm package, or of a Python package by the metadata beside it."""
    manifest = folder / "package.json"
    if manifest.exists():
        return json.loads(manifest.read_text(encoding="utf-8"))["version"]
    (metadata,) = [
        data
        for data in folder.parent.glob("*.dist-info")
        if f"\n{folder.name}/__init__.py," in "\n" + (data / "RECORD").read_text(encoding="utf-8")
    ]
    return metadata.name.removesuffix(".dist-info").split("-")[1]


SDKS = {
    "python-sib-api-v3-sdk": ("sib-api-v3-sdk", PYTHON / "sib_api_v3_sdk", python_swagger, "."),
    "python-brevo-1": ("brevo-python", OLD_PYTHON / "brevo_python", python_swagger, "."),
    "python-brevo": ("brevo-python", PYTHON / "brevo", python_fern, "."),
    "node-sib-api-v3-sdk": ("sib-api-v3-sdk", OLD_NODE / "sib-api-v3-sdk", node_swagger, "."),
    "node-sib-api-v3-typescript": ("sib-api-v3-typescript", OLD_NODE / "sib-api-v3-typescript", node_typescript, "api"),
    "node-brevo-1": ("@getbrevo/brevo", OLD_NODE / "brevo-1", node_swagger, "."),
    "node-brevo-2": ("@getbrevo/brevo", OLD_NODE / "brevo-2", node_typescript, "dist/api"),
    "node-brevo-3": ("@getbrevo/brevo", OLD_NODE / "brevo-3", node_typescript, "dist/api"),
    "node-brevo": ("@getbrevo/brevo", NODE / "@getbrevo" / "brevo", node_fern, "."),
}


def printed(sdk: str) -> str:
    package, folder, read, below = SDKS[sdk]
    methods = sorted(set(read(folder / below)))
    assert len(methods) > 50, f"{sdk}: only {len(methods)} methods"
    head = json.dumps({"package": package, "version": version_of(folder)})[1:-1]
    lines = ",\n".join("  " + json.dumps(method) for method in methods)
    return f'{{{head}, "methods": [\n{lines}\n]}}\n'


def main(task: str) -> None:
    stale = []
    for sdk in SDKS:
        file, text = HERE / f"{sdk}.json", printed(sdk)
        if task == "write":
            file.write_text(text, encoding="utf-8")
        elif not file.exists() or file.read_text(encoding="utf-8") != text:
            stale.append(sdk)
    if stale:
        sys.exit(f"names of methods are stale: {', '.join(stale)}; run tests/peers/names/run.sh write")
    print(f"{len(SDKS)} packages of official SDKs read, {'written' if task == 'write' else 'as committed'}")


if __name__ == "__main__":
    main(sys.argv[1])
