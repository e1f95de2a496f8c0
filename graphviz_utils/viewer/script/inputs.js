/** Numbers of the program that its reader may change. */

import { make } from "./elements.js";

const PAUSE = 150; // milliseconds without typing before the program runs again
const PATIENCE = 1500; // milliseconds that a run is waited for, which may fail and show nothing

/** A field for each literal that a leaf begins with; a slider too where it is one number. */
export class Inputs {
  constructor(viewer) {
    this.viewer = viewer;
    this.element = make("div", { class: "inputs", role: "group", "aria-label": "Inputs", hidden: true });
    viewer.choices.watch(["scene"], () => (this.render(), this.#arrived()));
  }

  render() {
    const inputs = (this.viewer.options.onInput && this.viewer.model.scene.inputs) || [];
    const form = JSON.stringify(inputs.map(({ name, value }) => [name, shapeOf(value)]));
    this.element.hidden = !inputs.length;
    if (form !== this.form) this.element.replaceChildren(...inputs.map((input) => this.#row(input)));
    else inputs.forEach((input, at) => this.#refresh(this.element.children[at], input));
    this.form = form;
  }

  #row({ name, value }) {
    const row = make("div", { class: "input" }, make("span", { class: "name", text: name }));
    const numbers = [value].flat(Infinity);
    const field = (number, at) =>
      make("input", {
        type: "number",
        step: "any",
        class: "field",
        value: number,
        "aria-label": numbers.length > 1 ? `${name}, element ${at + 1}` : name,
        oninput: () => this.#note(row, name, value, PAUSE),
      });
    const columns = Array.isArray(value) ? shapeOf(value).at(-1) : 1;
    row.append(make("span", { class: "fields", style: `--columns:${columns}` }, numbers.map(field)));
    if (!Array.isArray(value)) row.append(this.#slider(row, name, value));
    return row;
  }

  #slider(row, name, value) {
    const slider = make("input", { type: "range", "aria-label": `${name}, slider` });
    const field = row.querySelector("input.field");
    slider.addEventListener("input", () => {
      field.value = String(Number(slider.valueAsNumber.toPrecision(6)));
      this.#note(row, name, value, 0);
    });
    field.addEventListener("input", () => slide(slider, field.valueAsNumber));
    slide(slider, value);
    return slider;
  }

  /** Bring the numbers of a new scene into fields that nobody is changing. */
  #refresh(row, { name, value }) {
    if (row.contains(row.getRootNode().activeElement) || this.next?.name === name) return;
    const numbers = [value].flat(Infinity);
    row.querySelectorAll("input.field").forEach((field, at) => (field.value = String(numbers[at])));
    const slider = row.querySelector("input[type=range]");
    if (slider) slide(slider, numbers[0]);
  }

  /** Other numbers were given: the program is to run with them after a pause. */
  #note(row, name, value, pause) {
    clearTimeout(this.pausing);
    const numbers = [...row.querySelectorAll("input.field")].map((field) => field.valueAsNumber);
    this.next = numbers.some(Number.isNaN) ? null : { name, value: shapedLike(value, numbers) };
    this.pausing = setTimeout(() => this.#run(), pause);
  }

  /** Run with the newest numbers, as soon as what was asked for before has been shown. */
  #run() {
    if (!this.next || this.awaited) return;
    const { name, value } = this.next;
    this.next = null;
    this.awaited = setTimeout(() => this.#arrived(), PATIENCE);
    this.viewer.options.onInput(name, value);
  }

  #arrived() {
    clearTimeout(this.awaited);
    this.awaited = null;
    this.#run();
  }
}

/** Set a slider, with room on both sides of a number that is out of its reach. */
function slide(slider, number) {
  if (Number.isNaN(number)) return;
  const isWithin = slider.max && number >= Number(slider.min) && number <= Number(slider.max);
  if (!isWithin) {
    const reach = Math.max(1, 2 * Math.abs(number));
    Object.assign(slider, { min: number - reach, max: number + reach, step: reach / 40 });
  }
  slider.value = number;
}

const shapeOf = (value) => (Array.isArray(value) ? [value.length, ...shapeOf(value[0])] : []);

/** `numbers` in the nesting of `value`. */
function shapedLike(value, numbers) {
  const rest = [...numbers];
  const fill = (part) => (Array.isArray(part) ? part.map(fill) : rest.shift());
  return fill(value);
}
