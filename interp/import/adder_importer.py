"""Imports from images embedded in the executable: a path hook whose finder and loader work as zipimport's do."""

import _adder_image
import _frozen_importlib as _bootstrap
import _frozen_importlib_external as _bootstrap_external
import _imp
import _io
import sys
from zipimport import zipimporter

_EXTENSION_SUFFIXES = _imp.extension_suffixes()

__name__ = 'importlib._adder_importer'  # debuggers skip it with the rest of importlib


class EmbeddedFinder:
    """Path entry finder for one virtual directory of an image; below the executable nothing else is looked for."""

    def __init__(self, path):
        if _adder_image.kind(path) not in ('directory', 'nothing'):
            raise ImportError('not an embedded directory', path=path)
        self.path = path

    def find_spec(self, fullname, target=None):
        tail = fullname.rpartition('.')[2]
        if not tail:
            return None
        base = self.path + '/' + tail
        package = base + '/__init__.py'
        if _adder_image.kind(package) == 'module':
            return self._spec(fullname, package, [base])
        if _adder_image.kind(base + '.py') == 'module':
            return self._spec(fullname, base + '.py', None)
        for suffix in _EXTENSION_SUFFIXES:
            if _adder_image.kind(base + suffix) == 'file':
                loader = _bootstrap_external.ExtensionFileLoader(fullname, base + suffix)
                spec = _bootstrap.ModuleSpec(fullname, loader, origin=base + suffix)
                spec._set_fileattr = True
                return spec
        if _adder_image.kind(base) == 'directory':
            spec = _bootstrap.ModuleSpec(fullname, None, is_package=True)
            spec.submodule_search_locations = [base]
            return spec
        return None

    @staticmethod
    def _spec(fullname, path, locations):
        loader = EmbeddedLoader(fullname, path)
        spec = _bootstrap.ModuleSpec(fullname, loader, origin=path, is_package=locations is not None)
        spec._set_fileattr = True
        if locations is not None:
            spec.submodule_search_locations = locations
        return spec

    def invalidate_caches(self):
        """Nothing to forget: images do not change."""

    def iter_modules(self, prefix=''):
        for name in _adder_image.listdir(self.path) or ():
            path = self.path + '/' + name
            if name.endswith('.py'):
                if name != '__init__.py' and _adder_image.kind(path) == 'module':
                    yield prefix + name[:-3], False
            elif _adder_image.kind(path + '/__init__.py') == 'module':
                yield prefix + name, True

    def __repr__(self):
        return f'EmbeddedFinder({self.path!r})'


class EmbeddedLoader(zipimporter):
    """Loader of one module. To programs that know about archives it is a zipimporter of the executable."""

    def __init__(self, name, path):
        self.name = name
        self.path = path

    @property
    def archive(self):
        """The executable, which all embedded paths begin with."""
        for root in _adder_image.roots():
            if self.path.startswith(root + '/'):
                return root

    @property
    def prefix(self):
        """The module's directory below the archive, with a slash at its end."""
        return self.path[len(self.archive) + 1:].rpartition('/')[0] + '/'

    @property
    def _files(self):
        # Read by jinja2 and others that list what an archive holds.
        return dict.fromkeys(_adder_image.names(self.archive))

    def __eq__(self, other):
        return self.__class__ == other.__class__ and self.__dict__ == other.__dict__

    def __hash__(self):
        return hash(self.name) ^ hash(self.path)

    def find_spec(self, fullname, target=None):
        return EmbeddedFinder(self.path.rpartition('/')[0]).find_spec(fullname, target)

    load_module = _bootstrap_external._LoaderBasics.load_module

    def is_package(self, fullname):
        return self.path.endswith('/__init__.py')

    def get_filename(self, fullname=None):
        return self.path

    def get_code(self, fullname=None):
        code = _adder_image.code(self.path)
        if code is None:
            raise ImportError(f'no embedded module at {self.path}', name=self.name, path=self.path)
        source = _adder_image.data(self.path) if sys.flags.optimize else None
        if source is not None:
            # Images hold unoptimised code.
            return self.source_to_code(source, self.path)
        _imp._fix_co_filename(code, self.path)
        return code

    def source_to_code(self, data, path):
        return compile(data, path, 'exec', dont_inherit=True)

    def get_data(self, path):
        data = _adder_image.data(path)
        if data is None:
            raise OSError(0, 'no such embedded file', path)
        return data

    def get_source(self, fullname=None):
        data = _adder_image.data(self.path)
        if data is None:
            return None  # frozen without sources
        return _bootstrap_external.decode_source(data)

    def path_stats(self, path):
        size = _adder_image.size(path)
        if size is None:
            raise OSError(0, 'no such embedded file', path)
        return {'mtime': 0, 'size': size}

    def invalidate_caches(self):
        """Nothing to forget: images do not change."""

    def get_resource_reader(self, fullname):
        if not self.is_package(fullname):
            return None
        from _adder_resources import EmbeddedReader
        return EmbeddedReader(self.path.rpartition('/')[0])

    def __repr__(self):
        return f'<EmbeddedLoader {self.path!r}>'


class EmbeddedDistributions:
    """Entry of sys.meta_path through which importlib.metadata finds distributions in images; it imports nothing."""

    @staticmethod
    def find_spec(fullname, path=None, target=None):
        return None

    @staticmethod
    def find_distributions(context):
        from _adder_metadata import find_distributions
        return find_distributions(context)


def install():
    """Puts the hook in front of those for archives and directories."""
    sys.path_hooks.insert(0, EmbeddedFinder)


def install_application():
    """For frozen applications, which have packages in their image: what only those need of the import system."""
    sys.meta_path.append(EmbeddedDistributions)
    _bootstrap_external.NamespaceLoader.get_resource_reader = _namespace_reader


def _namespace_reader(self, module):
    from _adder_resources import NamespaceReader
    return NamespaceReader(self._path)


def source_text(path, detect_encoding):
    """The text of an embedded source file; None when there is none. linecache asks for it, with tokenize's function, even
    when nothing can be imported any more."""
    data = _adder_image.data(path)
    if data is None:
        return None
    stream = _io.BytesIO(data)
    encoding = detect_encoding(stream.readline)[0]
    stream.seek(0)
    return _io.TextIOWrapper(stream, encoding).read()
