/** What a step says: its sentence, its arithmetic, and the question to a reader who predicts. */

import { NOT_FINITE, asNumber, elementsOf, indexOf, isComplex, sizeOf } from "./numbers.js";
import { elementChooser } from "./chooser.js";
import { ruleLines } from "./rules.js";
import { make, refill } from "./elements.js";

const MOST_TERMS = 6;
const LONGEST = { page: 6, presenting: 40 }; // steps of which the room that they need is measured
const MOST_ROOM = { page: 0.22, presenting: 0.4 }; // of the window
const word = (text, kind = "sign") => ({ text, kind });

/** What a backward step reckons, as rows of words: along each edge, and what has arrived where edges meet. */
function reckoning(model, position, element) {
  const step = model.step(position);
  if (!step || step.backward === null) return [];
  const edges = step.edges.map((id) => model.edges.get(id)).filter((edge) => edge?.differentiable);
  const places = new Map(edges.map((edge) => [`${edge.source} ${edge.output}`, placeOf(edge)]));
  const own = { id: step.nodes[0], output: 0, called: model.title(step.nodes[0]) };
  if (model.nodes.get(own.id)?.outputs.length === 1) places.set(`${own.id} 0`, own);
  return [
    ...edges.map((edge) => sentRow(model, edge, step.backward, element)),
    ...[...places.values()].map((place) => metRow(model, place, position, element)),
  ].filter(Boolean);
}

const placeOf = ({ source, output, called }) => ({ id: source, output, called });

/** `2 × 32 = 64`: upstream, local derivative and what goes down one edge, for one element of it. */
function sentRow(model, edge, pass, element) {
  const sent = model.tensor(edge.grads[pass]);
  const elements = elementsOf(sent);
  if (!elements?.length) return null;
  const at = Math.min(element, elements.length - 1);
  const terms = productTerms(model, edge, pass, at, elements);
  const said = terms ? productWords(model, terms) : receivedWords(model, edge, pass, at, sent);
  if (!said) return null;
  const label = word(`to ${edge.called}${placeText(at, sent.shape)}:`, "label");
  return { edge: edge.id, shape: sent.shape, words: [label, ...said, word(model.text(elements[at]), "grad")] };
}

/** The pairs of upstream and local derivative whose products add up to element `at` of what is sent. */
function productTerms(model, edge, pass, at, sent) {
  const outputs = model.nodes.get(edge.target)?.outputs ?? [];
  const local = model.tensor(edge.locals?.[pass]);
  const upstream = outputs.length === 1 ? model.tensor(outputs[0].grads[pass]) : null;
  const [given, rows] = [elementsOf(upstream), elementsOf(local)];
  if (!given || !rows || given.length * sent.length !== rows.length) return null;
  if (isComplex(upstream) || isComplex(local)) return null;
  const pairs = given.map((number, row) => [asNumber(number), asNumber(rows[row * sent.length + at])]);
  const linked = pairs.filter(([, slope]) => slope !== 0);
  const isBroken = Number.isNaN(asNumber(sent[at])) && !linked.some(isNaNProduct);
  const counting = (isBroken ? pairs : linked).filter(([number, slope]) => number * slope !== 0);
  return counting.length ? counting : [linked[0] ?? pairs[given.length === sent.length ? at : 0]];
}

const isNaNProduct = ([number, slope]) => Number.isNaN(number * slope);

function productWords(model, terms) {
  const words = terms
    .slice(0, MOST_TERMS)
    .flatMap(([given, slope], place) => [
      ...(place ? [word("+")] : []),
      word(bracketed(model.text(given), place), "grad"),
      word("×"),
      word(bracketed(model.text(slope)), "local"),
    ]);
  return [...words, ...(terms.length > MOST_TERMS ? [word(`+ … (${terms.length} terms)`)] : []), word("=")];
}

/** Without a local derivative: upstream and sent alone. */
function receivedWords(model, edge, pass, at, sent) {
  const outputs = model.nodes.get(edge.target)?.outputs ?? [];
  const upstream = outputs.length === 1 ? model.tensor(outputs[0].grads[pass]) : null;
  const given = elementsOf(upstream);
  if (!given || sent.shape.length === 0 || String(upstream.shape) !== String(sent.shape)) return null;
  return [word("receives"), word(model.text(given[at]), "grad"), word("sends")];
}

/** `64 + 12 + …`: what has arrived so far at a place to which several gradients come. */
function metRow(model, { id, output, called }, position, element) {
  const step = model.step(position);
  const { contributions, total } = model.arrivals(model.nodes.get(id), output, step.backward);
  const isSaid = id === step.nodes[0] && model.tensor(contributions[0]?.tensor)?.shape.length === 0;
  if (contributions.length < 2 || isSaid) return null;
  const arrived = contributions.filter(
    ({ edge }) => edge === null || model.edges.get(edge)?.grad_steps[step.backward] <= position,
  );
  const shape = model.tensor(arrived[0]?.tensor)?.shape;
  const numbers = arrived.map(({ tensor }) => elementsOf(model.tensor(tensor)));
  if (!shape || numbers.some((row) => !row?.length)) return null;
  const at = Math.min(element, numbers[0].length - 1);
  const sum = arrived.length === contributions.length ? elementsOf(model.tensor(total)) : null;
  const terms = numbers
    .slice(0, MOST_TERMS)
    .flatMap((row, place) => [...(place ? [word("+")] : []), word(bracketed(model.text(row[at]), place), "grad")]);
  const left = numbers.length > MOST_TERMS ? [word(`+ … (${numbers.length} terms)`)] : [];
  const end = sum ? [...left, word("="), word(model.text(sum[at]), "grad")] : [word("+ …")];
  const label = word(`${called}${placeText(at, shape)}${sum ? "" : " so far"}:`, "label");
  return { shape, words: [label, ...terms, ...end] };
}

const bracketed = (text, place = 1) => (place && text.startsWith("−") ? `(${text})` : text);
const placeText = (flat, shape, word = "at") => (shape.length ? ` ${word} [${indexOf(flat, shape).join(", ")}]` : "");

/** The next number a reader can be asked for: of a forward step what is computed, of a backward step what is sent. */
export function questionOf(model, position, element) {
  const step = model.step(position);
  const node = model.nodes.get(step?.nodes[0]);
  if (!node) return null;
  const edge =
    step.backward === null
      ? null
      : step.edges.map((id) => model.edges.get(id)).find((row) => elementsOf(model.tensor(row?.grads[step.backward])));
  const output = node.outputs[0];
  const tensor = model.tensor(
    edge ? edge.grads[step.backward] : step.backward === null ? output?.value : output?.grads[step.backward],
  );
  const elements = elementsOf(tensor);
  if (!elements?.length || isComplex(tensor)) return null;
  const at = Math.min(element, elements.length - 1);
  const name = step.backward === null ? node.label : model.title(node.id);
  const deed = edge ? `send to ${edge.called}` : step.backward === null ? "give" : "collect";
  const words = `What does ${name} ${deed}${placeText(at, tensor.shape, "in element")}?`;
  return { words, answer: asNumber(elements[at]), shape: tensor.shape };
}

/** The number that a reader typed, with a decimal comma or a true minus too; `null` for anything else. */
export function typedNumber(text) {
  const plain = text.trim().replace("−", "-").replace(",", ".").toLowerCase();
  const [, above, below] = /^([^/]+)\/([^/]+)$/.exec(plain) ?? [];
  if (above)
    return typedNumber(above) === null || typedNumber(below) === null ? null : typedNumber(above) / typedNumber(below);
  if (plain in NOT_FINITE) return NOT_FINITE[plain];
  return plain === "" || Number.isNaN(Number(plain)) ? null : Number(plain);
}

/** What is said of a guess: right within the digits shown, or how far off. */
function verdictOn(guess, answer, model) {
  const told = model.text(answer);
  const unit =
    answer && Number.isFinite(answer) ? 10 ** (Math.floor(Math.log10(Math.abs(answer))) - model.scene.digits + 1) : 0;
  const isRight = Object.is(guess, answer) || model.text(guess) === told || Math.abs(guess - answer) <= unit;
  if (isRight) return { isRight, text: `Right, ${told}.` };
  const off = Math.abs(guess - answer);
  const far = Number.isFinite(off)
    ? ` You said ${model.text(guess)}: ${model.text(off)} too ${guess > answer ? "high" : "low"}.`
    : "";
  return { isRight, text: `It is ${told}.${far}` };
}

/** The sentence of the step, its arithmetic, and the question of a reader who predicts. */
export class Story {
  constructor(viewer) {
    this.viewer = viewer;
    this.verdict = make("p", { class: "verdict", role: "status" });
    this.words = make("p", { class: "words", "aria-live": "polite" });
    this.sums = make("div", { class: "sums" });
    this.rule = make("div", { class: "rule" });
    this.notes = make("ul", { class: "notes" });
    this.element = make("div", { class: "story" }, this.verdict, this.words, this.rule, this.sums, this.notes);
    viewer.choices.watch(["scene", "position", "asking", "verdict", "touched", "element", "presenting", "panel"], () =>
      this.render(),
    );
    viewer.choices.watch(["scene", "presenting", "predict", "panel"], () => this.reserve());
    this.sizes = new ResizeObserver(() => this.element.clientWidth !== this.width && this.reserve());
    this.sizes.observe(this.element);
  }

  /** Keep the room that the longest steps need, so that nothing around moves from step to step. */
  reserve() {
    const { model, choices } = this.viewer;
    this.width = this.element.clientWidth;
    if (!this.width) return;
    const length = ({ words, edges, backward }) => words.length + (backward === null ? 20 : 40 * edges.length);
    const longest = model.scene.steps
      .map((step, at) => ({ length: length(step), position: at + 1 }))
      .sort((one, other) => other.length - one.length);
    const probe = make("div", { class: "story probe", "aria-hidden": "true", style: `width:${this.width}px` });
    this.element.after(probe);
    const place = choices.presenting ? "presenting" : "page";
    const heights = longest.slice(0, LONGEST[place]).map(({ position }) => {
      const verdict = make("p", { class: "verdict", text: choices.predict ? "Right." : "" });
      const words = make("p", { class: "words", text: model.step(position).words });
      const lines = this.#rule(position).map(({ line }) => line);
      const rule = make("div", { class: "rule" }, lines);
      probe.replaceChildren(verdict, words, rule, make("div", { class: "sums" }, this.#rows(position)));
      return probe.offsetHeight;
    });
    probe.remove();
    const most = window.innerHeight * MOST_ROOM[place];
    this.element.style.setProperty("--room", `${Math.min(Math.max(...heights, 0), most)}px`);
  }

  /** The arithmetic of a step that its rule does not tell, after the fields to choose an element of several. */
  #rows(position) {
    const { model, choices } = this.viewer;
    const ruled = new Set(this.#rule(position).map(({ edge }) => edge));
    const rows = reckoning(model, position, choices.element);
    const chosen = rows.map(({ shape }) => shape).find((shape) => sizeOf(shape) > 1);
    const told = rows.filter(({ edge }) => !edge || !ruled.has(edge));
    return [...(chosen ? [elementChooser(choices, chosen)] : []), ...told.map(({ words }) => sumRow(words))];
  }

  /** In front of a class, the rule of a step, unless Explain is closed. */
  #rule(position) {
    const { presenting, panel } = this.viewer.choices;
    return presenting && panel === "explain" ? ruleLines(this.viewer, position) : [];
  }

  render() {
    const { choices } = this.viewer;
    const isDue = choices.touched && !choices.asking;
    this.rule.replaceChildren(...(isDue ? this.#rule(choices.position) : []).map(({ line }) => line));
    this.verdict.textContent = choices.verdict?.text ?? "";
    this.verdict.className = choices.verdict ? `verdict ${choices.verdict.isRight ? "right" : "wrong"}` : "verdict";
    this.element.classList.toggle("idle", !choices.touched);
    if (choices.asking) return this.#ask();
    this.words.textContent = this.#sentence();
    this.notes.replaceChildren(...this.#remarks());
    this.notes.hidden = !this.notes.childElementCount;
    refill(this.sums, choices.touched ? this.#rows(choices.position) : []);
  }

  #sentence() {
    const { model, choices } = this.viewer;
    if (!model.count) return "There is nothing to step through.";
    if (choices.touched) return model.step(choices.position)?.words ?? "Nothing has been computed yet.";
    const forward = model.scene.steps.filter(({ backward }) => backward === null).length;
    const back = model.count - forward;
    const ways = [forward && `${forward} forward`, back && `${back} back`].filter(Boolean).join(" and ");
    return `${model.count} ${model.count === 1 ? "step" : "steps"}, ${ways}. Play them, or step with the arrow keys.`;
  }

  /** What is to be said of the whole run, until its first step. */
  #remarks() {
    const { model, choices, options } = this.viewer;
    const isDue = !model.count || (options.notes && !choices.touched);
    return isDue ? model.scene.notes.map((text) => make("li", { text })) : [];
  }

  #ask() {
    const { viewer } = this;
    const question = questionOf(viewer.model, viewer.choices.position, viewer.choices.element);
    if (!question) return viewer.answer(null);
    const field = make("input", {
      type: "text",
      inputmode: "decimal",
      autocomplete: "off",
      "aria-label": "Your guess",
      placeholder: "your guess",
    });
    const submit = (event) => {
      event.preventDefault();
      const guess = typedNumber(field.value);
      if (guess === null && field.value.trim()) {
        field.setAttribute("aria-invalid", "true");
        this.verdict.className = "verdict wrong";
        return (this.verdict.textContent = "That is no number. Write for example -0.5, 2e3 or 1/3.");
      }
      return viewer.answer(guess === null ? null : verdictOn(guess, question.answer, viewer.model));
    };
    this.words.textContent = question.words;
    const form = make(
      "form",
      { class: "guess", onsubmit: submit },
      field,
      make("button", { type: "submit", class: "plain", text: "Reveal" }),
    );
    this.sums.replaceChildren(form);
    if (!viewer.choices.presenting && viewer.hasFocus) field.focus({ preventScroll: true });
  }
}

const sumRow = (words) =>
  make(
    "span",
    { class: "sum" },
    words.map(({ text, kind }) => make("span", { class: kind, text })),
  );
