"""Resources of embedded packages for importlib.resources. Imported when first asked for."""

import contextlib
import io
import os
import tempfile
from importlib.resources import abc

import _adder_image


class EmbeddedPath(abc.Traversable):
    """A file or directory of an image (importlib.resources.abc.Traversable)."""

    def __init__(self, path):
        self._path = path

    @property
    def name(self):
        return self._path.rpartition('/')[2]

    def iterdir(self):
        names = _adder_image.listdir(self._path)
        if not self.is_dir():
            raise NotADirectoryError(20, 'Not an embedded directory', self._path)
        return (EmbeddedPath(self._path + '/' + name) for name in names)

    def is_dir(self):
        return _adder_image.kind(self._path) == 'directory'

    def is_file(self):
        return _adder_image.kind(self._path) in ('file', 'module')

    def exists(self):
        return self.is_file() or self.is_dir()

    def joinpath(self, *descendants):
        path = self._path
        for part in '/'.join(str(each) for each in descendants).split('/'):
            if part == '..':
                path = path.rpartition('/')[0]
            elif part not in ('', '.'):
                path += '/' + part
        return EmbeddedPath(path)

    def __truediv__(self, child):
        return self.joinpath(child)

    @property
    def parent(self):
        return self.joinpath('..')

    def read_bytes(self):
        data = _adder_image.data(self._path)
        if data is None:
            if self.is_dir():
                raise IsADirectoryError(21, 'Is an embedded directory', self._path)
            raise FileNotFoundError(2, 'No such embedded file', self._path)
        return data

    def read_text(self, encoding=None, errors=None):
        with self.open('r', encoding=encoding, errors=errors) as stream:
            return stream.read()

    def open(self, mode='r', *args, **kwargs):
        if mode not in ('r', 'rt', 'rb'):
            raise ValueError(f'embedded files are opened for reading, not {mode!r}')
        stream = io.BytesIO(self.read_bytes())
        return stream if 'b' in mode else io.TextIOWrapper(stream, *args, **kwargs)

    def __eq__(self, other):
        return isinstance(other, EmbeddedPath) and self._path == other._path

    def __hash__(self):
        return hash(self._path)

    def __str__(self):
        return self._path

    def __repr__(self):
        return f'EmbeddedPath({self._path!r})'


@contextlib.contextmanager
def extracted_directory(path):
    """A temporary directory with the files below an embedded one, for code that must have them on disk."""
    if _adder_image.kind(path) != 'directory':
        yield path
        return
    with tempfile.TemporaryDirectory() as copy:
        _extract(EmbeddedPath(path), copy)
        yield copy


def _extract(source, target):
    for entry in source.iterdir():
        path = os.path.join(target, entry.name)
        if entry.is_dir():
            os.mkdir(path)
            _extract(entry, path)
        else:
            with open(path, 'wb') as file:
                file.write(entry.read_bytes())


class EmbeddedReader(abc.TraversableResources):
    """Resource reader of an embedded package."""

    def __init__(self, path):
        self.path = path

    def files(self):
        return EmbeddedPath(self.path)

    def resource_path(self, resource):
        # There is no file of that name; importlib.resources makes a temporary one where one is needed.
        raise FileNotFoundError(2, 'No file outside of the executable', resource)


class Portions(abc.Traversable):
    """The directories of a namespace package as one."""

    def __init__(self, paths):
        self._portions = [EmbeddedPath(path) for path in paths]

    @property
    def name(self):
        return self._portions[0].name

    def iterdir(self):
        seen = set()
        for portion in self._portions:
            for entry in portion.iterdir():
                if entry.name not in seen:
                    seen.add(entry.name)
                    yield entry

    def is_dir(self):
        return True

    def is_file(self):
        return False

    def joinpath(self, *descendants):
        found = [portion.joinpath(*descendants) for portion in self._portions]
        return next((path for path in found if path.exists()), found[0])

    def __truediv__(self, child):
        return self.joinpath(child)

    def read_bytes(self):
        return self._portions[0].read_bytes()

    def read_text(self, encoding=None):
        return self._portions[0].read_text(encoding)

    def open(self, mode='r', *args, **kwargs):
        return self._portions[0].open(mode, *args, **kwargs)

    def __repr__(self):
        return f'Portions({[str(portion) for portion in self._portions]!r})'


class NamespaceReader(EmbeddedReader):
    """Resource reader of a namespace package whose portions are all embedded."""

    def __init__(self, paths):
        self.paths = [path for path in paths if _adder_image.kind(path) == 'directory']

    def files(self):
        return Portions(self.paths)
