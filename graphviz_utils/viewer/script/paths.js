/** The chain rule: every path from the root to a leaf, each a product, and their sum. */

import { iconButton, make, refill } from "./elements.js";
import { elementChooser } from "./chooser.js";
import { formulaAt, mathLine, mathParts } from "./math.js";

const LONGEST_COUNT = 15;

/** The paths to the chosen leaf in the shown pass; pointing at one lights it, a click keeps it lit. */
export class Paths {
  constructor(viewer) {
    this.viewer = viewer;
    this.title = make("h3", {});
    this.body = make("div", { class: "panel-body" });
    this.element = make(
      "section",
      { class: "panel paths", "aria-label": "Paths", hidden: true },
      make(
        "header",
        {},
        this.title,
        iconButton("close", "Close the paths", () => viewer.choices.set({ panel: null })),
      ),
      this.body,
    );
    this.buttons = [];
    const { choices } = viewer;
    choices.watch(["selection"], () => this.#follow());
    choices.watch(["scene", "leaf", "position", "asking", "panel", "element"], () => this.render());
    choices.watch(["path"], () => this.#showKept());
  }

  /** A leaf that is selected in the picture is the one whose paths are shown. */
  #follow() {
    const { model, choices } = this.viewer;
    if (model.scene.paths.some(({ leaf }) => leaf === choices.selection)) choices.set({ leaf: choices.selection });
  }

  render() {
    const { model, choices, shown } = this.viewer;
    const isOpen = choices.panel === "paths";
    this.element.hidden = !isOpen;
    const pass = model.shownPass[choices.position];
    const cards = model.scene.paths.filter(({ backward }) => backward === pass);
    const leaves = [...new Set(cards.map(({ leaf }) => leaf))];
    const leaf = leaves.includes(choices.leaf) ? choices.leaf : leaves[0];
    const own = cards.filter((card) => card.leaf === leaf);
    const card = own.find(({ element }) => element === choices.element) ?? own[0] ?? null;
    const isKnown = card && shown >= (model.nodes.get(leaf)?.grad_steps[pass] ?? 0);
    const key = isOpen && [pass, leaf, card?.element, isKnown].join();
    if (key === this.key && this.scene === model.scene) return;
    Object.assign(this, { key, card, scene: model.scene });
    choices.set({ path: null, lit: null });
    if (!isOpen) return;
    this.title.textContent = card ? `Paths to ${model.title(leaf)}` : "Paths";
    refill(this.body, card ? this.#told(leaves, own, isKnown, pass) : [this.#nothing()]);
  }

  #nothing() {
    const { scene } = this.viewer.model;
    const text =
      scene.remarks[0] ??
      (scene.passes.length ? "No path is told of this pass." : "Nothing went back in this run, so there are no paths.");
    return make("p", { class: "hint", text });
  }

  #told(leaves, own, isKnown, pass) {
    const { viewer, card } = this;
    const { model } = viewer;
    this.buttons = card.paths.map((path, at) => this.#button(path, at, isKnown));
    return [
      make("div", { class: "pair" }, leaves.length > 1 ? this.#leafField(leaves) : null, this.#elementField(own)),
      make("p", { class: "told", text: countText(card, model) }),
      card.reason ? make("p", { class: "origin", text: card.reason }) : null,
      make("div", { class: "walks" }, this.buttons),
      isKnown ? this.#total() : this.#later(pass),
      ...model.scene.remarks.map((text) => make("p", { class: "origin", text })),
    ].filter(Boolean);
  }

  #leafField(leaves) {
    const { model, choices } = this.viewer;
    const field = make(
      "select",
      { "aria-label": "Leaf", class: "leaf", onchange: () => choices.set({ leaf: field.value, element: 0 }) },
      leaves.map((leaf) => make("option", { value: leaf, text: model.title(leaf), selected: leaf === this.card.leaf })),
    );
    return make("label", { class: "chooser" }, make("span", { text: "leaf" }), field);
  }

  #elementField(own) {
    const { model, choices } = this.viewer;
    const { shape } = model.tensor(model.nodes.get(this.card.leaf)?.outputs[0]?.value) ?? { shape: [] };
    return own.length > 1 && shape.length ? elementChooser(choices, shape) : null;
  }

  /** One path, by names and by numbers. */
  #button(path, at, isKnown) {
    const { model, choices } = this.viewer;
    const light = (lit) => () => this.#light(lit);
    return make(
      "button",
      {
        type: "button",
        class: "walk",
        "aria-pressed": "false",
        onpointerenter: light(at),
        onpointerleave: light(null),
        onfocus: light(at),
        onblur: light(null),
        onclick: () => choices.set({ path: choices.path === at ? null : at }),
      },
      make("span", { class: "symbols" }, mathLine(formulaAt(model, path.symbols))),
      isKnown ? make("span", { class: "numerals" }, mathLine(formulaAt(model, path.numbers))) : null,
    );
  }

  #total() {
    const { model } = this.viewer;
    const { total, grad } = this.card;
    if (total === null) return null;
    const parts = mathParts(formulaAt(model, total)).map((part) => mathLine(part));
    const sent = grad === null ? null : make("p", { class: "origin", text: `autograd sent ${model.text(grad)}` });
    return make("div", { class: "total" }, make("p", { class: "formula broken" }, parts), sent);
  }

  #later(pass) {
    const { viewer, card } = this;
    const step = viewer.model.nodes.get(card.leaf)?.grad_steps[pass];
    const press = () => viewer.go(step);
    return make("button", { type: "button", class: "link", text: `the numbers come in step ${step}`, onclick: press });
  }

  #showKept() {
    const { path } = this.viewer.choices;
    this.buttons.forEach((button, at) => button.setAttribute("aria-pressed", String(at === path)));
    this.#light(null);
  }

  /** Light a path, or the one that was clicked. */
  #light(at) {
    const { model, choices } = this.viewer;
    const path = this.card?.paths[at ?? choices.path];
    const edges = path?.edges.map((id) => model.edges.get(id)).filter(Boolean);
    choices.set({
      lit: edges ? [this.card.leaf, ...edges.flatMap(({ id, source, target }) => [id, source, target])] : null,
    });
  }
}

/** `4 paths`; of many, how many are listed and what the others come to. */
function countText({ count, paths, rest }, model) {
  const told = count === "1" ? "1 path" : `${wholeCount(count)} paths`;
  if (String(paths.length) === count) return told;
  return `${told}; the ${paths.length} largest are listed, the rest adds up to ${model.text(rest)}`;
}

/** A whole number with commas; of one with very many digits, how large it is. */
function wholeCount(digits) {
  if (digits.length <= LONGEST_COUNT) return digits.replace(/\B(?=(\d{3})+$)/g, ",");
  return `about ${digits[0]}.${digits.slice(1, 3)} × 10^${digits.length - 1}`;
}
