"""Puts pip into a virtual environment: links to adder, which answers for pip, and the module behind `python -m pip`.

ensurepip asks for it in environments of adder's; there are no wheels to install from.
"""

import os
import pkgutil
import sys
import sysconfig


def is_environment():
    """Does this interpreter run in a virtual environment, and is it part of adder?"""
    return os.path.isfile(os.path.join(sys.prefix, 'pyvenv.cfg')) and os.path.isfile(sys.base_prefix)


def install(options):
    """As ensurepip asks: pipX.Y alone for 'altinstall', with pipX for 'install', with pipX and pip for ''. 0: done."""
    directory = os.path.join(sysconfig.get_path('purelib'), 'pip')
    os.makedirs(directory, exist_ok=True)
    for name in ('__init__.py', '__main__.py'):
        with open(os.path.join(directory, name), 'wb') as file:
            file.write(pkgutil.get_data('ensurepip', '_pip/' + name))
    scripts = ['pip%d.%d' % sys.version_info[:2]]
    if options != 'altinstall':
        scripts.append('pip%d' % sys.version_info[0])
    if not options:
        scripts.append('pip')
    for name in scripts:
        path = os.path.join(sysconfig.get_path('scripts'), name)
        if os.path.lexists(path):
            os.unlink(path)
        os.symlink(sys.base_prefix, path)
    _name_program()
    return 0


def _name_program():
    """The module reads from pyvenv.cfg which adder it runs."""
    path = os.path.join(sys.prefix, 'pyvenv.cfg')
    with open(path, encoding='utf-8') as file:
        lines = [line for line in file if line.partition('=')[0].strip() != 'adder']
    with open(path, 'w', encoding='utf-8') as file:
        file.writelines(lines + [f'adder = {sys.base_prefix}\n'])
