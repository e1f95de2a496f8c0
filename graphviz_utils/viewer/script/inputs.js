/** Numbers of the program that its reader may change. */

import { make } from "./elements.js";

const PAUSE = 150; // milliseconds without typing before the program runs again

/** A field for each literal that a leaf begins with; a slider too where it is one number. */
export class Inputs {
  constructor(viewer) {
    this.viewer = viewer;
    this.element = make("div", { class: "inputs", role: "group", "aria-label": "Inputs", hidden: true });
    viewer.choices.watch(["scene"], () => this.render());
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
    const tell = () => this.#tell(name, value, [...row.querySelectorAll("input.field")]);
    const field = (number, at) =>
      make("input", {
        type: "number",
        step: "any",
        class: "field",
        value: number,
        "aria-label": numbers.length > 1 ? `${name}, element ${at + 1}` : name,
        oninput: tell,
      });
    const columns = Array.isArray(value) ? shapeOf(value).at(-1) : 1;
    row.append(make("span", { class: "fields", style: `--columns:${columns}` }, numbers.map(field)));
    if (!Array.isArray(value)) row.append(this.#slider(row, name, value, tell));
    return row;
  }

  #slider(row, name, value, tell) {
    const reach = Math.max(1, 2 * Math.abs(value));
    const slider = make("input", {
      type: "range",
      min: value - reach,
      max: value + reach,
      step: reach / 40,
      value,
      "aria-label": `${name}, slider`,
    });
    const field = row.querySelector("input.field");
    slider.addEventListener("input", () => {
      field.value = String(Number(slider.valueAsNumber.toPrecision(6)));
      tell();
    });
    field.addEventListener("input", () => (slider.value = field.value));
    return slider;
  }

  /** Bring the numbers of a new scene into fields that nobody is changing. */
  #refresh(row, { value }) {
    if (row.contains(row.getRootNode().activeElement)) return;
    const numbers = [value].flat(Infinity);
    row.querySelectorAll("input.field").forEach((field, at) => (field.value = String(numbers[at])));
    const slider = row.querySelector("input[type=range]");
    if (slider) slider.value = String(numbers[0]);
  }

  #tell(name, value, fields) {
    clearTimeout(this.waiting);
    const numbers = fields.map((field) => field.valueAsNumber);
    if (numbers.some(Number.isNaN)) return;
    this.waiting = setTimeout(() => this.viewer.options.onInput(name, shapedLike(value, numbers)), PAUSE);
  }
}

const shapeOf = (value) => (Array.isArray(value) ? [value.length, ...shapeOf(value[0])] : []);

/** `numbers` in the nesting of `value`. */
function shapedLike(value, numbers) {
  const rest = [...numbers];
  const fill = (part) => (Array.isArray(part) ? part.map(fill) : rest.shift());
  return fill(value);
}
