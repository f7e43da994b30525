# What is thrown into a generator that handles an exception is chained to that one; of where it has been only what the
# exception itself knows is kept, so the frames of an inner generator are not in its traceback.
import traceback


def pause():
    yield 1


def plain():
    yield from pause()


def handling():
    try:
        yield from pause()
    except KeyError:
        yield from pause()


def direct():
    try:
        yield 1
    except KeyError:
        yield 2


class Iterator:
    def __iter__(self):
        return self

    def __next__(self):
        return 1

    def throw(self, *arguments):
        raise arguments[0]


def over_iterator():
    try:
        yield 1
    except KeyError:
        yield from Iterator()


def thrown(generator, *arguments):
    try:
        generator.throw(*arguments)
    except Exception as error:
        return [entry.name for entry in traceback.extract_tb(error.__traceback__)][1:], type(error.__context__)
    return None


def with_traceback():
    try:
        1 / 0
    except ZeroDivisionError as error:
        return error


for make, names in (handling, ["handling"]), (direct, ["direct"]), (over_iterator, ["over_iterator"]):
    for arguments in (ValueError, 7), (ValueError,), (ValueError("own"),), (ValueError, ValueError("own")):
        generator = make()
        next(generator)
        assert thrown(generator, KeyError) is None
        assert thrown(generator, *arguments) == (names, KeyError), (make, arguments)
generator = plain()
next(generator)
assert thrown(generator, ValueError, 7) == (["plain", "pause"], type(None))

generator = handling()
next(generator)
assert thrown(generator, KeyError) is None
assert thrown(generator, with_traceback()) == (["handling", "with_traceback"], KeyError)
generator = direct()
next(generator)
assert thrown(generator, KeyError) is None
assert thrown(generator, ValueError, 7, with_traceback().__traceback__) == (["direct"], KeyError)
