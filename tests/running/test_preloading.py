"""What the worker imports ahead of the programs."""

import subprocess
import sys

WITHOUT = """
import sys
sys.modules["resource"] = sys.modules["torchviz"] = None
from graphviz_utils.running.child.preloading import preload
preload()
print("ready")
"""


def test_modules_that_a_system_does_not_have_are_done_without() -> None:
    """Windows has no `resource`; a plain installation of the package has no torchviz."""
    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=False)

    assert (done.stdout, done.returncode) == ("ready\n", 0), done.stderr
