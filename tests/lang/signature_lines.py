# Functions whose signature stands on several lines take all of its parameters, by keyword as well.
import inspect
import os
import zlib

assert os.access("/", os.F_OK, dir_fd=None, effective_ids=False, follow_symlinks=True)
packer = zlib.compressobj(level=9, method=zlib.DEFLATED, wbits=-15, memLevel=8, strategy=zlib.Z_DEFAULT_STRATEGY)
data = packer.compress(b"a" * 100) + packer.flush()
assert zlib.decompress(data, wbits=-15) == b"a" * 100
try:
    os.access("/", os.F_OK, nothing=1)
except TypeError as error:
    assert "nothing" in str(error)
else:
    raise AssertionError("an unknown keyword was taken")
parameters = list(inspect.signature(os.access).parameters)
assert parameters == ["path", "mode", "dir_fd", "effective_ids", "follow_symlinks"], parameters
