"""zlib, bz2 and lzma: any bytes to the decompressors, in pieces, and there and back."""
import bz2
import lzma
import zlib

from fuzz_input import Input, require

MOST = 1 << 20


def feed(machine, input, problems):
    """As a stream, with a limit on what comes out."""
    total = 0
    try:
        while not machine.eof and total < MOST:
            piece = input.take(1 + input.below(64)) if machine.needs_input else b""
            if not piece and machine.needs_input:
                break
            total += len(machine.decompress(piece, input.pick([-1, 0, 1, 10, 4096])))
        machine.unused_data, machine.eof
    except (*problems, EOFError, MemoryError):
        pass


def look_at_zlib(input):
    bits = input.pick([15, -15, 31, 47, 0, 9, -9, 8, 100])
    dictionary = input.take(input.below(20))
    machine = zlib.decompressobj(bits, zdict=dictionary) if input.below(2) else zlib.decompressobj(bits)
    copy = machine.copy()
    content = input.rest()
    for each in (machine, copy):
        try:
            out = each.decompress(content, 100)
            each.decompress(each.unconsumed_tail, 100)
            each.flush()
        except zlib.error:
            pass
    try:
        zlib.decompress(content, bits, 1)
    except zlib.error:
        pass
    packer = zlib.compressobj(input.below(10), zlib.DEFLATED, -15, 1 + input.below(9), input.below(5))
    packed = packer.compress(content) + packer.flush(zlib.Z_SYNC_FLUSH) + packer.copy().flush()
    require(zlib.decompressobj(-15).decompress(packed) == content, content)
    zlib.crc32(content, 7), zlib.adler32(content, 7)


def look_at_bz2(input):
    level = 1
    feed(bz2.BZ2Decompressor(), input, (OSError, ValueError))
    content = input.data
    require(bz2.decompress(bz2.compress(content, level)) == content, content)


def look_at_lzma(input):
    kind = input.pick([lzma.FORMAT_AUTO, lzma.FORMAT_XZ, lzma.FORMAT_ALONE, lzma.FORMAT_RAW])
    options = {"format": kind}
    if kind != lzma.FORMAT_RAW:
        options["memlimit"] = 1 << 24
    else:
        options["filters"] = [{"id": input.pick([lzma.FILTER_LZMA1, lzma.FILTER_LZMA2, lzma.FILTER_DELTA, lzma.FILTER_X86, 99]), **extra}
                              for extra in ({}, {"dist": input.number()}, {"dict_size": 4096 + input.below(4)}, {"lc": input.number()})[:1 + input.below(4)]]
    feed(lzma.LZMADecompressor(**options), input, (lzma.LZMAError,))
    try:
        lzma._decode_filter_properties(input.pick([lzma.FILTER_LZMA1, lzma.FILTER_LZMA2, lzma.FILTER_DELTA]), input.take(input.below(7)))
    except lzma.LZMAError:
        pass


def fuzz(data):
    input = Input(data)
    input.pick([look_at_zlib, look_at_zlib, look_at_bz2, look_at_lzma])(input)
