"""Stands for a package that only Windows needs."""

ROOT = "HKEY_CURRENT_USER"
