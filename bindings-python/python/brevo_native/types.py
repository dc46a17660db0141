"""Types of what is sent and of what comes back, for annotations.

Each is made from the table when it is first asked for.
"""

from __future__ import annotations

from typing import Any

from .objects import Object


class _Names(dict[str, Any]):
    """What the text of an alias may name, beside the built-in types."""

    def __missing__(self, name: str) -> Any:
        try:
            return __getattr__(name)
        except AttributeError:
            raise KeyError(name) from None


def __getattr__(name: str) -> Any:
    from ._brevo_native import _type

    # A type that is both sent and received has the name with `Input` for what is sent.
    found = None if name.startswith("_") else _type(name) or _type(name.removesuffix("Input"))
    if found is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    doc, alias, fields = found
    made: Any
    if alias:
        from typing import Literal

        made = eval(alias, {}, _Names(Any=Any, Literal=Literal))
    else:
        attributes = {
            "__doc__": doc,
            "__module__": __name__,
            "__slots__": (),
            "__annotations__": {field: f"{annotation} | None" for field, annotation in fields},
        }
        made = type(name, (Object,), attributes)
    globals()[name] = made
    return made


def __dir__() -> list[str]:
    from ._brevo_native import _types

    return sorted({*globals(), *_types()})
