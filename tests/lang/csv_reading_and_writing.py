# csv: what quotes, escapes and line ends do to fields, both ways, and what dialects refuse.
import csv
import io


def read(lines, **settings):
    return list(csv.reader(lines, **settings))


def written(row, **settings):
    out = io.StringIO()
    csv.writer(out, **settings).writerow(row)
    return out.getvalue()


def refused(function, *arguments, **settings):
    try:
        function(*arguments, **settings)
    except (csv.Error, TypeError) as error:
        return f"{type(error).__name__}: {error}"
    raise AssertionError("nothing was raised")


assert read(['a,"b ""c"" d", e, "f"']) == [["a", 'b "c" d', " e", ' "f"']]
assert read([' , "a"'], skipinitialspace=True) == [["", "a"]]
assert read([" "], skipinitialspace=True) == [[""]]
assert read(["a\\,b,c\\"], escapechar="\\") == [["a,b", "c\n"]]
assert read(['1.5,"a",,3'], quoting=csv.QUOTE_NONNUMERIC) == [[1.5, "a", "", 3.0]]
assert read(["a", '"b\n', 'c"', "", "d\r\n"]) == [["a"], ["b\nc"], [], ["d"]]
assert read(["a\0b"]) == [["a\0b"]]
assert refused(read, ['"a"b'], strict=True) == "Error: ',' expected after '\"'"
assert refused(read, ['a,"b'], strict=True) == "Error: unexpected end of data"
assert refused(read, [b"a"]) == "Error: iterator should return strings, not bytes (the file should be opened in text mode)"
assert refused(read, ["a\nb"]).startswith("Error: new-line character seen in unquoted field")

assert written([1, None, 1.5, 'a"b', "c,d", "\n", " e"]) == '1,,1.5,"a""b","c,d","\n", e\r\n'
assert written([1, None, "a", 2.5], quoting=csv.QUOTE_NONNUMERIC) == '1,"","a",2.5\r\n'
assert written(['"', "\\", ',"'], doublequote=False, escapechar="\\") == '\\",\\\\,",\\""\r\n'
assert written([""]) == '""\r\n'
assert written([]) == "\r\n"
assert refused(written, ['a"b'], quoting=csv.QUOTE_NONE) == "Error: need to escape, but no escapechar set"
assert refused(written, [None], quoting=csv.QUOTE_NONE) == "Error: single empty field record must be quoted"
assert refused(written, 5) == "Error: iterable expected, not int"

assert refused(csv.reader, [], delimiter="ab") == 'TypeError: "delimiter" must be a 1-character string'
assert refused(csv.reader, [], quoting=True) == 'TypeError: "quoting" must be an integer'
assert refused(csv.reader, [], quotechar=None, quoting=0) == "TypeError: quotechar must be set if quoting enabled"
assert refused(csv.reader, [], nonsense=1) == "TypeError: 'nonsense' is an invalid keyword argument for this function"
assert refused(csv.get_dialect, "nonsense") == "Error: unknown dialect"


class Lines:
    def __init__(self):
        self.count = 3

    def __iter__(self):
        return self

    def __next__(self):
        if self.count == 0:
            raise StopIteration
        self.count -= 1
        return f"{self.count},x"


reader = csv.reader(Lines())
assert list(reader) == [["2", "x"], ["1", "x"], ["0", "x"]] and reader.line_num == 3
