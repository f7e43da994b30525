# Tasks and futures are native types: no frame of theirs stands in tracebacks; states, errors and reports are asyncio's.
import asyncio
import contextvars
import gc
import traceback

import _asyncio  # behind asyncio: CPython's cannot be imported first

assert asyncio.Task is _asyncio.Task and asyncio.Future is _asyncio.Future
variable = contextvars.ContextVar("variable", default=0)


def error(function, *args):
    try:
        function(*args)
    except BaseException as caught:
        return f"{type(caught).__name__}: {caught}"


async def double(n):
    variable.set(n)
    await asyncio.sleep(0)
    assert variable.get() == n
    return n * 2


async def fail():
    await asyncio.sleep(0)
    raise ValueError("failed")


async def main():
    assert await asyncio.gather(*(double(i) for i in range(5))) == [0, 2, 4, 6, 8]
    assert variable.get() == 0
    task = asyncio.create_task(double(1), name="one")
    assert repr(task).startswith("<Task pending name='one' coro=<double() running at")
    assert task.cancel("reason") and task.cancelling() == 1
    try:
        await task
    except asyncio.CancelledError as caught:
        assert caught.args == ("reason",)
    assert task.cancelled() and not task.cancel()
    try:
        await asyncio.create_task(fail())
    except ValueError as caught:
        names = [entry.name for entry in traceback.extract_tb(caught.__traceback__)]
        assert names == ["main", "fail"], names
    try:
        async with asyncio.timeout(0.001):
            await asyncio.sleep(10)
    except TimeoutError:
        pass
    else:
        assert False

    loop = asyncio.get_running_loop()
    future = loop.create_future()
    order = []
    for number in 1, 2:
        future.add_done_callback(lambda done, number=number: order.append((number, done.result())))
    assert error(future.result) == "InvalidStateError: Result is not set."
    future.set_result("x")
    assert error(future.set_result, 1) == "InvalidStateError: invalid state"
    await asyncio.sleep(0)
    assert order == [(1, "x"), (2, "x")]

    reports = []
    loop.set_exception_handler(lambda loop, context: reports.append(context["message"]))
    future = loop.create_future()
    future.set_exception(KeyError("never looked at"))
    del future
    gc.collect()
    assert reports == ["Future exception was never retrieved"], reports
    other = asyncio.new_event_loop()
    foreign = other.create_future()
    try:
        await foreign
    except RuntimeError as caught:
        assert "attached to a different loop" in str(caught)
    other.close()


asyncio.run(main())

loop = asyncio.new_event_loop()
future = asyncio.Future(loop=loop)
iterator = iter(future)
assert next(iterator) is future and future._asyncio_future_blocking
assert error(next, iterator) == "RuntimeError: await wasn't used with future"
assert error(iterator.throw, ValueError, 3) == "ValueError: 3"
assert error(asyncio.Future.__new__(asyncio.Future).cancel) == "RuntimeError: Future object is not initialized."
assert error(setattr, future, "_log_traceback", True) == "ValueError: _log_traceback can only be set to False"
assert error(asyncio.Task) == "TypeError: Task() missing required argument 'coro' (pos 1)"
loop.close()
