"""What replies are made of, and the options of a call."""

from __future__ import annotations

__all__ = ["CallOptions", "Object"]

# Not that of typing: loading it takes longer than all of this package.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Iterable
    from os import PathLike
    from typing import IO, Any, ClassVar, Protocol, TypeAlias

    from ._options import CallOptions

    _Fields: TypeAlias = dict[str, Any]

    class _Dataclass(Protocol):
        __dataclass_fields__: ClassVar[dict[str, Any]]

    class _Pydantic(Protocol):
        def model_dump(self, *, by_alias: bool = ..., exclude_none: bool = ...) -> dict[str, Any]: ...

    _Model: TypeAlias = _Dataclass | _Pydantic
    """What stands for an object that is sent, beside a dict."""
    _Content: TypeAlias = bytes | bytearray | memoryview | IO[bytes] | IO[str] | PathLike[str]
    """Content of a file. Files and paths know their name, too."""
    _File: TypeAlias = _Content | tuple[str, _Content]
    """A file, or its name and its content."""

    class _Reads(Protocol):
        def read(self, size: int = ..., /) -> bytes | str: ...

    class _ArrowStream(Protocol):
        def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

    _Source: TypeAlias = (
        str | PathLike[str] | bytes | bytearray | memoryview | _Reads | _ArrowStream | Iterable[object]
    )
    """What a job reads: a path, an open file, content, a table, or rows (mappings, dataclasses, pydantic
    models, named tuples); the items of an iterable may be pieces of a file too."""
    _AsyncSource: TypeAlias = _Source | AsyncIterable[object]
    """The same for `AsyncBrevo`, which also awaits."""
else:
    _Fields = dict

    def __getattr__(name: str) -> Any:
        if name != "CallOptions":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from ._options import CallOptions

        return CallOptions


class Object(_Fields):
    """Object of a reply: a `dict` with the keys of the wire, which also answers attributes.

    `reply["messageId"]` and `reply.message_id` are the same. A known field that Brevo left out
    reads as `None`; an unknown name raises `AttributeError`. A name that `dict` or Python's grammar
    has taken gets a trailing underscore: `reply.items_`, `reply.from_`.
    """

    __slots__ = ()

    if not TYPE_CHECKING:  # so that checkers refuse names that a reply does not have

        def __getattr__(self, name: str) -> Any:
            if name in self:
                return self[name]
            plain = name.removesuffix("_")
            for key in (plain, *_wire_names(plain)):
                if key in self:
                    return self[key]
            if name.startswith("_") or not _wire_names(plain):
                raise AttributeError(
                    f"this reply has no {name!r}; it has {', '.join(self)}", name=name, obj=self
                )
            return None

    def __dir__(self) -> list[str]:
        from ._brevo_native import _snake_name

        return [*super().__dir__(), *(_snake_name(key) for key in self)]

    def __reduce__(self) -> tuple[type[Object], tuple[dict[str, Any]]]:
        return Object, (dict(self),)


_known: dict[str, tuple[str, ...]] = {}


def _wire_names(name: str) -> tuple[str, ...]:
    """Keys that a snake_case name stands for, in every reply of the API."""
    if not _known:
        from ._brevo_native import _field_names

        _known.update(_field_names())
    return _known.get(name, ())
