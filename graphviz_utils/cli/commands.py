"""The commands that make something: a picture, a record."""

import argparse
from pathlib import Path
from typing import cast

from graphviz_utils.cli.opening import Recorded, opened, proved, recorded
from graphviz_utils.cli.picturing import FORMATS, Output, pictured, refuse_senseless
from graphviz_utils.cli.saying import Refused, say, say_wrong, write_out
from graphviz_utils.model import Look, Trace

__all__ = ["draw", "run"]


def draw(options: argparse.Namespace) -> int:
    """Write the picture of a run, or its graph."""
    output = _output(options, FORMATS)
    format_ = cast(Output, output.suffix.lower()[1:]) if output else FORMATS[0]
    refuse_senseless(options, format_)
    run = _run(options, options.backward, format_ == "html" and not options.no_proofs)
    look = Look(
        preset=options.preset,
        direction=options.direction,
        theme=options.theme,
        names=not options.no_names,
        digits=options.digits,
        scope="all" if options.all else "backward",
        leaves=options.leaves,
        budget=options.budget,
    )
    _say_how_it_ended(run)
    return _written(pictured(run.trace, look, options, format_), output, run)


def run(options: argparse.Namespace) -> int:
    """Write the record of a run."""
    output = _output(options, ("json",))
    run = _run(options, None, options.prove, records=False)
    _say_how_it_ended(run)
    return _written(run.trace.to_json().encode(), output, run)


def _run(options: argparse.Namespace, backward: int | None, proving: bool, records: bool = True) -> Recorded:
    """The run of the file, with the gradients of a pass proved if that is wanted; a record may be refused."""
    source, leaves = opened(options.file), dict(options.set)
    if isinstance(source, Trace) and not records:
        raise Refused(f"{options.file}: this is the record of a run already; give a program (.py) or notebook (.ipynb)")
    if proving:
        return proved(source, options.file, leaves, options.seconds, backward)
    return recorded(source, options.file, leaves, options.seconds)


def _output(options: argparse.Namespace, formats: tuple[str, ...]) -> Path | None:
    """The file to write; `None` is standard output. Checked before anything is run."""
    wanted, file = options.output, options.file
    if wanted == "-" or (wanted is None and file == "-"):
        return None
    output = Path(f"{Path(file).stem}.{formats[0]}" if wanted is None else wanted)
    if output.suffix.lower()[1:] not in formats:
        raise Refused(f"{output}: its end does not say what to write; one of .{', .'.join(formats)} was expected")
    if not output.parent.is_dir():
        raise Refused(f"{output}: there is no folder {output.parent}; make it first")
    if output.exists() and file != "-" and Path(file).exists() and output.samefile(file):
        raise Refused(f"{output}: this is the file to be read; name another with -o")
    return output


def _written(data: bytes, output: Path | None, run: Recorded) -> int:
    """Write `data` and name the file. Of a run that failed, the graph goes up to there."""
    if output is None:
        write_out(data)
    else:
        try:
            output.write_bytes(data)
        except OSError as error:
            raise Refused(f"{output}: cannot be written: {error.strerror}") from None
        say(str(output))
    return 1 if run.failure else 0


def _say_how_it_ended(run: Recorded) -> None:
    """How the run failed if it did, and what its author may want to know."""
    for words in filter(None, (run.failure, run.advice)):
        say_wrong(words)
