# Encodings of sound lose no more than they must, and conversions in pieces equal those in one.
import warnings

warnings.simplefilter("ignore")
import audioop
import math
import struct

tone = struct.pack("=4000h", *(int(20000 * math.sin(i / 7)) for i in range(4000)))
for encode, decode in (("lin2ulaw", "ulaw2lin"), ("lin2alaw", "alaw2lin")):
    back = getattr(audioop, decode)(getattr(audioop, encode)(tone, 2), 2)
    worst = max(abs(a - b) for a, b in zip(struct.unpack("=4000h", tone), struct.unpack("=4000h", back)))
    assert 0 < worst < 1000, worst
    assert getattr(audioop, encode)(back, 2) == getattr(audioop, encode)(tone, 2)

packed, state = audioop.lin2adpcm(tone, 2, None)
first, between = audioop.lin2adpcm(tone[:3000], 2, None)
second, end = audioop.lin2adpcm(tone[3000:], 2, between)
assert (first + second, end) == (packed, state) and len(packed) == 2000
back, _ = audioop.adpcm2lin(packed, 2, None)
assert audioop.rms(audioop.add(tone, audioop.mul(back, 2, -1), 2), 2) < 1500

whole, state = audioop.ratecv(tone, 2, 2, 44100, 8000, None)
pieces, between = b"", None
for start in range(0, len(tone), 400):
    piece, between = audioop.ratecv(tone[start:start + 400], 2, 2, 44100, 8000, between)
    pieces += piece
assert (pieces, between) == (whole, state)
assert audioop.findfit(tone, tone[2000:3000]) == (1000, 1.0)
try:
    audioop.ratecv(tone, 2, 2, 44100, 8000, (1, ((1, 2),)))
except audioop.error as error:
    assert str(error) == "illegal state argument"
else:
    raise AssertionError("a state for one channel was taken for two")
