"""Long work beside the app: results, refusals, failures, cancelling, and that no process outlives it."""

import asyncio
import os
import time

import pytest

from materials.errors import DomainError
from tui.app.computing import Computing, UnexpectedError
from tui.app.worker import tell


def double(number: int) -> int:
    return 2 * number


def refuse() -> None:
    raise DomainError("dose", -1.0, "mg", "more than 0")


def fail() -> None:
    raise ZeroDivisionError("of a bug")


def die() -> None:
    os._exit(3)


def chatter(seconds: float) -> int:
    print("what a library prints does not stand among the answers")
    start = time.monotonic()
    while time.monotonic() - start < seconds:
        tell("on the way", (time.monotonic() - start) / seconds)
        time.sleep(0.01)
    return os.getpid()


def sleep_deaf(seconds: float) -> int:
    time.sleep(seconds)
    return os.getpid()


def process() -> int:
    return os.getpid()


def is_alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


async def gone(number: int) -> bool:
    for _ in range(100):
        if not is_alive(number):
            return True
        await asyncio.sleep(0.02)
    return False


def test_a_lane_answers_refuses_fails_and_goes_on():
    async def steps() -> None:
        computing = Computing()
        try:
            assert await computing.run(double, 21) == 42
            with pytest.raises(DomainError, match="dose = -1 mg; need more than 0"):
                await computing.run(refuse)
            with pytest.raises(UnexpectedError, match=r"unexpected: ZeroDivisionError: of a bug \(details: .+\.txt\)"):
                await computing.run(fail)
            told: list[str] = []
            first = await computing.run(chatter, 0.15, progress=lambda text, share: told.append(text))
            assert set(told) == {"on the way"}
            with pytest.raises(UnexpectedError, match="ended"):
                await computing.run(die)
            assert await computing.run(process) != first
        finally:
            await computing.close()

    asyncio.run(steps())


def test_cancelled_work_stops_by_itself_or_with_its_process():
    async def steps() -> None:
        computing = Computing()
        try:
            first = await computing.run(process)
            for work, same in ((chatter, True), (sleep_deaf, False)):
                task = asyncio.create_task(computing.run(work, 30.0))
                await asyncio.sleep(0.1)
                task.cancel()
                start = time.monotonic()
                with pytest.raises(asyncio.CancelledError):
                    await task
                assert time.monotonic() - start < 3
                assert (await computing.run(process) == first) is same
            assert await gone(first)
        finally:
            await computing.close()

    asyncio.run(steps())


def test_no_process_outlives_the_app():
    async def steps() -> int:
        computing = Computing()
        number = await computing.run(process)
        await computing.close()
        assert await gone(number)
        return number

    asyncio.run(steps())
