"""What a program says is handed on legible and in bounds, and it is said where something was cut."""

from graphviz_utils.model import Limits
from graphviz_utils.running import Outcome, run
from tests.running.cells import scenario

LEAF = "import torch\nx = torch.tensor(2.0, requires_grad=True)\n"


def ran(source: str, limits: Limits = Limits(wall_seconds=60, cpu_seconds=60), torchviz: bool = False) -> Outcome:
    return run(scenario(source), limits=limits, wants=("trace", "torchviz") if torchviz else ("trace",))


def test_printed_characters_that_steer_are_spelled_out() -> None:
    outcome = ran("print('\\x1b[31mred\\x07 \\u202egnp \\ud800')")

    assert outcome.trace is not None
    assert outcome.trace.cells[0].stdout == r"\x1b[31mred\x07 \u202egnp \ud800" + "\n"


def test_printed_characters_count_as_they_are_shown() -> None:
    outcome = ran("print('\\x1b' * 30)", Limits(wall_seconds=60, stdout_characters=100))

    assert outcome.trace is not None
    assert outcome.trace.cells[0].stdout == r"\x1b" * 25 + "\n… cut after 100 characters"


def test_a_displayed_value_is_legible_too() -> None:
    outcome = ran("class Sly:\n    def __repr__(self): return '\\x9b2J\\ufeff'\nSly()")

    assert outcome.trace is not None
    assert outcome.trace.cells[0].display == r"\x9b2J\ufeff"


def test_an_error_of_an_endless_type_is_told_shortly() -> None:
    outcome = ran("raise type('E\\x1b' * 50_000, (Exception,), {})('m' * 1_000_000)")

    assert outcome.status == "error"
    assert outcome.message.startswith(r"E\x1bE\x1bE")
    assert len(outcome.message) < 2_000
    assert outcome.trace is not None
    assert outcome.trace.error is not None
    assert outcome.trace.error.message == "m" * 20_000 + "\n… cut after 20,000 characters"


def test_an_endless_name_is_cut_and_the_notes_say_so() -> None:
    name = "y" * 3_000
    outcome = ran(f"{LEAF}{name} = x * x\n{name}.backward()")

    assert outcome.trace is not None, outcome.message
    assert outcome.trace.nodes[-1].variable == "y" * 999 + "…"
    assert "Names of more than 1,000 characters are cut." in outcome.trace.notes


def test_a_run_with_more_nodes_than_are_shown_is_too_large() -> None:
    outcome = ran(f"{LEAF}y = x\nfor _ in range(50): y = y * 2", Limits(wall_seconds=60, trace_nodes=20))

    assert outcome.status == "too large"
    assert outcome.message == "This run has 51 nodes, and up to 20 are shown here; record less."


def test_a_graph_too_large_for_torchviz_is_told_and_the_run_is_shown() -> None:
    outcome = ran(f"{LEAF}(x * x).backward()", Limits(wall_seconds=60, torchviz_characters=20), torchviz=True)

    assert (outcome.status, outcome.torchviz) == ("ok", None)
    assert outcome.message == "torchviz's graph is too large to be laid out."
    assert outcome.trace is not None
