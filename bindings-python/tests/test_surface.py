"""Methods that the table makes are what the stubs say, and explain themselves."""

from __future__ import annotations

import ast
import contextlib
import inspect
import pathlib
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

import brevo_native
from brevo_native import AsyncBrevo, Brevo
from conftest import KEY, Server, reply

PACKAGE = pathlib.Path(brevo_native.__file__).parent
STUBS = ast.parse((PACKAGE / "_brevo_native.pyi").read_text())
CLASSES = {node.name: node for node in STUBS.body if isinstance(node, ast.ClassDef)}


def methods(client: Any, resources: str) -> Iterator[tuple[Any, ast.FunctionDef]]:
    """Every method of a client, each with its stub."""
    listed = [node for node in CLASSES[resources].body if isinstance(node, ast.FunctionDef)]
    names = {node.name for node in listed}
    public = {name for name in dir(type(client)) if not name.startswith("_")}
    assert public - {"close", "aclose"} == names
    for node in listed:
        resource = getattr(client, node.name)
        # Such as `_Contacts[_Source]`.
        assert isinstance(node.returns, ast.Subscript)
        body = CLASSES[ast.unparse(node.returns.value)].body
        stubs = [each for each in body if isinstance(each, ast.FunctionDef)]
        assert {name for name in dir(resource) if not name.startswith("_")} == {each.name for each in stubs}
        for each in stubs:
            yield getattr(resource, each.name), each


@pytest.mark.parametrize(("kind", "resources"), [(Brevo, "_SyncResources"), (AsyncBrevo, "_AsyncResources")])
def test_every_method_is_what_its_stub_says(kind: Any, resources: str) -> None:
    count = 0
    for method, stub in methods(kind(KEY), resources):
        count += 1
        real = list(inspect.signature(method).parameters.values())
        first = [arg.arg for arg in stub.args.args[1:]]
        if first:
            assert first == ["source"]
            assert real[0].name == "source"
            assert real[0].kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
            assert real[0].default is None
            del real[0]
        assert all(each.kind is inspect.Parameter.KEYWORD_ONLY for each in real)
        assert [each.name for each in real] == [each.arg for each in stub.args.kwonlyargs]
        required = [default is None for default in stub.args.kw_defaults]
        assert [each.default is inspect.Parameter.empty for each in real] == required
        assert method.__name__ == stub.name
        assert method.__qualname__.endswith(f".{stub.name}")
        summary = (ast.get_docstring(stub) or "").split(".")[0]
        assert " ".join(summary.split()) == " ".join(method.__doc__.split(".")[0].split())
        assert method.__text_signature__.startswith("(source=None, *, " if first else "(*, ")
        kinds = {ast.unparse(each).split("(")[0].lstrip("_") for each in stub.decorator_list}
        assert kinds <= {"operation", "listing", "job", "export"}
        if kinds <= {"listing", "export"}:
            assert ".iter(" in method.__doc__
            assert ".arrow(" in method.__doc__
    assert count == 293 + 16


def test_documentation_names_parameters_and_endpoint() -> None:
    doc = Brevo(KEY).contacts.create_contact.__doc__
    assert doc is not None
    assert "update_enabled (bool)" in doc
    assert "POST /contacts" in doc
    assert Brevo.contacts.__doc__
    assert Brevo(KEY).contacts.__doc__ == Brevo.contacts.__doc__
    assert "contacts.create_contact" in repr(Brevo(KEY).contacts.create_contact)


def test_deprecated_operations_warn(server: Server, client: Brevo) -> None:
    server.answer = lambda request: reply(200, [])
    deprecated = [
        (resource, name)
        for resource in dir(type(client))
        if not resource.startswith("_") and resource != "close"
        for name in dir(getattr(client, resource))
        if not name.startswith("_") and "Deprecated:" in getattr(getattr(client, resource), name).__doc__
    ]
    assert deprecated
    for resource, name in deprecated:
        method = getattr(getattr(client, resource), name)
        needed = [
            each.name for each in inspect.signature(method).parameters.values() if each.default is each.empty
        ]
        refusals = contextlib.suppress(brevo_native.BrevoError)
        with pytest.warns(DeprecationWarning, match=name) as caught, refusals:
            method(**dict.fromkeys(needed, "1"))
        assert caught[0].filename == __file__


def test_settings_are_those_of_the_core() -> None:
    with pytest.raises(brevo_native.BrevoError) as caught:
        Brevo(KEY, nonsense=1)  # type: ignore[call-arg]
    known = str(caught.value)
    for name in inspect.signature(Brevo).parameters:
        assert name == "api_key" or name in known, name


def test_every_type_of_the_stubs_can_be_imported() -> None:
    from brevo_native import types

    stub = ast.parse((PACKAGE / "types.pyi").read_text())
    names = [node.name for node in stub.body if isinstance(node, ast.ClassDef)]
    assert len(names) > 300
    for name in names:
        made = getattr(types, name)
        assert made.__name__ == name
        assert issubclass(made, dict)
    with pytest.raises(ImportError):
        from brevo_native.types import Nonsense  # type: ignore[attr-defined]  # noqa: F401


ROOT = pathlib.Path(__file__).parents[1]


@pytest.mark.parametrize(
    "command",
    [
        ["mypy.stubtest", "brevo_native"],
        ["mypy", "python", "tests"],
        ["pyright", "--pythonpath", sys.executable, "python", "tests/types"],
    ],
    ids=lambda command: command[0],
)
def test_checkers_agree(command: list[str]) -> None:
    pytest.importorskip(command[0].partition(".")[0])
    ended = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
