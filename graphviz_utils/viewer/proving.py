"""What a run proves of its gradients, as the viewer is told of it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from graphviz_utils.model import Check, Claim, Deduction, Proof, Snapshot, Trace, Verdict
from graphviz_utils.viewer.cards import CheckCard, ClaimCard, DeductionCard, ProofCard, TensorIndex
from graphviz_utils.viewer.mathematics import Formulary

__all__ = ["Prover", "claims"]


def claims(trace: Trace) -> Iterator[ClaimCard]:
    """What the program claims and proves apart from the rows of its leaves: cells, expectations, closed forms."""
    for cell in trace.cells:
        if cell.verdict is not None or cell.note:
            text = cell.source.rstrip().splitlines()[-1:]
            yield ClaimCard(cell.title or "Proof", "".join(text), cell.verdict, cell.note or "", cell.line)
    told = {(proof.name, proof.backward) for proof in trace.proofs}
    for claim in trace.claims:
        if claim.kind == "expectation":
            yield ClaimCard(claim.name, claim.text, claim.verdict, claim.note, None)
        elif (claim.name, claim.backward) not in told:
            yield ClaimCard(f"closed form of {claim.name}.grad", claim.text, claim.verdict, claim.note, None)


@dataclass(frozen=True)
class Prover:
    """Tells of the proofs of `trace`. `nodes` has the drawings of recorded nodes, `passes` the titles of its passes.

    `numbers` has the place of a pass in the scene.
    """

    trace: Trace
    nodes: Mapping[str, str]
    passes: Callable[[int], str]
    numbers: Mapping[int, int]
    formulary: Formulary
    index: Callable[[Snapshot | None], TensorIndex]

    def cards(self) -> Iterator[ProofCard]:
        """A card for each leaf and pass that was proved, with its author's closed form where there is one."""
        given = {(claim.name, claim.backward): claim for claim in self.trace.claims if claim.kind == "closed_form"}
        for proof in self.trace.proofs:
            claim = given.get((proof.name, proof.backward))
            yield self._card(proof, () if claim is None else (self._given(claim),))

    def _card(self, proof: Proof, given: tuple[CheckCard, ...]) -> ProofCard:
        return ProofCard(
            node=self.nodes.get(proof.node),
            name=proof.name,
            backward=self.numbers.get(proof.backward),
            title=self.passes(proof.backward),
            autograd=self.index(proof.autograd),
            checks=(*given, *(self._check(check) for check in proof.checks)),
        )

    def _given(self, claim: Claim) -> CheckCard:
        verdict: Verdict = "open" if claim.verdict is None else "differs"
        if claim.verdict:
            verdict = "equal" if claim.note == "equal" else "close"
        note = "" if claim.note == "equal" else claim.note
        expected = self.index(claim.expected)
        return CheckCard("given", verdict, note, expected, None, None, None, None, claim.text, ())

    def _check(self, check: Check) -> CheckCard:
        return CheckCard(
            way=check.way,
            verdict=check.verdict,
            note=check.note,
            expected=self.index(check.expected),
            error=check.error,
            below=self.index(check.below),
            above=self.index(check.above),
            formula=None if check.latex is None else self.formulary.index(check.latex),
            text=check.latex or "",
            deductions=tuple(self._deduction(row) for row in check.deductions),
        )

    def _deduction(self, row: Deduction) -> DeductionCard:
        node = None if row.node is None else self.nodes.get(row.node)
        return DeductionCard(row.rule, node, self.formulary.index(row.latex), row.latex)
