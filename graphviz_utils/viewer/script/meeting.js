/** Gradients that come to one node from several sides. */

import { elementsOf, sizeOf } from "./numbers.js";
import { make } from "./elements.js";
import { elementChooser } from "./chooser.js";
import { barred, formulaAt, math, mathLine, number, sign } from "./math.js";
import { formulaLine } from "./rules.js";

const MOST_SUMMANDS = 12;

/** `64 + 12 + 12 + 5 = 93`: what came to each output from several sides, as far as it has come. */
export function metSections(viewer, node, pass) {
  return node.outputs.map((_, output) => metSection(viewer, node, output, pass));
}

function metSection({ model, choices, shown }, node, output, pass) {
  const { contributions, total } = model.arrivals(node, output, pass);
  const step = node.grad_steps[pass] ?? Infinity;
  const arrived = inDrawnOrder(model, node, contributions).filter(
    ({ edge }) => shown >= (model.edges.get(edge)?.grad_steps[pass] ?? step),
  );
  const rows = arrived.map(({ tensor }) => elementsOf(model.tensor(tensor)));
  if (!arrived.length || rows.some((row) => !row?.length)) return null;
  if (contributions.length < 2 && node.kind !== "leaf") return null;
  const { shape } = model.tensor(arrived[0].tensor);
  const at = Math.min(choices.element, rows[0].length - 1);
  const terms = rows
    .slice(0, MOST_SUMMANDS)
    .flatMap((row, place) => [place ? sign("+") : null, number(model, row[at], place ? 2 : 0)]);
  const left = rows.length > MOST_SUMMANDS ? [sign("+"), math("mtext", {}, `${rows.length - MOST_SUMMANDS} more`)] : [];
  const sum = shown >= step ? elementsOf(model.tensor(total)) : null;
  const isSum = rows.length > 1;
  const symbol = node.rule && node.outputs.length === 1 ? barred(formulaAt(model, node.rule.symbol)) : null;
  return make(
    "section",
    {},
    make("h4", { class: "grad", text: contributions.length > 1 ? "Gradients that meet here add up" : "Collected" }),
    sizeOf(shape) > 1 ? elementChooser(choices, shape) : null,
    formulaLine(
      mathLine(symbol, symbol ? sign("=") : null, terms, left, sum ? null : [sign("+"), sign("…")]),
      ...(sum && isSum ? [mathLine(sign("="), math("mrow", { class: "grad number" }, number(model, sum[at])))] : []),
    ),
  );
}

/** As the picture writes them: by the arrows that leave the node, after the seed. */
function inDrawnOrder(model, node, contributions) {
  const places = new Map((model.outOf.get(node.id) ?? []).map(({ id }, at) => [id, at]));
  return [...contributions].sort((one, other) => (places.get(one.edge) ?? -1) - (places.get(other.edge) ?? -1));
}

/** `x.grad = 6 + 6 = 12`, of a leaf that had a gradient before the pass. */
export function accumulatedLine({ model, choices, shown }, node, pass) {
  const { before = null, after = null } = node.passes[pass] ?? {};
  const parts = [before, node.outputs[0]?.grads[pass], after].map((index) => elementsOf(model.tensor(index)));
  const isKnown = shown >= (node.grad_steps[pass] ?? Infinity) && parts.every((elements) => elements?.length);
  if (node.kind !== "leaf" || !isKnown) return null;
  const at = Math.min(choices.element, parts[0].length - 1);
  const [old, sent, now] = parts.map((elements, place) => number(model, elements[at], place === 1 ? 2 : 0));
  return formulaLine(
    make("code", { class: "label", text: `${node.called}.grad` }),
    mathLine(sign("="), old, sign("+"), sent),
    mathLine(sign("="), math("mrow", { class: "grad number" }, now)),
  );
}
