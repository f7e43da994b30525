# BytesIO and StringIO can be pickled and copied, attributes included.
import copy
import io
import pickle

stream = io.BytesIO(b"abc")
stream.read(1)
stream.mark = 5
for twin in (copy.copy(stream), pickle.loads(pickle.dumps(stream))):
    assert twin.__getstate__() == (b"abc", 1, {"mark": 5}) and twin.mark == 5 and twin.read() == b"bc"

text = io.StringIO("a\r\nb", newline=None)
text.read(2)
for twin in (copy.copy(text), pickle.loads(pickle.dumps(text))):
    assert twin.__getstate__() == ("a\nb", None, 2, None) and twin.read() == "b"

for call, error, message in [
    (lambda: stream.__setstate__(1), TypeError, "_io.BytesIO.__setstate__ argument should be 3-tuple, got int"),
    (lambda: stream.__setstate__((b"", -1, None)), ValueError, "position value cannot be negative"),
    (lambda: text.__setstate__(("", "\n", 0, 3)), TypeError, "fourth item of state should be a dict, got a int"),
    (lambda: pickle.dumps(io.TextIOWrapper(io.BytesIO())), TypeError, "cannot pickle '_io.TextIOWrapper' object"),
    (lambda: pickle.dumps(io.BufferedReader(io.BytesIO())), TypeError, "cannot pickle '_io.BufferedReader' object"),
]:
    try:
        call()
    except error as caught:
        assert str(caught) == message, caught
    else:
        assert False, message
