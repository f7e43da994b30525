"""The PEP 517 and PEP 660 hooks of adder_build: static [project] projects in pure Python.

adder builds such projects without running Python and gives the same bytes.
"""
import os

from ._archives import wheel_bytes, write_sdist
from ._project import Project

__version__ = "0.1.0"
__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "prepare_metadata_for_build_editable",
    "prepare_metadata_for_build_wheel",
]


def build_sdist(sdist_directory, config_settings=None):
    project = Project(os.getcwd())
    return write_sdist(project, sdist_directory)


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    project = Project(os.getcwd())
    members = [(project.inside(path), path) for path in project.modules]
    return _save(wheel_directory, project.stem + "-py3-none-any.whl", wheel_bytes(project, members, []))


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    project = Project(os.getcwd())
    pth = "_editable_" + project.file_name + ".pth"
    root = os.path.normpath(os.path.join(project.directory, project.module_root))
    made = [(pth, (root + "\n").encode())]
    return _save(wheel_directory, project.stem + "-py3-none-any.whl", wheel_bytes(project, [], made))


def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    project = Project(os.getcwd())
    folder = project.stem + ".dist-info"
    os.makedirs(os.path.join(metadata_directory, folder), exist_ok=True)
    for name, content in project.descriptions():
        _save(os.path.join(metadata_directory, folder), name, content)
    return folder


prepare_metadata_for_build_editable = prepare_metadata_for_build_wheel


def _save(directory, name, content):
    with open(os.path.join(directory, name), "wb") as file:
        file.write(content)
    return name
