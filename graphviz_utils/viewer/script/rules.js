/** The formulas of a node, line by line: with names, with numbers, and the number that was seen. */

import { elementsOf, indexOf, sizeOf } from "./numbers.js";
import { make } from "./elements.js";
import { formulaAt, letter, math, mathLine, named, number, numbered, sign, slope, tensorNumbers } from "./math.js";

/** Parts of one formula, side by side where there is room. */
export const formulaLine = (...parts) => make("p", { class: "formula" }, parts);

/** `y = x⁴ = 2⁴ = 16`. */
export function forwardLine(viewer, node, shown = viewer.shown) {
  const { model, choices } = viewer;
  const { rule } = node;
  if (!rule?.forward) return null;
  const [symbol, names] = [formulaAt(model, rule.symbol), named(model, rule.forward)];
  const isSame = symbol.textContent === names.textContent;
  const parts = [isSame ? mathLine(names) : mathLine(symbol, sign("="), names)];
  if (shown < node.value_step || node.outputs.length !== 1) return formulaLine(...parts);
  const tensor = model.tensor(node.outputs[0].value);
  return formulaLine(
    ...parts,
    ...numbersAfter(model, rule.forward, tensor, choices.element, model.shownPass[choices.position], "value"),
  );
}

/** `= 2⁴` and `= 16`: a formula with its numbers, and the number that was seen. */
function numbersAfter(model, card, tensor, element, pass, ink) {
  const shape = tensor?.shape ?? [];
  const at = Math.min(element, sizeOf(shape) - 1);
  const numbers = numbered(model, card, pass, at, shape);
  const seen = seenNumber(model, card, tensor, at);
  const isSaid = numbers && seen && numbers.textContent === seen.textContent;
  return [
    numbers && !isSaid ? mathLine(sign("="), numbers) : null,
    seen ? mathLine(sign("="), math("mrow", { class: `${ink} number` }, seen)) : null,
  ].filter(Boolean);
}

/** What was seen of the tensor that a formula gives: its element, or as a small matrix. */
function seenNumber(model, card, tensor, at) {
  const elements = tensor && elementsOf(tensor);
  if (!elements?.length) return null;
  return card.pointwise ? number(model, elements[at]) : tensorNumbers(model, tensor);
}

/** `∂y/∂x = 4x³ = 4 · 2³`. */
export function slopeLine({ model, choices, shown }, node, slot, edge, pass) {
  const source = model.nodes.get(edge.source)?.rule;
  const below = source && edge.output === 0 ? formulaAt(model, source.symbol) : nameRow(edge.called);
  const shape = model.tensor(edge.value)?.shape ?? [];
  const at = Math.min(choices.element, sizeOf(shape) - 1);
  const numbers = shown >= node.value_step ? numbered(model, slot.local, pass, at, shape) : null;
  return formulaLine(
    mathLine(slope(formulaAt(model, node.rule.symbol), below), sign("="), named(model, slot.local)),
    ...(numbers ? [mathLine(sign("="), numbers)] : []),
  );
}

const nameRow = (text) => math("mrow", {}, letter(text));

/** What goes down an edge, with names, with numbers, and as PyTorch sent it. */
export function sentLine({ model, choices }, node, slot, edge, tensor, pass) {
  const label = make("span", { class: "label", text: `sent to ${edge.called}:` });
  if (slot.sent) {
    const numbers = tensor ? numbersAfter(model, slot.sent, tensor, choices.element, pass, "grad") : [];
    return formulaLine(label, mathLine(named(model, slot.sent)), ...numbers);
  }
  if (!tensor) return null;
  const elements = elementsOf(tensor);
  const at = Math.min(choices.element, (elements?.length ?? 1) - 1);
  const seen = tensorNumbers(model, tensor) ?? (elements?.length ? number(model, elements[at]) : null);
  return seen ? formulaLine(label, mathLine(math("mrow", { class: "grad number" }, seen))) : null;
}

export function kinkLine(model, { elements, below, above, chosen }, shape) {
  const [first] = elements;
  const place = shape.length ? ` at element [${indexOf(first, shape).join(", ")}]` : "";
  const more = elements.length > 1 ? ` (and ${elements.length - 1} more)` : "";
  const choice = chosen === null ? "" : `; PyTorch chose ${model.text(chosen)}`;
  const text = `kink${place}${more}: slope ${model.text(below)} on the left, ${model.text(above)} on the right${choice}`;
  return make("p", { class: "kinked", text });
}

/**
 * The rule of a step, large: forward what is computed, backward what is sent, each line with its edge. Matrices keep
 * their names there.
 */
export function ruleLines(viewer, position) {
  const { model } = viewer;
  const step = model.step(position);
  const node = model.nodes.get(step?.nodes[0]);
  if (!node?.rule) return [];
  if (step.backward === null)
    return [{ edge: null, line: forwardLine(viewer, node, position) }].filter(({ line }) => line);
  return node.rule.slots
    .filter(({ sent, edge }) => sent && model.edges.has(edge))
    .map((slot) => {
      const edge = model.edges.get(slot.edge);
      const tensor = slot.sent.pointwise ? model.tensor(edge.grads[step.backward]) : null;
      const line = sentLine(viewer, node, slot, edge, tensor, step.backward);
      return { edge: tensor ? edge.id : null, line };
    });
}
