/** Everything that is known of the selected node or edge. */

import { iconButton, make, refill } from "./elements.js";
import { tensorView } from "./tensors.js";

/** Everything that is known of the selected node or edge, as far as the run has come. */
export class Inspector {
  constructor(viewer) {
    this.viewer = viewer;
    this.body = make("div", { class: "panel-body" });
    this.title = make("h3", { "aria-live": "polite" });
    this.element = make(
      "section",
      { class: "panel inspector", "aria-label": "Inspector", hidden: true },
      make(
        "header",
        {},
        this.title,
        iconButton("close", "Close the inspector", () => viewer.choices.set({ inspector: false })),
      ),
      this.body,
    );
    viewer.choices.watch(["scene", "selection", "position", "asking", "inspector", "element"], () => this.render());
  }

  render() {
    const { model, choices, shown } = this.viewer;
    this.element.hidden = !choices.inspector;
    if (!choices.inspector) return;
    const card = model.card(choices.selection);
    this.pass = model.shownPass[choices.position];
    const key =
      card &&
      JSON.stringify([
        card.id,
        this.pass,
        choices.element,
        this.#arrived(card),
        shown >= card.value_step,
        shown >= card.grad_steps[this.pass],
      ]);
    if (key === this.key && this.scene === model.scene) return;
    Object.assign(this, { key, scene: model.scene });
    const isNode = card && model.nodes.has(card.id);
    this.title.textContent = !card
      ? "Inspector"
      : isNode
        ? model.title(card.id)
        : `${card.called} → ${model.title(card.target)}`;
    refill(this.body, !card ? [this.#hint()] : isNode ? this.#node(card) : this.#edge(card));
  }

  #hint() {
    return make("p", {
      class: "hint",
      text: "Click a node or an arrow of the picture; or give the picture the focus and press n.",
    });
  }

  #arrived(card) {
    const contributions = card.passes?.[this.pass]?.contributions ?? [];
    return contributions.filter(
      ({ edge }) => edge === null || this.viewer.shown >= this.viewer.model.edges.get(edge)?.grad_steps[this.pass],
    ).length;
  }

  #node(node) {
    const { model } = this.viewer;
    const facts = factList([
      ["does", node.kind === "leaf" ? "a leaf: collects gradients" : node.label],
      ["stands for", node.members > 1 ? `${node.members} nodes` : null],
      ["operator", node.operator],
      ["autograd", node.autograd === node.label ? null : node.autograd],
      ["module", node.module],
      ["type", node.outputs.map(({ type }) => type).join(", ")],
      ["line", node.line === null ? null : this.viewer.lineButton(node.line)],
    ]);
    const many = node.outputs.length > 1;
    const outputs = node.outputs.flatMap((output, at) => [
      this.#section(`Value${many ? ` of output ${at}` : ""}`, "value", output.value, node.value_step),
      ...this.#grad(output.grads[this.pass], node, many ? ` of output ${at}` : ""),
      ...this.#hooked(output, node),
    ]);
    return [
      facts,
      make(
        "div",
        { class: "sections" },
        outputs,
        node.outputs.map((_, at) => this.#contributions(node, at, many ? ` output ${at}` : "")),
        this.#accumulated(node),
        this.#saved(node, model),
      ),
    ];
  }

  #edge(edge) {
    const local = edge.locals?.[this.pass];
    return [
      factList([
        ["from", this.#link(edge.source)],
        ["to", this.#link(edge.target)],
        ["as", edge.argument || null],
        ["slot", edge.slot],
        ["output", edge.output || null],
        ["stands for", edge.merged > 1 ? `${edge.merged} edges` : null],
        ["gradient", edge.differentiable ? null : "none goes back along it"],
      ]),
      make(
        "div",
        { class: "sections" },
        this.#section("Value going forward", "value", edge.value, edge.value_step),
        ...(edge.differentiable ? this.#grad(edge.grads[this.pass], edge, " coming back") : []),
        local !== null && local !== undefined
          ? this.#section("Local derivative", "local", local, edge.grad_steps[this.pass] ?? 0)
          : null,
      ),
    ];
  }

  #link(id) {
    return make("button", {
      type: "button",
      class: "link",
      text: this.viewer.model.title(id),
      onclick: () => this.viewer.select(id),
    });
  }

  #grad(index, card, more) {
    const { passes } = this.viewer.model.scene;
    if (!passes.length) return [];
    const step = card.grad_steps[this.pass] ?? null;
    const title = `Gradient${more}${passes.length > 1 ? ` · pass ${this.pass + 1}` : ""}`;
    if (step === null) return [];
    return [this.#section(title, "grad", index, step)];
  }

  #hooked(output, node) {
    const sum = output.sums[this.pass] ?? null;
    if (sum === null || sum === output.grads[this.pass]) return [];
    return [this.#section("Gradient before hooks", "grad", sum, node.grad_steps[this.pass] ?? 0)];
  }

  /** A titled tensor, or when it will be known. */
  #section(title, ink, index, step) {
    const { viewer } = this;
    const isKnown = viewer.shown >= step;
    const later = () =>
      make("button", { type: "button", class: "link", text: `comes in step ${step}`, onclick: () => viewer.go(step) });
    return make(
      "section",
      {},
      make("h4", { class: ink, text: title }),
      isKnown ? tensorView(viewer, viewer.model.tensor(index), ink) : later(),
    );
  }

  /** What came to one output, from where, and its sum. */
  #contributions(node, output, more) {
    const { model, shown } = this.viewer;
    const { contributions, total } = model.arrivals(node, output, this.pass);
    const isAlone = contributions.length === 1 && contributions[0].edge !== null;
    if (!contributions.length || (isAlone && node.kind !== "leaf")) return null;
    const step = node.grad_steps[this.pass];
    const isComplete = shown >= (step ?? Infinity) && contributions.length > 1 && total !== null;
    const row = ({ edge, tensor }) => {
      const card = model.edges.get(edge);
      const isKnown = shown >= (card ? card.grad_steps[this.pass] : (step ?? 0));
      const number = { class: isKnown ? "grad number" : "later", text: isKnown ? model.brief(tensor) : "not yet" };
      return pair(card ? this.#link(card.target) : make("span", { text: "seed" }), make("span", number));
    };
    const sum = isComplete && pair(make("span", { text: "sum" }), gradNumber(model.brief(total)));
    if (sum) sum.classList.add("total");
    const title = make("h4", { class: "grad", text: more ? `Arrived at${more} from` : "Arrived from" });
    return make("section", {}, title, make("ul", { class: "rows" }, contributions.map(row), sum));
  }

  #accumulated(node) {
    const { model, shown } = this.viewer;
    const pass = node.passes[this.pass];
    if (node.kind !== "leaf" || !pass || (pass.before === null && pass.after === null)) return null;
    const isKnown = shown >= (node.grad_steps[this.pass] ?? 0);
    const rows = [
      ["before", pass.before === null ? "None" : model.brief(pass.before)],
      ["after", isKnown ? model.brief(pass.after) : "not yet"],
    ];
    return make(
      "section",
      {},
      make("h4", { class: "grad", text: ".grad of the leaf" }),
      make(
        "ul",
        { class: "rows" },
        rows.map(([name, text]) => pair(make("span", { text: name }), gradNumber(text))),
      ),
    );
  }

  #saved(node, model) {
    if (!node.saved.length) return null;
    return make(
      "section",
      {},
      make("h4", { text: "Saved for backward" }),
      make(
        "ul",
        { class: "rows" },
        node.saved.map(({ name, tensor, version }) =>
          make(
            "li",
            {},
            make("span", { text: name }),
            make("span", { class: "number", text: model.brief(tensor) }),
            version === null ? null : make("span", { class: "version", text: `version ${version}` }),
          ),
        ),
      ),
    );
  }
}

const pair = (name, number) => make("li", {}, name, number);
const gradNumber = (text) => make("span", { class: "grad number", text });

function factList(rows) {
  const kept = rows.filter(([, fact]) => fact !== null && fact !== undefined && fact !== "");
  return make(
    "dl",
    { class: "facts" },
    kept.map(([name, fact]) =>
      make("div", {}, make("dt", { text: name }), make("dd", {}, fact instanceof Node ? fact : String(fact))),
    ),
  );
}
