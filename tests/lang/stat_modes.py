# stat with its native half: modes as text, kinds and permissions, what is no mode.
import stat

for mode, text in {0: "?---------", 0o100644: "-rw-r--r--", 0o40755: "drwxr-xr-x", 0o120777: "lrwxrwxrwx", 0o104755: "-rwsr-xr-x",
                   0o101000: "---------T", 0o6111: "?--s--s--x", 0o140000: "s---------"}.items():
    assert stat.filemode(mode) == text
assert stat.S_ISDIR(0o40000) and not stat.S_ISREG(0o40000) and stat.S_IMODE(0o107777) == 0o7777 and stat.S_IFMT(0o107777) == stat.S_IFREG
assert not stat.S_ISDOOR(0o150000) and stat.S_IRWXU == 0o700 and stat.ST_SIZE == 6
for bad, problem in ((-1, OverflowError), (2**32, OverflowError), ("a", TypeError)):
    try:
        stat.filemode(bad)
    except problem:
        continue
    raise AssertionError(bad)
