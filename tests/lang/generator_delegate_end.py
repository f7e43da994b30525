# What a generator or coroutine delegates to is dropped before the delegating one goes on after close() and throw().
import types

log = []


class Dies:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        log.append("died " + self.name)


@types.coroutine
def pause():
    return (yield)


def stubborn_generator():
    try:
        yield 1
    except GeneratorExit:
        local = Dies("generator")
        yield 2


async def stubborn_coroutine():
    try:
        await pause()
    except GeneratorExit:
        local = Dies("coroutine")
        await pause()


def plain_generator():
    local = Dies("plain")
    try:
        yield 1
    except KeyError as error:
        return "returned"


class Iterator:
    def __init__(self):
        self.local = Dies("iterator")

    def __iter__(self):
        return self

    def __next__(self):
        return 1

    def throw(self, *arguments):
        raise ValueError("thrown")

    def close(self):
        raise OSError("closed")


def delegating(iterator):
    try:
        log.append((yield from iterator()))
    except BaseException as error:
        log.append(f"{type(error).__name__} {error}")
    log.append("end")


async def awaiting(coroutine):
    try:
        await coroutine()
    except BaseException as error:
        log.append(f"{type(error).__name__} {error}")
    log.append("end")


def outcome(maker, part, action):
    generator = maker(part)
    generator.send(None)
    try:
        action(generator)
    except BaseException as error:
        log.append(type(error).__name__)
    got = log[:]
    log.clear()
    return got


def close(generator):
    generator.close()


ignored = "RuntimeError generator ignored GeneratorExit"
assert outcome(delegating, stubborn_generator, close) == ["died generator", ignored, "end"]
assert outcome(awaiting, stubborn_coroutine, close) == ["died coroutine", "RuntimeError coroutine ignored GeneratorExit", "end"]
assert outcome(delegating, stubborn_generator, lambda g: g.throw(GeneratorExit)) == ["died generator", ignored, "end", "StopIteration"]
assert outcome(delegating, plain_generator, close) == ["died plain", "GeneratorExit ", "end"]
assert outcome(delegating, plain_generator, lambda g: g.throw(KeyError)) == ["died plain", "returned", "end", "StopIteration"]
# The iterator is a local of its own method, which the error's traceback keeps.
assert outcome(delegating, Iterator, lambda g: g.throw(KeyError)) == ["ValueError thrown", "died iterator", "end", "StopIteration"]
assert outcome(delegating, Iterator, close) == ["OSError closed", "died iterator", "end"]
