"""Built on the machine that installs it."""
from sample_units import Length


def main():
    print("built from source:", Length(1, "fathom").to("m"))
