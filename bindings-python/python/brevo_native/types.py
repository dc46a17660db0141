"""Types of what is sent and of what comes back, for annotations.

Each class is made from the table when it is first asked for.
"""

from __future__ import annotations

from typing import Any

from .objects import Object


def __getattr__(name: str) -> Any:
    from ._brevo_native import _model

    model = None if name.startswith("_") else _model(name)
    if model is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    doc, fields = model
    made = type(
        name,
        (Object,),
        {
            "__doc__": doc,
            "__module__": __name__,
            "__slots__": (),
            "__annotations__": {field: f"{annotation} | None" for field, _, annotation in fields},
        },
    )
    globals()[name] = made
    return made


def __dir__() -> list[str]:
    from ._brevo_native import _models

    return sorted({*globals(), *_models()})
