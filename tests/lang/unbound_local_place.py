# Where an UnboundLocalError is, in code that has not run often and in code that has: then two instructions may run as one,
# whose place is the first one's.
BODIES = {
    "return (a is d >= 7)": (40, 38),
    "x = a; return d": (42, 40),
    "return 1 + d": (40, 38),
    "return (d, a)": (38, 38),
    "x = a; return d, x": (42, 40),
    "return print(d, a, 5)": (50, 50),
    "return (a, 5, d)": (42, 42),
}


def places(body, rounds):
    names = {}
    exec(f"def f(a):\n for i in range({rounds}): pass\n {body}\n d = 1", names)
    found = []
    for _ in range(12):
        try:
            names["f"](1)
        except UnboundLocalError as error:
            found.append(error.__traceback__.tb_next.tb_lasti)
    return found


for body, (cold, hot) in BODIES.items():
    for rounds, before in ((0, 7), (1, 3), (5, 1), (20, 0)):
        got = places(body, rounds)
        assert got == [cold] * before + [hot] * (12 - before), (body, rounds, got)
