/** The derivative of a tensor after a tensor: a matrix, of which one output and one input are looked at. */

import { asNumber, elementsOf, indexOf, isComplex, shapeText, sizeOf } from "./numbers.js";
import { make } from "./elements.js";
import { elementChooser } from "./chooser.js";
import { barred, letter, math, mathLine, number, sign } from "./math.js";

const LARGEST_TABLE = 16;
const MOST_PRODUCTS = 6;

/** The Jacobian of one edge as recorded in a pass, `null` where there is none or nothing to choose from. */
export function jacobianOf(model, edge, pass) {
  const outputs = model.nodes.get(edge.target)?.outputs ?? [];
  const local = model.tensor(edge.locals?.[pass]);
  const given = outputs.length === 1 ? model.tensor(outputs[0].grads[pass]) : null;
  const sent = model.tensor(edge.grads[pass]);
  const [slopes, upstream, elements] = [local, given, sent].map((tensor) => tensor && elementsOf(tensor));
  if (!slopes?.length || !upstream || !elements || isComplex(local)) return null;
  const [rows, columns] = [sizeOf(given.shape), sizeOf(sent.shape)];
  if (rows * columns !== slopes.length || slopes.length === 1) return null;
  return { rows, columns, slopes, upstream, sent: elements, above: given.shape, below: sent.shape };
}

/** `(3,) × (3, 2×2) → (2, 2)`: what is multiplied, by shapes. */
export function shapesLine({ above, below }) {
  const flat = (shape) => shape.join("×") || "1";
  return `vector–Jacobian product: ${shapeText(above)} × (${flat(above)}, ${flat(below)}) → ${shapeText(below)}`;
}

/** The matrix, and the chain rule for the output and the input that were chosen. */
export function jacobianView(viewer, found, symbol) {
  const { choices } = viewer;
  const chosen = {
    row: Math.min(choices.above, found.rows - 1),
    column: Math.min(choices.element, found.columns - 1),
  };
  const isTable = Math.max(found.rows, found.columns) <= LARGEST_TABLE;
  const table = isTable
    ? slopeTable(viewer, found, chosen)
    : make("p", { class: "hint", text: `${found.rows} × ${found.columns} numbers: choose an output and an input.` });
  return make(
    "div",
    { class: "jacobian" },
    table,
    make(
      "div",
      { class: "pair" },
      found.rows > 1 ? elementChooser(choices, found.above, "above", "output") : null,
      found.columns > 1 ? elementChooser(choices, found.below, "element", "input") : null,
    ),
    pairLine(viewer.model, found, chosen, symbol),
    found.rows > 1 ? totalLine(viewer.model, found, chosen, symbol) : null,
  );
}

function slopeTable({ model, choices }, found, chosen) {
  const head = (flat, shape, kind) =>
    make("th", {
      scope: kind,
      text: `[${indexOf(flat, shape).join(", ")}]`,
      class: chosen[kind === "row" ? "row" : "column"] === flat ? "picked" : "",
    });
  const cell = (row, column) =>
    make(
      "td",
      {},
      make("button", {
        type: "button",
        class: row === chosen.row && column === chosen.column ? "cell picked" : "cell",
        text: model.text(found.slopes[row * found.columns + column]),
        title: `output [${indexOf(row, found.above)}] by input [${indexOf(column, found.below)}]`,
        onclick: () => choices.set({ above: row, element: column }),
      }),
    );
  const columns = Array.from({ length: found.columns }, (_, at) => at);
  const rows = Array.from({ length: found.rows }, (_, at) => at);
  return make(
    "div",
    { class: "scroll" },
    make(
      "table",
      { class: "numbers slopes" },
      make("caption", { text: "rows: elements of the output; columns: elements of the input" }),
      make(
        "thead",
        {},
        make(
          "tr",
          {},
          make("td"),
          columns.map((column) => head(column, found.below, "col")),
        ),
      ),
      make(
        "tbody",
        {},
        rows.map((row) =>
          make(
            "tr",
            {},
            head(row, found.above, "row"),
            columns.map((column) => cell(row, column)),
          ),
        ),
      ),
    ),
  );
}

/** `ȳ₁ · J₁₂ = 2 · 3 = 6`. */
function pairLine(model, found, { row, column }, symbol) {
  const [given, local] = pairAt(found, row, column);
  return mathLine(
    at(barred(symbol.cloneNode(true)), found.above, row),
    sign("⋅"),
    at(letter("J"), [...found.above, ...found.below], row * found.columns + column),
    sign("="),
    product(model, given, local),
    sign("="),
    number(model, asNumber(given) * asNumber(local)),
  );
}

/** The sum over all outputs, without the products that are nothing. */
function totalLine(model, found, { column }, symbol) {
  const pairs = Array.from({ length: found.rows }, (_, row) => pairAt(found, row, column));
  const counting = pairs.filter(([given, local]) => asNumber(given) !== 0 && asNumber(local) !== 0);
  const terms = (counting.length ? counting : pairs.slice(0, 1)).slice(0, MOST_PRODUCTS);
  const left = counting.length - terms.length;
  return mathLine(
    math("munder", {}, math("mo", { largeop: "false", movablelimits: "false" }, "∑"), letter("i")),
    math("msub", {}, barred(symbol.cloneNode(true)), letter("i")),
    sign("⋅"),
    math(
      "msub",
      {},
      letter("J"),
      math("mrow", {}, letter("i"), ...(found.below.length ? [sign(","), places(column, found.below)] : [])),
    ),
    sign("="),
    terms.flatMap(([given, local], place) => [place ? sign("+") : null, product(model, given, local)]),
    left > 0 ? [sign("+"), math("mtext", {}, `${left} more`)] : null,
    sign("="),
    number(model, found.sent[column]),
  );
}

const pairAt = (found, row, column) => [found.upstream[row], found.slopes[row * found.columns + column]];
const product = (model, given, local) => math("mrow", {}, number(model, given, 2), sign("⋅"), number(model, local, 2));
const places = (flat, shape) => math("mn", {}, indexOf(flat, shape).join(","));
const at = (base, shape, flat) => (shape.length ? math("msub", {}, base, places(flat, shape)) : base);
