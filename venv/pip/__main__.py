"""Hands the command line to the adder that made this environment."""
import os
import sys


def adder_program():
    with open(os.path.join(sys.prefix, "pyvenv.cfg"), encoding="utf-8") as file:
        for line in file:
            key, _, value = line.partition("=")
            if key.strip() == "adder":
                return value.strip()
    raise SystemExit("pip: this environment does not say which adder made it (pyvenv.cfg)")


def main():
    program = adder_program()
    try:
        os.execv(program, [program, "pip", "--python", sys.prefix, *sys.argv[1:]])
    except OSError as error:
        raise SystemExit(f"pip: cannot run {program}: {error.strerror}")


if __name__ == "__main__":
    main()
