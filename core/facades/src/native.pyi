"""Stubs of the native module: the clients, and every operation and job of the table."""

import sys
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Generator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from inspect import Signature
from os import PathLike
from types import TracebackType
from typing import Any, Concatenate, Generic, ParamSpec, TypeAlias, TypeVar, final, overload

from . import types as _t
from .objects import CallOptions, _AsyncSource, _Content, _File, _Model, _Source

if sys.version_info >= (3, 11):
    from typing import Self
else:
    from typing_extensions import Self

__version__: str

_P = ParamSpec("_P")
_Q = ParamSpec("_Q")
_R = TypeVar("_R")
_I = TypeVar("_I")
_S = TypeVar("_S")
_FileInput: TypeAlias = str | _File | Mapping[str, str | _Content]
_Progress: TypeAlias = bool | Callable[[Progress], object]

@final
class Reply:
    """Answer of a call with its status and headers, as `.raw(...)` gives it."""

    @property
    def status(self) -> int:
        """HTTP status."""
    @property
    def headers(self) -> dict[str, str]:
        """Headers, names in lower case. Several of one name are joined by commas."""
    @property
    def body(self) -> bytes:
        """Body as it came, decompressed."""
    @property
    def attempts(self) -> int:
        """How many times the request was sent for this answer."""
    @property
    def rate_limit(self) -> RateLimit | None:
        """What the reply says about the account's rate limit, if it does."""
    def json(self) -> Any:
        """The body as Python values; `None` where it is empty."""

@final
class RateLimit:
    """An account's rate limit, as told by the headers of a reply."""

    @property
    def limit(self) -> int | None:
        """Calls allowed in the window."""
    @property
    def remaining(self) -> int | None:
        """Calls left in the window."""
    @property
    def reset(self) -> float | None:
        """Seconds until the window starts anew."""

@final
class Progress:
    """How far a job has come."""

    @property
    def stage(self) -> str:
        """What is being done, in one word."""
    @property
    def done(self) -> int:
        """Units done."""
    @property
    def total(self) -> int | None:
        """All units, where known."""
    @property
    def bytes(self) -> int | None:
        """Bytes of the source read, where there is one."""
    @property
    def total_bytes(self) -> int | None:
        """All bytes of the source."""
    @property
    def rate(self) -> float | None:
        """Units done in a second, on average."""
    @property
    def remaining(self) -> float | None:
        """Seconds that the rest takes at this rate."""

@final
class Table:
    """Rows in Arrow's form, as `.arrow(...)` gives them. They are read when a library asks for them, anew each time.

    Pass it to `polars.DataFrame`, `pandas.DataFrame.from_arrow`, `pyarrow.table`, or name it in a query of duckdb.
    Reading waits for Brevo, also where it came from `AsyncBrevo`: there, read it in a thread.
    """

    @property
    def unfit(self) -> dict[str, int]:
        """How many values of the last reading did not fit the type of their column, by its name. They are null."""
    @property
    def error(self) -> BaseException | None:
        """The exception that ended the last reading before its end. The library that read says no more than its text."""
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Begins to read, and hands the rows over as an Arrow C stream."""
    def __arrow_c_schema__(self) -> object:
        """The columns, as an Arrow C schema."""

class _Lists(Generic[_R, _I]):
    """What an operation gives that lists: its reply, and the entries within."""

class _Operation(Generic[_P, _R]):
    """An operation: call it for the decoded body."""

    def __call__(self, *args: _P.args, **kwargs: _P.kwargs) -> _R: ...
    def raw(self, *args: _P.args, **kwargs: _P.kwargs) -> Reply:
        """The reply with status, headers and raw body."""

class _Listing(_Operation[_P, _R], Generic[_P, _R, _I]):
    """An operation that lists: call it for one page."""

    def iter(self, *args: _P.args, **kwargs: _P.kwargs) -> Generator[_I, None, None]:
        """Every entry, page after page. The next page is fetched while this one is read."""
    def arrow(self, *args: _P.args, **kwargs: _P.kwargs) -> Table:
        """Every entry, as columns of Arrow: for pandas, polars, pyarrow, duckdb."""

class _Job(Generic[_P, _R]):
    """A job of several calls."""

    def __call__(self, *args: _P.args, **kwargs: _P.kwargs) -> _R: ...

class _Export(_Job[_P, _R], Generic[_P, _R, _Q, _I]):
    """A job that writes rows to a file, or gives them to the program."""

    def iter(self, *args: _Q.args, **kwargs: _Q.kwargs) -> Generator[_I, None, None]:
        """Every row, page after page. The next page is fetched while this one is read."""
    def arrow(self, *args: _Q.args, **kwargs: _Q.kwargs) -> Table:
        """Every row, as columns of Arrow: for pandas, polars, pyarrow, duckdb."""

class _AsyncOperation(Generic[_P, _R]):
    """An operation: await its call for the decoded body."""

    def __call__(self, *args: _P.args, **kwargs: _P.kwargs) -> Coroutine[Any, Any, _R]: ...
    def raw(self, *args: _P.args, **kwargs: _P.kwargs) -> Coroutine[Any, Any, Reply]:
        """The reply with status, headers and raw body."""

class _AsyncListing(_AsyncOperation[_P, _R], Generic[_P, _R, _I]):
    """An operation that lists: await its call for one page."""

    def iter(self, *args: _P.args, **kwargs: _P.kwargs) -> AsyncGenerator[_I, None]:
        """Every entry, page after page. The next page is fetched while this one is read."""
    def arrow(self, *args: _P.args, **kwargs: _P.kwargs) -> Table:
        """Every entry, as columns of Arrow: for pandas, polars, pyarrow, duckdb."""

class _AsyncJob(Generic[_P, _R]):
    """A job of several calls."""

    def __call__(self, *args: _P.args, **kwargs: _P.kwargs) -> Coroutine[Any, Any, _R]: ...

class _AsyncExport(_AsyncJob[_P, _R], Generic[_P, _R, _Q, _I]):
    """A job that writes rows to a file, or gives them to the program."""

    def iter(self, *args: _Q.args, **kwargs: _Q.kwargs) -> AsyncGenerator[_I, None]:
        """Every row, page after page. The next page is fetched while this one is read."""
    def arrow(self, *args: _Q.args, **kwargs: _Q.kwargs) -> Table:
        """Every row, as columns of Arrow: for pandas, polars, pyarrow, duckdb."""

# A resource stands here once, for both clients, which differ in what their jobs can read; whose it is says what its
# methods are.
class _Resource(Generic[_S]): ...

_Sync: TypeAlias = _Resource[_Source]
_Async: TypeAlias = _Resource[_AsyncSource]

class _operation(Generic[_P, _R]):
    def __init__(self, method: Callable[Concatenate[Any, _P], _R]) -> None: ...
    @overload
    def __get__(self, of: _Sync, kind: Any = None) -> _Operation[_P, _R]: ...
    @overload
    def __get__(self, of: _Async, kind: Any = None) -> _AsyncOperation[_P, _R]: ...

class _listing(Generic[_P, _R, _I]):
    def __init__(self, method: Callable[Concatenate[Any, _P], _Lists[_R, _I]]) -> None: ...
    @overload
    def __get__(self, of: _Sync, kind: Any = None) -> _Listing[_P, _R, _I]: ...
    @overload
    def __get__(self, of: _Async, kind: Any = None) -> _AsyncListing[_P, _R, _I]: ...

class _job(Generic[_P, _R]):
    def __init__(self, method: Callable[Concatenate[Any, _P], _R]) -> None: ...
    @overload
    def __get__(self, of: _Sync, kind: Any = None) -> _Job[_P, _R]: ...
    @overload
    def __get__(self, of: _Async, kind: Any = None) -> _AsyncJob[_P, _R]: ...

class _Exporting(Generic[_P, _R, _Q, _I]):
    @overload
    def __get__(self, of: _Sync, kind: Any = None) -> _Export[_P, _R, _Q, _I]: ...
    @overload
    def __get__(self, of: _Async, kind: Any = None) -> _AsyncExport[_P, _R, _Q, _I]: ...

class _export(Generic[_Q, _I]):
    def __init__(self, rows: Callable[Concatenate[Any, _Q], _I]) -> None: ...
    def __call__(self, method: Callable[Concatenate[Any, _P], _R]) -> _Exporting[_P, _R, _Q, _I]: ...

def _field_names() -> dict[str, tuple[str, ...]]: ...
def _kinds() -> list[str]: ...
def _type(name: str) -> tuple[str, str, list[tuple[str, str]]] | None: ...
def _types() -> list[str]: ...
def _snake_name(key: str) -> str: ...

@final
class LoopQueue:
    """What has come for one event loop and is not yet taken."""

    def __new__(cls) -> Self: ...
    def fileno(self) -> int: ...
    def take(self) -> None: ...
    def wake_by(self, waker: Callable[[], object]) -> None: ...

@final
class Feeding:
    """A job under way that wants rows; it stands in the place of a future."""

    @property
    def rows(self) -> AsyncIterator[object] | None: ...
    @property
    def has_word(self) -> bool: ...
    def word(self) -> Any: ...
    def wait_in(self, future: Any) -> None: ...
    def give(self) -> None: ...
    def add(self, row: object) -> bool: ...
    def hand_on(self) -> None: ...
    def break_off(self) -> None: ...
    def abort(self) -> None: ...
    def done(self) -> bool: ...
    def set_result(self, value: Any) -> None: ...
    def set_exception(self, error: BaseException) -> None: ...

@final
class Method:
    """An operation or job of a client: `client.contacts.create_contact`."""

    @property
    def __name__(self) -> str: ...
    @property
    def __qualname__(self) -> str: ...
    @property
    def __signature__(self) -> Signature: ...
    def __call__(self, *positional: Any, **keywords: Any) -> Any:
        """Carries out the call and gives the decoded body of the reply."""
    def raw(self, *positional: Any, **keywords: Any) -> Any:
        """Carries out the call and gives the reply with status, headers and raw body."""
    def iter(self, *positional: Any, **keywords: Any) -> Any:
        """Gives every entry of a listing, or every row of an export, page after page."""
    def arrow(self, *positional: Any, **keywords: Any) -> Table:
        """Gives every entry of a listing, or every row of an export, as columns of Arrow."""

@final
class Resource:
    """Operations and jobs that belong together: `client.contacts`."""

@final
class Brevo(_SyncResources):
    """Connection to one Brevo account, for threads.

    Every call waits for its answer; other threads run meanwhile. One client serves any number of
    threads. Without an argument the key comes from `BREVO_API_KEY`, `BREVO_API_KEY_FILE` or the
    system's keyring.
    """

    def __new__(
        cls,
        api_key: str | None = None,
        *,
        api_key_file: str | PathLike[str] | None = None,
        keyring: bool | None = None,
        partner_key: str | None = None,
        client_id: str | None = None,
        client_secret: str | None = None,
        scope: str | None = None,
        base_url: str | None = None,
        timeout: float | None = None,
        connect_timeout: float | None = None,
        max_retries: int | None = None,
        max_wait: float | None = None,
        pacing: bool | None = None,
        proxy: str | None = None,
        ca_file: str | PathLike[str] | None = None,
        client_certificate_file: str | PathLike[str] | None = None,
        user_agent: str | None = None,
    ) -> Self: ...
    def close(self) -> None:
        """Lets go of the connections. Calls that are under way still end; new ones are refused."""
    def __enter__(self) -> Self: ...
    def __exit__(
        self, _type: type[BaseException] | None, _value: BaseException | None, _traceback: TracebackType | None, /
    ) -> None: ...

@final
class AsyncBrevo(_AsyncResources):
    """Connection to one Brevo account, for asyncio.

    Every call is awaited; cancelling the task ends the call. One client serves any number of event
    loops. Without an argument the key comes from `BREVO_API_KEY`, `BREVO_API_KEY_FILE` or the
    system's keyring.
    """

    def __new__(
        cls,
        api_key: str | None = None,
        *,
        api_key_file: str | PathLike[str] | None = None,
        keyring: bool | None = None,
        partner_key: str | None = None,
        client_id: str | None = None,
        client_secret: str | None = None,
        scope: str | None = None,
        base_url: str | None = None,
        timeout: float | None = None,
        connect_timeout: float | None = None,
        max_retries: int | None = None,
        max_wait: float | None = None,
        pacing: bool | None = None,
        proxy: str | None = None,
        ca_file: str | PathLike[str] | None = None,
        client_certificate_file: str | PathLike[str] | None = None,
        user_agent: str | None = None,
    ) -> Self: ...
    def close(self) -> None:
        """Lets go of the connections. Calls that are under way still end; new ones are refused."""
    def aclose(self) -> Coroutine[Any, Any, None]:
        """As `close`, for `async` code."""
    def __aenter__(self) -> Coroutine[Any, Any, Self]: ...
    def __aexit__(
        self, _type: type[BaseException] | None, _value: BaseException | None, _traceback: TracebackType | None, /
    ) -> Coroutine[Any, Any, None]: ...
