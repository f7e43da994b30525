"""Programs from seeds: `generate.py AREA SEED` prints one; the same area and seed give the same text."""
import sys

from areas import AREAS
from values import Values


def program(area, seed):
    return AREAS[area](Values(f"{area} {seed}"))


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="surrogatepass")
    print(program(sys.argv[1], int(sys.argv[2])), end="")
