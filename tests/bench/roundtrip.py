"""Runs a client of a round trip, kills it on the way if wanted, and says what it cost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Cost:
    """What a job cost, over all runs that it took."""

    wall: float = 0
    cpu: float = 0
    peak_kb: int = 0
    # Contacts that were done when a run was killed.
    killed_at: list[int] = field(default_factory=list)


def peak_kb(process: int | str = "self") -> int:
    """Peak memory. `ru_maxrss` will not do: it begins with that of the process that started this one."""
    status = Path(f"/proc/{process}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


def run(command: Sequence[str | Path], environment: Mapping[str, str], kills: Sequence[int] = ()) -> tuple[Cost, Any]:
    """Runs a program until it has done its job. It prints how many contacts are done, and at last its result as JSON.

    When so many are done as `kills` say, one after the other, it gets SIGKILL, and is started again.
    """
    cost, waiting = Cost(), list(kills)
    while True:
        start, last = time.perf_counter(), ""
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        for line in process.stdout:
            last = line
            if waiting and line.strip().isdigit() and int(line) >= waiting[0]:
                cost.peak_kb = max(cost.peak_kb, peak_kb(process.pid))
                process.send_signal(signal.SIGKILL)
                cost.killed_at.append(int(line))
                break
        process.stdout.close()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        cost.wall += time.perf_counter() - start
        cost.cpu += used.ru_utime + used.ru_stime
        if process.returncode == -signal.SIGKILL and len(cost.killed_at) == len(kills) - len(waiting) + 1:
            waiting.pop(0)
            continue
        if process.returncode:
            raise AssertionError(f"{command} ended with {process.returncode}")
        if waiting:
            raise AssertionError(f"{command} was done before it could be killed at {waiting}")
        result = json.loads(last)
        cost.peak_kb = max(cost.peak_kb, result.pop("peak_kb"))
        return cost, result
