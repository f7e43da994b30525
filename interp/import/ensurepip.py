"""Puts pip into a virtual environment: links to adder, which answers for pip, and the module behind `python -m pip`."""

import argparse
import os
import pkgutil
import sys
import sysconfig

__all__ = ['version', 'bootstrap']

_VERSION = '23.0'


def version():
    """The version of pip whose command line adder answers."""
    return _VERSION


def bootstrap(*, root=None, upgrade=False, user=False, altinstall=False, default_pip=False, verbosity=0):
    """Installs pip into the environment that this interpreter runs in. `upgrade` changes nothing: it is always adder's own."""
    if altinstall and default_pip:
        raise ValueError('Cannot use altinstall and default_pip together')
    sys.audit('ensurepip.bootstrap', root)
    if root is not None or user or sys.prefix == sys.base_prefix:
        raise SystemExit('ensurepip: pip is installed into virtual environments only; elsewhere run `adder pip`')
    program = sys.base_prefix
    if not os.path.isfile(program):
        raise SystemExit('ensurepip: this interpreter is not part of adder, so there is no pip to install')
    _write_module(os.path.join(sysconfig.get_path('purelib'), 'pip'))
    names = ['pip%d.%d' % sys.version_info[:2]]
    if not altinstall:
        names.append('pip%d' % sys.version_info[0])
    if default_pip:
        names.append('pip')
    for name in names:
        _link(program, os.path.join(sysconfig.get_path('scripts'), name))
    _name_program(program)
    if verbosity:
        print('installed', ', '.join(sorted(names)))


def _write_module(directory):
    os.makedirs(directory, exist_ok=True)
    for name in ('__init__.py', '__main__.py'):
        with open(os.path.join(directory, name), 'wb') as file:
            file.write(pkgutil.get_data('ensurepip', '_pip/' + name))


def _link(program, path):
    if os.path.lexists(path):
        os.unlink(path)
    os.symlink(program, path)


def _name_program(program):
    path = os.path.join(sys.prefix, 'pyvenv.cfg')
    with open(path, encoding='utf-8') as file:
        lines = [line for line in file if line.partition('=')[0].strip() != 'adder']
    with open(path, 'w', encoding='utf-8') as file:
        file.writelines(lines + [f'adder = {program}\n'])


def _uninstall_helper(*, verbosity=0):
    """Takes pip out of the environment again."""
    if sys.prefix == sys.base_prefix:
        return
    directory = os.path.join(sysconfig.get_path('purelib'), 'pip')
    paths = [os.path.join(directory, name) for name in ('__init__.py', '__main__.py')]
    paths += [os.path.join(sysconfig.get_path('scripts'), 'pip' + ending) for ending in ('', '3', '3.%d' % sys.version_info[1])]
    for path in paths:
        if os.path.lexists(path):
            os.unlink(path)


def _main(argv=None):
    parser = argparse.ArgumentParser(prog='python -m ensurepip')
    parser.add_argument('--version', action='version', version=f'pip {version()}', help='show the version of pip and exit')
    parser.add_argument('-v', '--verbose', action='count', default=0, dest='verbosity', help='say what is done')
    parser.add_argument('-U', '--upgrade', action='store_true', help='accepted: pip is always the one that adder answers for')
    parser.add_argument('--user', action='store_true', help='not supported: pip is installed into environments only')
    parser.add_argument('--root', default=None, help='not supported')
    parser.add_argument('--altinstall', action='store_true', help='install pipX.Y only')
    parser.add_argument('--default-pip', action='store_true', help='install pip as well as pipX and pipX.Y')
    arguments = parser.parse_args(argv)
    return bootstrap(root=arguments.root, upgrade=arguments.upgrade, user=arguments.user, altinstall=arguments.altinstall,
                     default_pip=arguments.default_pip, verbosity=arguments.verbosity)
