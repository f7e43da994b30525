# The messages of native calls whose arguments do not fit.
CASES = {
    "[].append()": "list.append() takes exactly one argument (0 given)",
    "[].append(x=1)": "list.append() takes no keyword arguments",
    "[].clear(1)": "list.clear() takes no arguments (1 given)",
    "list.append()": "unbound method list.append() needs an argument",
    "list.append('', 1)": "descriptor 'append' for 'list' objects doesn't apply to a 'str' object",
    "[].sort(1)": "sort() takes no positional arguments",
    "'a'.split(1, 2, 3)": "split() takes at most 2 arguments (3 given)",
    "int.from_bytes()": "from_bytes() missing required argument 'bytes' (pos 1)",
    "''.encode(foo=1)": "'foo' is an invalid keyword argument for encode()",
    "''.encode('a', encoding='b')": "argument for encode() given by name ('encoding') and position (1)",
    "(1).to_bytes(1, 2, 3)": "to_bytes() takes at most 2 positional arguments (3 given)",
    "float(1, 2)": "float expected at most 1 argument, got 2",
    "float(x=1)": "float() takes no keyword arguments",
    "sum()": "sum() takes at least 1 positional argument (0 given)",
    "pow(1)": "pow() missing required argument 'exp' (pos 2)",
    "'a'.replace('b')": "replace expected at least 2 arguments, got 1",
    "(1).__add__()": "expected 1 argument, got 0",
    "(1).__add__(x=1)": "wrapper __add__() takes no keyword arguments",
    "object.__init__()": "descriptor '__init__' of 'object' object needs an argument",
    "int.__add__('a', 1)": "descriptor '__add__' requires a 'int' object but received a 'str'",
    "object.__new__(int)": "object.__new__(int) is not safe, use int.__new__()",
    "int.__new__(str)": "int.__new__(str): str is not a subtype of int",
    "[].__setitem__(1)": " expected 2 arguments, got 1",
    "object(1)": "object() takes no arguments",
    "type()": "type() takes 1 or 3 arguments",
    "type(1, (), {})": "type.__new__() argument 1 must be str, not int",
    "super(1, 2, 3)": "super() expected at most 2 arguments, got 3",
    "super(int, 'a')": "super(type, obj): obj must be an instance or subtype of type",
}
for source, expected in CASES.items():
    try:
        eval(source)
    except TypeError as error:
        assert str(error) == expected, (source, str(error), expected)
    else:
        assert False, source
