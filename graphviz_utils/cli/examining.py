"""The command that tells how well this machine is protected from the programs it runs."""

import argparse

from graphviz_utils.cli.saying import say

__all__ = ["doctor"]

_MEANING = {
    "kernel": "a program can compute and print; two walls keep it from files, networks and other processes",
    "seccomp only": "a program can compute and print; one wall keeps it from files, networks and other processes",
    "limits only": "a program can do what you can do, within limits of time and memory; run only what you trust",
}


def doctor(_: argparse.Namespace) -> int:
    """Try out what programs can do here: 1 if nothing walls them in, or if honest ones do not run."""
    from graphviz_utils.running import self_test

    safety = self_test()
    say(f"Safety level: {safety.level}: {_MEANING[safety.level]}.")
    for tried in safety.refused:
        say(f"  {'refused' if tried.holds else 'ALLOWED'}  {tried.what}: {tried.detail}")
    for tried in safety.computed:
        say(f"  {'works' if tried.holds else 'FAILS':7}  {tried.what}{tried.detail and ': '}{tried.detail}")
    return 0 if safety.computes and safety.level != "limits only" else 1
