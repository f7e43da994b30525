"""Distributions in embedded images for importlib.metadata. Imported when first asked for."""

import importlib.metadata
import re

import _adder_image
from _adder_resources import EmbeddedPath


class EmbeddedDistribution(importlib.metadata.Distribution):
    """An installed distribution whose .dist-info is in an image."""

    def __init__(self, path):
        self._path = path

    def read_text(self, filename):
        data = _adder_image.data(f'{self._path}/{filename}')
        return None if data is None else data.decode('utf-8')

    def locate_file(self, path):
        return EmbeddedPath(self._path).joinpath('..', path)

    @property
    def _normalized_name(self):
        return _normalized(self._path.rpartition('/')[2].partition('-')[0])

    def __repr__(self):
        return f'EmbeddedDistribution({self._path!r})'


def _normalized(name):
    return re.sub(r'[-_.]+', '-', name).lower().replace('-', '_')


def find_distributions(context):
    """The distributions of the directories context.path that are embedded, of one name where context.name says so."""
    for directory in context.path:
        if not isinstance(directory, str):
            continue
        for name in _adder_image.listdir(directory) or ():
            if not name.endswith('.dist-info'):
                continue
            if context.name is None or _normalized(name.partition('-')[0]) == _normalized(context.name):
                yield EmbeddedDistribution(f'{directory}/{name}')
