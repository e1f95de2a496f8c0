"""`python -m graphviz_utils`: the command line."""

import sys

from graphviz_utils.cli import main

if __name__ == "__main__":
    sys.exit(main())
