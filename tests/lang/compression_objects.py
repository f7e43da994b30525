# _bz2 and _lzma objects: limits on output, what is left over, ends and errors, filter specifications.
import _bz2
import _lzma


def refused(function, *arguments, **keywords):
    try:
        function(*arguments, **keywords)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    raise AssertionError("nothing was raised")


text = bytes(range(256)) * 4000
for make_compressor, make_decompressor, after_end in (
    (_bz2.BZ2Compressor, _bz2.BZ2Decompressor, "EOFError: End of stream already reached"),
    (_lzma.LZMACompressor, _lzma.LZMADecompressor, "EOFError: Already at end of stream"),
):
    compressor = make_compressor()
    packed = compressor.compress(text) + compressor.flush()
    assert refused(compressor.flush) == "ValueError: Repeated call to flush()"
    assert refused(compressor.compress, b"") == "ValueError: Compressor has been flushed"

    one = make_decompressor()
    assert one.needs_input and one.decompress(packed + b"rest") == text
    assert one.eof and one.unused_data == b"rest" and not one.needs_input
    assert refused(one.decompress, b"") == after_end

    pieces = make_decompressor()
    assert pieces.decompress(packed[:10]) == b"" and pieces.needs_input
    first = pieces.decompress(packed[10:], max_length=1000)
    assert first == text[:1000] and not pieces.needs_input and not pieces.eof
    rest = [first]
    while not pieces.eof:
        rest.append(pieces.decompress(b"", 100000))
        assert len(rest[-1]) <= 100000
    assert b"".join(rest) == text

broken = _bz2.BZ2Decompressor()
assert refused(broken.decompress, b"z" * 30) == "OSError: Invalid data stream"
assert refused(broken.decompress, b"") == "ValueError: Decompressor is unusable after a previous error"
assert refused(_lzma.LZMADecompressor().decompress, b"z" * 30) == "LZMAError: Input format not supported by decoder"
assert refused(_bz2.BZ2Compressor, 10) == "ValueError: compresslevel must be between 1 and 9"

make = _lzma.LZMACompressor
assert refused(make, 99) == "ValueError: Invalid container format: 99"
assert refused(make, _lzma.FORMAT_ALONE, 1) == "ValueError: Integrity checks are only supported by FORMAT_XZ"
assert refused(make, filters=[{}]) == 'ValueError: Filter specifier must have an "id" entry'
assert refused(make, filters=[{"id": 33, "foo": 1}]) == "ValueError: Invalid filter specifier for LZMA filter"
assert refused(make, filters=[{"id": 33}] * 5) == "ValueError: Too many filters - liblzma supports a maximum of 4"
assert refused(make, preset=-1) == "OverflowError: can't convert negative int to unsigned"
assert refused(_lzma.LZMADecompressor, _lzma.FORMAT_RAW) == "ValueError: Must specify filters for FORMAT_RAW"
assert _lzma._encode_filter_properties({"id": 3, "dist": 5}) == b"\x04"
assert _lzma._decode_filter_properties(33, b"\x17") == {"id": 33, "dict_size": 12582912}
raw = [{"id": _lzma.FILTER_DELTA, "dist": 4}, {"id": _lzma.FILTER_LZMA2, "preset": 1}]
compressor = make(_lzma.FORMAT_RAW, filters=raw)
packed = compressor.compress(text) + compressor.flush()
assert _lzma.LZMADecompressor(_lzma.FORMAT_RAW, None, raw).decompress(packed) == text
