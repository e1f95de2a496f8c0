/** Why a node computes what it computes, and sends what it sends. */

import { sizeOf } from "./numbers.js";
import { iconButton, make, refill } from "./elements.js";
import { elementChooser } from "./chooser.js";
import { formulaAt, tensorNumbers } from "./math.js";
import { forwardLine, kinkLine, sentLine, slopeLine } from "./rules.js";
import { accumulatedLine, metSections } from "./meeting.js";
import { jacobianOf, jacobianView, shapesLine } from "./jacobian.js";

const SOURCES = {
  curated: "",
  PyTorch: "PyTorch's own formula, as it stands in its table of derivatives",
  program: "the program's own backward",
  unknown: "no formula is known",
};

/** The rule of the selected node or edge, else of the current step's: in words, with names, and with its numbers. */
export class Explain {
  constructor(viewer) {
    this.viewer = viewer;
    this.title = make("h3", {});
    this.role = make("span", { class: "role" });
    this.body = make("div", { class: "panel-body" });
    this.element = make(
      "section",
      { class: "panel explain", "aria-label": "Explain", hidden: true },
      make(
        "header",
        {},
        make("div", { class: "heading" }, this.title, this.role),
        iconButton("close", "Close the explanation", () => viewer.choices.set({ panel: null })),
      ),
      this.body,
    );
    const names = ["scene", "selection", "position", "asking", "touched", "panel", "element", "above", "jacobian"];
    viewer.choices.watch(names, () => this.render());
  }

  render() {
    const { model, choices, shown } = this.viewer;
    this.element.hidden = choices.panel !== "explain";
    if (this.element.hidden) return;
    const subject = subjectOf(this.viewer);
    const pass = model.shownPass[choices.position];
    const { element, above, jacobian } = choices;
    const key = JSON.stringify([subject?.node.id, subject?.edge?.id, pass, shown, element, above, jacobian]);
    if (key === this.key && this.scene === model.scene) return;
    Object.assign(this, { key, scene: model.scene });
    const rule = subject?.node.rule;
    this.title.textContent = !subject
      ? "Explain"
      : subject.edge
        ? `${subject.edge.called} → ${model.title(subject.edge.target)}`
        : model.title(subject.node.id);
    this.role.textContent = rule?.role ?? "";
    this.role.hidden = !rule;
    refill(
      this.body,
      subject ? this.#told(subject, pass) : [hint("Nothing has been computed yet: step on, or click a node.")],
    );
  }

  #told({ node, edge }, pass) {
    const { viewer } = this;
    const { rule } = node;
    if (!rule) return [hint(unruled(viewer.model, node))];
    const slots = rule.slots.filter((slot) => !edge || slot.edge === edge.id);
    const source = SOURCES[rule.source];
    return [
      make("p", { class: "told" }, ...sentenceParts(rule.sentence)),
      source ? make("p", { class: "origin", text: source }) : null,
      make(
        "div",
        { class: "sections" },
        edge ? null : forwardSection(viewer, node),
        slots.map((slot) => slotSection(viewer, node, slot, pass, Boolean(edge))),
        edge ? null : metSections(viewer, node, pass),
        edge ? null : accumulatedSection(viewer, node, pass),
      ),
    ].filter(Boolean);
  }
}

/** What is to be explained: the selection, else what the current step is about. */
function subjectOf({ model, choices }) {
  const edge = model.edges.get(choices.selection) ?? null;
  const node = model.nodes.get(edge?.target ?? choices.selection ?? model.step(choices.position)?.nodes[0]);
  return node ? { node, edge } : null;
}

function unruled(model, node) {
  if (node.members > 1) return `A box that stands for ${node.members} nodes: unfold it under Look to see their rules.`;
  return model.scene.remarks[0] ?? "No rule is told of this node.";
}

const hint = (text) => make("p", { class: "hint", text });

/** A sentence in which what stands between backticks is code. */
export const sentenceParts = (text) =>
  text.split("`").map((part, at) => (at % 2 ? make("code", { text: part }) : document.createTextNode(part)));

// -- forward

function forwardSection(viewer, node) {
  const line = forwardLine(viewer, node);
  if (!line) return null;
  const { value } = node.outputs[0] ?? {};
  const shape = viewer.model.tensor(value)?.shape ?? [];
  const isChosen = node.rule.forward.pointwise && sizeOf(shape) > 1;
  return make(
    "section",
    {},
    make("h4", { class: "value", text: "Forward" }),
    isChosen ? elementChooser(viewer.choices, shape) : null,
    line,
  );
}

// -- backward

/** Whether what is told of a slot is about one element, which is not chosen with the output's already. */
function hasOwnElement(model, { rule, outputs }, { sent, local }, tensor, isAlone) {
  const isSingle = sent ? sent.pointwise || local?.pointwise : !tensorNumbers(model, tensor);
  const isShared = rule.forward?.pointwise && String(model.tensor(outputs[0]?.value)?.shape) === String(tensor.shape);
  return sizeOf(tensor.shape) > 1 && isSingle && (isAlone || !isShared);
}

function slotSection(viewer, node, slot, pass, isAlone) {
  const { model, choices, shown } = viewer;
  const edge = model.edges.get(slot.edge);
  if (!edge) return null;
  const step = edge.grad_steps[pass] ?? null;
  const isKnown = step !== null && shown >= step;
  const tensor = isKnown ? model.tensor(edge.grads[pass]) : null;
  const isChosen = tensor && hasOwnElement(model, node, slot, tensor, isAlone);
  const kink = slot.kinks[pass] ?? null;
  return make(
    "section",
    { class: "sent" },
    make("h4", { class: "grad", text: `Back to ${edge.called}` }),
    slot.text ? make("pre", { class: "quoted" }, make("code", { text: slot.text })) : null,
    isChosen ? elementChooser(choices, tensor.shape) : null,
    slot.local ? slopeLine(viewer, node, slot, edge, pass) : null,
    sentLine(viewer, node, slot, edge, tensor, pass),
    slot.sums ? hint("broadcast: what came to all copies is added") : null,
    kink && isKnown ? kinkLine(model, kink, model.tensor(edge.value)?.shape ?? []) : null,
    isKnown ? vectorProduct(viewer, node, edge, pass) : laterLine(viewer, step),
  );
}

function laterLine(viewer, step) {
  if (step === null) return viewer.model.scene.passes.length ? hint("nothing came back along this arrow") : null;
  return make("button", {
    type: "button",
    class: "link",
    text: `comes in step ${step}`,
    onclick: () => viewer.go(step),
  });
}

function accumulatedSection(viewer, node, pass) {
  const line = accumulatedLine(viewer, node, pass);
  return line && make("section", {}, make("h4", { class: "grad", text: "Added to what was there" }), line);
}

/** The shapes that are multiplied, and on request the Jacobian itself. */
function vectorProduct(viewer, node, edge, pass) {
  const { model, choices } = viewer;
  const found = jacobianOf(model, edge, pass);
  if (!found) return null;
  const button = make("button", {
    type: "button",
    class: "plain small",
    "aria-expanded": String(choices.jacobian),
    text: "Jacobian",
    onclick: () => choices.set({ jacobian: !choices.jacobian }),
  });
  return make(
    "div",
    { class: "product" },
    make("p", { class: "shapes" }, make("span", { text: shapesLine(found) }), button),
    choices.jacobian ? jacobianView(viewer, found, formulaAt(model, node.rule.symbol)) : null,
  );
}
