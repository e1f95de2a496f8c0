"""The class alone, as long as you like: `python -m benchmarks.classroom --seconds 5`."""

import argparse

from benchmarks.classroom.reporting import classroom


def _main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.classroom", description=__doc__)
    parser.add_argument("--seconds", type=float, default=25.0, help="how long each class lasts")
    for text in classroom(parser.parse_args().seconds):
        print(text, end="\n\n", flush=True)


if __name__ == "__main__":
    _main()
