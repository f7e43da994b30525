"""marshal.loads of damaged data: the first thing that is wrong is named, however much was announced."""
import io
import marshal


def outcome(data):
    try:
        return marshal.loads(data)
    except Exception as error:
        return type(error), str(error)


short = EOFError, "marshal data too short"
nothing = EOFError, "EOF read where object expected"
digit = ValueError, "bad marshal data (digit out of range in long)"
for data, expected in [
    (b"l\5\0\0\0\1\0\1\0", short), (b"l\5\0\0\0\xff\xff", digit), (b"l\3\0\0\0\1\0\1", short), (b"l\3\0\0\0\1\0\xff\xff", digit),
    (b"(\5\0\0\0NN", nothing), (b"(\5\0\0\0N?", (ValueError, "bad marshal data (unknown type code)")),
    (b"(\5\0\0\0N0", (TypeError, "NULL object in marshal data for tuple")), (b"[\5\0\0\0N0", (TypeError, "NULL object in marshal data for list")),
    (b"[\5\0\0\0N", nothing), (b"<\5\0\0\0N0", (TypeError, "NULL object in marshal data for set")),
    (b">\5\0\0\0[\0\0\0\0N", (TypeError, "unhashable type: 'list'")), (b"(\xff\0\0\0(\xff\0\0\0l\1\0\0\0\xff\xff", digit),
    (b"f\x031\0x", 1.0), (b"f\x02x\xc3", (ValueError, "could not convert string to float: 'x\ufffd'")),
    (b"f\xff" + b"x" * 255, (ValueError, "could not convert string to float: '" + "x" * 200 + "'")),
]:
    assert outcome(data) == expected, data

# A code object with a null marker among its parts is a null marker.
numbers = bytes(20)
for parts in [b"0", marshal.dumps(b"d\0S\0") + b"0", marshal.dumps(b"d\0S\0") + marshal.dumps((None,)) * 2 + b"0"]:
    null = b"c" + numbers + parts
    assert outcome(null) == (TypeError, "NULL object in marshal data for object")
    assert outcome(b")\1" + null) == (TypeError, "NULL object in marshal data for tuple")
    assert outcome(b"{" + null) == {} == outcome(b"{N" + null)
    assert outcome(b"[\1\0\0\0" + null) == (TypeError, "NULL object in marshal data for list")

# What follows the object is not looked at.
assert outcome(b"N0?") is None
