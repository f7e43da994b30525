"""The commands sample-tides and sample-convert."""
import sys

from sample_table import table
from sample_tides import heights, ports
from sample_units import Length


def tides():
    print(table([[port, *heights(port)] for port in sys.argv[1:] or ports()]))


def convert():
    """sample-convert VALUE UNIT UNIT"""
    if len(sys.argv) != 4:
        print("usage: sample-convert VALUE UNIT UNIT", file=sys.stderr)
        return 2
    print(Length(float(sys.argv[1]), sys.argv[2]).to(sys.argv[3]))
