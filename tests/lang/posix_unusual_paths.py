# Paths with lone surrogates are normalised; changing a link's own mode is not available on Linux.
import os
import tempfile

assert os.path.normpath("a/./\ud800/../b\udcff/") == "a/b\udcff"
assert os.path.normpath("//\udcff//x") == "//\udcff/x"
with tempfile.TemporaryDirectory() as directory:
    link = os.path.join(directory, "link")
    os.symlink(directory, link)
    try:
        os.chmod(link, 0o700, follow_symlinks=False)
    except NotImplementedError as error:
        assert str(error) == "chmod: follow_symlinks unavailable on this platform"
    else:
        assert False
