"""Stands for pip in an environment made by adder: `python -m pip` is answered by `adder pip`."""
