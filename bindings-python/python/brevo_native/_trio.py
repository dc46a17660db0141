"""Awaiting under trio. Imported only where trio runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import outcome
import trio

from ._brevo_native import LoopQueue
from ._calls import feed

if TYPE_CHECKING:
    from ._brevo_native import Feeding
    from ._calls import Startable, _Handle

_queues: WeakKeyDictionary[trio.lowlevel.TrioToken, LoopQueue] = WeakKeyDictionary()


async def _watch(queue: LoopQueue) -> None:
    while True:
        await trio.lowlevel.wait_readable(queue.fileno())
        queue.take()


def _queue() -> LoopQueue:
    """The queue of finished calls of this run of trio."""
    token = trio.lowlevel.current_trio_token()
    queue = _queues.get(token)
    if queue is None:
        queue = _queues[token] = LoopQueue()
        trio.lowlevel.spawn_system_task(_watch, queue)
    return queue


class _Waiter:
    """A task that waits, in the clothes of a future."""

    def __init__(self) -> None:
        self.task: trio.lowlevel.Task | None = trio.lowlevel.current_task()

    def done(self) -> bool:
        return self.task is None

    def _wake(self, what: outcome.Outcome[Any]) -> None:
        task, self.task = self.task, None
        if task is not None:
            trio.lowlevel.reschedule(task, what)

    def set_result(self, value: Any) -> None:
        self._wake(outcome.Value(value))

    def set_exception(self, error: BaseException) -> None:
        self._wake(outcome.Error(error))


async def call(pending: Startable) -> Any:
    """Begins a call and awaits its result. Cancelling ends the call itself."""
    await trio.lowlevel.checkpoint_if_cancelled()
    waiter = _Waiter()
    handle = pending.start(_queue(), waiter)
    if handle is None:
        return None
    result = await _wait(waiter, handle)
    is_asked = result is handle
    return await feed(result, _next_word) if is_asked else result


async def _next_word(feeding: Feeding) -> Any:
    await trio.lowlevel.checkpoint_if_cancelled()
    waiter = _Waiter()
    feeding.wait_in(waiter)
    return await _wait(waiter, feeding)


async def _wait(waiter: _Waiter, handle: _Handle) -> Any:
    def give_up(_: Any) -> trio.lowlevel.Abort:
        waiter.task = None
        handle.abort()
        return trio.lowlevel.Abort.SUCCEEDED

    return await trio.lowlevel.wait_task_rescheduled(give_up)
