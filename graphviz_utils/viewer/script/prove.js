/** Other ways to each derivative, held against what autograd sent. */

import { elementsOf, indexOf, numberText } from "./numbers.js";
import { iconButton, make, refill } from "./elements.js";
import { formulaAt, mathLine, mathParts, tensorNumbers } from "./math.js";

const WAYS = { given: "given closed form", derived: "derived closed form", differences: "finite differences" };
const VERDICTS = {
  equal: ["✓", "equal"],
  close: ["✓", "equal within tolerance"],
  kink: ["◇", "subgradient at a kink"],
  differs: ["✗", "differs"],
  open: ["–", "open"],
};
const CLAIMS = new Map([
  [true, ["✓", "equal", "holds"]],
  [false, ["✗", "differs", "does not hold"]],
  [null, ["–", "open", "open"]],
]);
const HOW = "python -m graphviz_utils draw FILE -o picture.html";

/** One row for each leaf and pass, one column for each way to its derivative; below, what else the program proves. */
export class Prove {
  constructor(viewer) {
    this.viewer = viewer;
    this.body = make("div", { class: "panel-body" });
    this.element = make(
      "section",
      { class: "panel prove", "aria-label": "Prove", hidden: true },
      make(
        "header",
        {},
        make("h3", { text: "Proofs" }),
        iconButton("close", "Close the proofs", () => viewer.choices.set({ panel: null })),
      ),
      this.body,
    );
    this.opened = new Set();
    viewer.choices.watch(["proving"], () => (this.isAwaited &&= viewer.choices.proving));
    viewer.choices.watch(["scene", "panel", "proving"], () => this.render());
  }

  render() {
    const { model, choices } = this.viewer;
    this.element.hidden = choices.panel !== "prove";
    if (this.element.hidden) return;
    const { scene } = model;
    if (this.scene !== scene) Object.assign(this, { scene, isAwaited: false, opened: new Set() });
    if (!scene.proofs.length) this.#askOnce();
    refill(this.body, [scene.proofs.length ? this.#table() : this.#without(), this.#claims()].filter(Boolean));
  }

  // -- while there are none

  #askOnce() {
    const { scene } = this;
    if (this.asked === scene || !this.viewer.options.onProve || !scene.passes.length) return;
    this.asked = scene;
    this.#ask();
  }

  #ask() {
    this.isAwaited = true;
    this.viewer.options.onProve();
  }

  #without() {
    const { scene, viewer } = this;
    if (!scene.passes.length)
      return make("p", { class: "hint", text: "Nothing went back in this run, so no gradient is to be proved." });
    if (!viewer.options.onProve)
      return make(
        "p",
        { class: "hint" },
        "Proofs are not in this picture. ",
        make("code", { text: HOW }),
        " brings them along.",
      );
    const isBusy = this.isAwaited || viewer.choices.proving;
    const again = make("button", {
      type: "button",
      class: "plain small",
      text: "Prove again",
      onclick: () => (this.#ask(), this.render()),
    });
    return make(
      "p",
      { class: "proving", role: "status" },
      make("span", { text: isBusy ? "proving …" : "There is no proof of this run yet." }),
      again,
    );
  }

  // -- the table

  #table() {
    const { proofs } = this.scene;
    const ways = Object.keys(WAYS).filter((way) =>
      proofs.some(({ checks }) => checks.some((check) => check.way === way)),
    );
    const heads = ["leaf", "autograd", ...ways.map((way) => WAYS[way])];
    return make(
      "table",
      { class: "proofs" },
      make(
        "thead",
        {},
        make(
          "tr",
          {},
          heads.map((text) => make("th", { scope: "col", text })),
        ),
      ),
      make(
        "tbody",
        {},
        proofs.flatMap((proof, at) => this.#rows(proof, at, ways)),
      ),
    );
  }

  #rows(proof, at, ways) {
    const { viewer } = this;
    const { model } = viewer;
    const name = model.nodes.has(proof.node)
      ? make("button", { type: "button", class: "link", text: proof.name, onclick: () => viewer.select(proof.node) })
      : make("span", { text: proof.name });
    const isAlone = model.scene.passes.length < 2 && proof.backward !== null;
    const cells = ways.map((way) => this.#cell(proof, at, way));
    const row = make(
      "tr",
      {},
      make("th", { scope: "row" }, name, isAlone ? null : make("span", { class: "origin", text: proof.title })),
      make("td", { "data-label": "autograd" }, this.#number(proof.autograd, "grad number")),
      cells,
    );
    const open = proof.checks.filter((check) => this.opened.has(`${at} ${check.way}`));
    return [row, ...open.map((check) => this.#derivation(check, ways.length + 2))];
  }

  #cell(proof, at, way) {
    const check = proof.checks.find((each) => each.way === way);
    if (!check) return make("td", { class: "empty", "data-label": WAYS[way] });
    const [mark, words] = VERDICTS[check.verdict];
    const { model } = this.viewer;
    const between =
      check.verdict === "kink" ? slopesText(model, model.tensor(check.below), model.tensor(check.above)) : "";
    return make(
      "td",
      { "data-label": WAYS[way] },
      check.expected === null ? null : this.#number(check.expected, "number", check.error),
      this.#formula(check),
      make("p", { class: `judged ${check.verdict}`, text: `${mark} ${words}${between}` }),
      check.note ? make("p", { class: "origin", text: check.note }) : null,
      check.deductions.length ? this.#opener(`${at} ${way}`) : null,
    );
  }

  #number(index, kind, error = null) {
    const { model } = this.viewer;
    const tensor = model.tensor(index);
    const numbers = tensor && tensorNumbers(model, tensor);
    const shown = numbers ? mathLine(numbers) : model.brief(index);
    const doubt = error === null ? null : make("span", { class: "origin", text: ` ± ${numberText(error, 2)}` });
    return make("p", { class: "found-number" }, make("span", { class: kind }, shown), doubt);
  }

  #formula({ formula, text }) {
    const { model } = this.viewer;
    if (formula !== null)
      return make(
        "p",
        { class: "formula broken" },
        mathParts(formulaAt(model, formula)).map((part) => mathLine(part)),
      );
    return text ? make("code", { class: "given", text }) : null;
  }

  #opener(key) {
    const { opened } = this;
    return make("button", {
      type: "button",
      class: "plain small",
      text: "derivation",
      "aria-expanded": String(opened.has(key)),
      onclick: () => (opened.has(key) ? opened.delete(key) : opened.add(key), this.render()),
    });
  }

  #derivation({ deductions }, columns) {
    return make(
      "tr",
      { class: "derivation" },
      make(
        "td",
        { colspan: columns },
        make(
          "ol",
          { class: "deductions" },
          deductions.map((row) => this.#deduction(row)),
        ),
      ),
    );
  }

  /** One step of a derivation; pointing at it lights the node that it is about. */
  #deduction({ rule, node, formula, latex }) {
    const { model, choices } = this.viewer;
    const light = (lit) => () => choices.set({ lit });
    const listeners = model.nodes.has(node)
      ? {
          tabindex: "0",
          onpointerenter: light([node]),
          onpointerleave: light(null),
          onfocus: light([node]),
          onblur: light(null),
        }
      : {};
    const shown =
      formula === null
        ? make("code", { text: latex })
        : make(
            "span",
            { class: "formula broken" },
            mathParts(formulaAt(model, formula)).map((part) => mathLine(part)),
          );
    return make("li", listeners, make("span", { class: "by", text: rule }), shown);
  }

  // -- what else is claimed

  #claims() {
    const { claims } = this.scene;
    if (!claims.length) return null;
    return make(
      "section",
      { class: "claims" },
      make("h4", { text: "What the program itself proves" }),
      make(
        "ul",
        {},
        claims.map(({ title, text, verdict, note, line }) => {
          const [mark, kind, words] = CLAIMS.get(verdict);
          const said = note && note !== words ? note : words;
          return make(
            "li",
            {},
            make("span", { class: `judged ${kind}`, text: mark }),
            make("span", { class: "claim", text: title }),
            make("code", { text }),
            make("span", { class: "origin", text: said }),
            line === null ? null : this.viewer.lineButton(line),
          );
        }),
      ),
    );
  }
}

/** The slopes below and above at the first element at which they differ: ` [0, 1] at [2]`. */
function slopesText(model, below, above) {
  const [under, over] = [below, above].map(elementsOf);
  if (!under || under.length !== over?.length) return "";
  const at = under.findIndex((slope, place) => slope !== over[place]);
  if (at < 0) return "";
  const place = below.shape.length ? ` at [${indexOf(at, below.shape).join(", ")}]` : "";
  return ` [${model.text(under[at])}, ${model.text(over[at])}]${place}`;
}
