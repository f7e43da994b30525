"""Signals, found by names that are put together at run time."""
from importlib import import_module


def signal(name):
    return import_module("harbour.plugins." + name.lower()).SIGNAL
