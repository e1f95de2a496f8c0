/** Fields for the index of an element. */

import { flatOf, indexOf, sizeOf } from "./numbers.js";
import { make } from "./elements.js";

/** Fields for the index of the element of a tensor of this shape that `choices[name]` says. */
export function elementChooser(choices, shape, name = "element", called = "element") {
  const at = indexOf(Math.min(choices[name], sizeOf(shape) - 1), shape);
  const choose = (axis, place) =>
    choices.set({
      [name]: flatOf(
        at.map((old, i) => (i === axis ? place : old)),
        shape,
      ),
    });
  const fields = shape.map((length, axis) =>
    make("input", {
      type: "number",
      min: "0",
      max: length - 1,
      value: at[axis],
      "aria-label": `Index ${axis + 1} of the ${called}`,
      onchange: (event) => choose(axis, Math.min(Math.max(Math.round(event.target.valueAsNumber || 0), 0), length - 1)),
    }),
  );
  return make("span", { class: "chooser" }, make("span", { text: called }), fields);
}
