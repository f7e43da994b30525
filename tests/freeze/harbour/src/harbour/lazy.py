"""Imported when a subcommand asks for it, not before."""


def failing(value):
    # The next line is what a traceback shows.
    return 1 // value
