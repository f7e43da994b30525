"""Prepares a frozen application; the freezer wrote into the image where it begins (see freeze.cpp)."""

import builtins
import sys

import _adder_image
import _adder_importer
import _frozen_importlib
import _sitebuiltins

_HELPERS = ('from multiprocessing.resource_tracker import main', 'from multiprocessing.forkserver import main')


def prepare():
    """Makes __main__ ready and returns its code."""
    root = _adder_image.roots()[0]
    path, name, kind = _adder_image.data(root + '/entry').decode().split('\n')[:3]
    library = root + '/lib/python3.11'
    sys.path[:] = [library, library + '/site-packages']
    if _adder_image.kind(root + '/app') == 'directory':
        sys.path.insert(0, root + '/app')
    sys.frozen = True
    _adder_importer.install_application()
    _add_builtins()
    _serve_multiprocessing()
    main = sys.modules['__main__']
    loader = main.__loader__ = _adder_importer.EmbeddedLoader(name or '__main__', f'{root}/{path}')
    main.__file__ = loader.path
    main.__cached__ = None
    if name:
        # Child processes of multiprocessing import the module again by this name.
        spec = main.__spec__ = _frozen_importlib.spec_from_loader(name, loader)
        if kind == 'module':
            main.__package__ = spec.parent
            if spec.parent:
                __import__(spec.parent)
    return loader.get_code()


def _add_builtins():
    # What site adds; without it frozen scripts that end with exit() would not.
    builtins.quit = _sitebuiltins.Quitter('quit', 'Ctrl-D (i.e. EOF)')
    builtins.exit = _sitebuiltins.Quitter('exit', 'Ctrl-D (i.e. EOF)')


def _serve_multiprocessing():
    # multiprocessing starts sys.executable again for its helpers and children: those never reach the program.
    if sys.argv[1:2] == ['--multiprocessing-fork']:
        from multiprocessing.spawn import freeze_support
        freeze_support()
    elif len(sys.argv) > 2 and sys.argv[-2] == '-c' and sys.argv[-1].startswith(_HELPERS):
        exec(sys.argv[-1], {'__name__': '__main__'})
        sys.exit()
