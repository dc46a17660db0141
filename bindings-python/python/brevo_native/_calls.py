"""The Python around calls: awaiting, paging, rows for jobs, and signatures."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    import asyncio
    import inspect
    from weakref import WeakKeyDictionary

    from ._brevo_native import Feeding, LoopQueue

T = TypeVar("T")


class _Handle(Protocol):
    def abort(self) -> None: ...


class Future(Protocol):
    """Where the result of a call goes."""

    def done(self) -> bool: ...
    def set_result(self, result: Any, /) -> None: ...
    def set_exception(self, exception: BaseException, /) -> None: ...


class Startable(Protocol):
    """A call that has not begun; `None` where there is nothing to call."""

    def start(self, queue: LoopQueue, future: Future, /) -> _Handle | None: ...


class _Pages(Startable, Protocol):
    def fetch(self) -> list[Any] | None: ...
    def rest(self) -> None: ...


_queues: WeakKeyDictionary[asyncio.AbstractEventLoop, LoopQueue] | None = None
_running_loop: Callable[[], asyncio.AbstractEventLoop] | None = None


def _queue_of(loop: asyncio.AbstractEventLoop) -> LoopQueue:
    """The loop's queue of finished calls. All clients share it."""
    global _queues
    if _queues is None:
        from weakref import WeakKeyDictionary

        _queues = WeakKeyDictionary()
    queue = _queues.get(loop)
    if queue is None:
        from functools import partial

        from ._brevo_native import LoopQueue

        queue = LoopQueue()
        try:
            loop.add_reader(queue.fileno(), queue.take)
        except NotImplementedError:
            queue.wake_by(partial(loop.call_soon_threadsafe, queue.take))
        _queues[loop] = queue
    return queue


async def call(pending: Startable) -> Any:
    """Begins a call and awaits its result. Cancelling ends the call itself."""
    if _in_trio():
        from . import _trio

        return await _trio.call(pending)
    loop = (_running_loop or _load_asyncio())()
    future: asyncio.Future[Any] = loop.create_future()
    handle = pending.start(_queue_of(loop), future)
    if handle is None:
        return None
    try:
        result = await future
        is_asked = result is handle
        return await feed(result, _next_word) if is_asked else result
    finally:
        if future.cancelled() or not future.done() or future.exception() is not None:
            handle.abort()


def _load_asyncio() -> Callable[[], asyncio.AbstractEventLoop]:
    """Programs without a loop do not pay for asyncio."""
    global _running_loop
    from asyncio import get_running_loop

    _running_loop = get_running_loop
    return _running_loop


async def _next_word(feeding: Feeding) -> Any:
    from asyncio import get_running_loop

    future: asyncio.Future[Any] = get_running_loop().create_future()
    feeding.wait_in(future)
    return await future


async def feed(feeding: Feeding, next_word: Callable[[Feeding], Coroutine[Any, Any, Any]]) -> Any:
    """Gives a job rows, each time it wants some, until it is over."""

    async def heard() -> Any:
        return feeding.word() if feeding.has_word else await next_word(feeding)

    try:
        result: Any = feeding
        while result is feeding:
            try:
                await _give(feeding)
            except Exception as error:
                # What is on its way to Brevo comes to its end, and then the error is told.
                feeding.break_off()
                try:
                    while await heard() is feeding:
                        pass
                except Exception as outcome:
                    if sys.version_info >= (3, 11):
                        error.add_note(str(outcome))
                raise
            result = await heard()
        return result
    except BaseException:
        feeding.abort()
        raise


async def _give(feeding: Feeding) -> None:
    rows = feeding.rows
    if rows is None:
        feeding.give()
        return
    try:
        while not feeding.add(await rows.__anext__()):
            pass
        feeding.hand_on()
    except StopAsyncIteration:
        feeding.hand_on()


async def ready(value: T) -> T:
    """A value that is there already."""
    return value


def pages(listing: _Pages) -> Generator[Any, None, None]:
    """Every entry of a listing. The next page is on its way while this one is read."""
    try:
        while (items := listing.fetch()) is not None:
            yield from items
    finally:
        listing.rest()


async def async_pages(listing: _Pages) -> AsyncGenerator[Any, None]:
    """As `pages`, for `async` code."""
    try:
        while (items := await call(listing)) is not None:
            for item in items:
                yield item
    finally:
        listing.rest()


def _in_trio() -> bool:
    trio = sys.modules.get("trio")
    return trio is not None and trio.lowlevel.in_trio_task()


def signature(parameters: list[tuple[str, bool, str]], extra: str, gives: str) -> inspect.Signature:
    """The signature of a method, from its row of the table."""
    from inspect import Parameter, Signature

    # Operations may have a parameter of that name too.
    first = "source" if extra == "progress" else None
    made = [
        Parameter(
            name,
            Parameter.POSITIONAL_OR_KEYWORD if name == first else Parameter.KEYWORD_ONLY,
            default=Parameter.empty if required else None,
            annotation=annotation if required else f"{annotation} | None",
        )
        for name, required, annotation in parameters
    ]
    annotation = "CallOptions | None" if extra == "options" else "bool | Callable[[Progress], object] | None"
    made.append(Parameter(extra, Parameter.KEYWORD_ONLY, default=None, annotation=annotation))
    return Signature(made, return_annotation=gives)
