# json through its native scanner and encoder: values, positions of errors, escapes, hooks.
import json
import math


def error(text, **options):
    try:
        json.loads(text, **options)
    except json.JSONDecodeError as e:
        return e.msg, e.pos


texts = {
    '{"a": [1, -2.5e3, true, false, null, {}], "b": ""}': {"a": [1, -2500.0, True, False, None, {}], "b": ""},
    '"\\u00e9\\ud83d\\ude00\\n\\/\\""': 'é😀\n/"',
    "[123456789012345678, 1234567890123456789012345678901234567890]": [123456789012345678, 1234567890123456789012345678901234567890],
    '["\\ud800", "é", "€", "😀"]': ["\ud800", "é", "€", "😀"],
    " [ ] ": [],
    "-0": 0,
    "1E2": 100.0,
}
for text, value in texts.items():
    assert json.loads(text) == value
    assert json.loads(json.dumps(value)) == value and json.loads(json.dumps(value, ensure_ascii=False)) == value
assert math.isnan(json.loads("NaN")) and json.loads("[-Infinity]") == [-math.inf] and str(json.loads("-0.0")) == "-0.0"

assert error("") == ("Expecting value", 0) and error("[1,") == ("Expecting value", 3) and error("[1 2]") == ("Expecting ',' delimiter", 3)
assert error('{"a" 1}') == ("Expecting ':' delimiter", 5) and error("{1: 2}")[0] == "Expecting property name enclosed in double quotes"
assert error('"abc') == ("Unterminated string starting at", 0) and error('"a\nb"') == ("Invalid control character at", 2)
assert error('"\\x"') == ("Invalid \\escape", 1) and error('"\\u12"') == ("Invalid \\uXXXX escape", 2) and error("[1] x") == ("Extra data", 4)
assert json.loads('"a\nb"', strict=False) == "a\nb"
assert json.loads('{"a": 1, "b": 2}', object_pairs_hook=list) == [("a", 1), ("b", 2)]
assert json.loads('{"a": {"b": 1}}', object_hook=len) == 1
assert json.loads("[1.5, 2, NaN]", parse_float=str, parse_int=float, parse_constant=repr) == ["1.5", 2.0, "'NaN'"]
pair = json.loads('[{"key": 1}, {"key": 2}]')
assert next(iter(pair[0])) is next(iter(pair[1]))

assert json.dumps("\x00\x1f\x7f\"\\é\u2028😀") == '"\\u0000\\u001f\\u007f\\"\\\\\\u00e9\\u2028\\ud83d\\ude00"'
assert json.dumps({2: 1, 1.5: 2, None: 3, "x": (1, [])}) == '{"2": 1, "1.5": 2, "null": 3, "x": [1, []]}'
assert json.dumps({"b": 1, "a": 2}, sort_keys=True, separators=(",", ":")) == '{"a":2,"b":1}'
assert json.dumps({(1,): 2, "a": 1}, skipkeys=True) == '{"a": 1}'
loop = []
loop.append(loop)
for value, options, expected in [
    (loop, {}, "ValueError: Circular reference detected"),
    (math.inf, {"allow_nan": False}, "ValueError: Out of range float values are not JSON compliant"),
    ({(1,): 2}, {}, "TypeError: keys must be str, int, float, bool or None, not tuple"),
    ({1, 2}, {}, "TypeError: Object of type set is not JSON serializable"),
]:
    try:
        json.dumps(value, **options)
    except (TypeError, ValueError) as e:
        assert f"{type(e).__name__}: {e}" == expected
    else:
        raise AssertionError(value)
try:
    json.loads("[" * 100000)
except RecursionError:
    pass
else:
    raise AssertionError
