/** Tensors to look at: a number, a table or a heat map, and never a wall of digits. */

import { asNumber, elementsOf, indexOf, isComplex, pythonText, shapeText, sizeOf } from "./numbers.js";
import { make } from "./elements.js";

const TABLE_SIDE = 8;
const STRIP = 16;
const DIVERGING = ["#542788", "#998ec3", "#d8daeb", "#f7f7f7", "#fee0b6", "#f1a340", "#b35806"].map((ink) =>
  [1, 3, 5].map((at) => parseInt(ink.slice(at, at + 2), 16)),
);

/** Purple below zero, orange above: the colour of `share` between −1 and 1. */
function heatColour(share) {
  const place = ((share + 1) / 2) * (DIVERGING.length - 1);
  const low = Math.min(Math.floor(place), DIVERGING.length - 2);
  const mixed = DIVERGING[low].map((part, at) => Math.round(part + (DIVERGING[low + 1][at] - part) * (place - low)));
  return `rgb(${mixed.join(" ")})`;
}

/** A tensor as a number, a table or a heat map, with what it is and its statistics. */
export function tensorView(viewer, tensor, ink) {
  if (!tensor) return make("p", { class: "unseen-note", text: "not seen" });
  const facts = `${shapeText(tensor.shape)} ${tensor.dtype}${tensor.device === "cpu" ? "" : ` on ${tensor.device}`}`;
  const head = make("div", { class: "tensor-head" }, make("span", { text: facts }), copyPythonButton(tensor));
  return make("div", { class: `tensor ${ink}` }, tensorBody(viewer, tensor), head);
}

function copyPythonButton(tensor) {
  const code = pythonText(tensor);
  if (code === null) return null;
  const button = make("button", {
    type: "button",
    class: "plain small",
    text: "Copy as Python",
    onclick: async () => {
      button.textContent = (await copyText(code, button)) ? "Copied" : "Press Ctrl+C";
      setTimeout(() => (button.textContent = "Copy as Python"), 1600);
    },
  });
  return button;
}

function tensorBody(viewer, tensor) {
  const { model } = viewer;
  const size = sizeOf(tensor.shape);
  if (size === 0) return make("p", { class: "unseen-note", text: "no elements" });
  if (tensor.data === null)
    return heatMap(
      viewer,
      tensor,
      (tensor.grid ?? []).map((row) => row.map((number) => ({ number }))),
      "of its own elements, evenly spaced",
    );
  if (tensor.shape.length === 0) return make("p", { class: "scalar", text: model.text(tensor.data) });
  const elements = elementsOf(tensor);
  const [rows, columns] = tensor.shape.length === 1 ? [1, size] : tensor.shape.slice(-2);
  const slices = size / (rows * columns);
  const show = (slice) => {
    const cells = cellsOf(elements, rows, columns, slice * rows * columns);
    const isTable = rows <= TABLE_SIDE && columns <= TABLE_SIDE;
    return isTable
      ? numberTable(viewer, tensor, cells)
      : heatMap(viewer, tensor, rows === 1 ? wrapped(cells[0]) : cells);
  };
  return slices === 1 ? show(0) : sliced(tensor.shape, slices, show);
}

const cellsOf = (elements, rows, columns, start) =>
  Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) => {
      const flat = start + row * columns + column;
      return { number: elements[flat], flat };
    }),
  );

const wrapped = (row) =>
  Array.from({ length: Math.ceil(row.length / STRIP) }, (_, at) => row.slice(at * STRIP, (at + 1) * STRIP));

/** One slice of the last two dimensions, and a field to choose which. */
function sliced(shape, count, show) {
  const body = make("div", {}, show(0));
  const leading = shape.slice(0, -2);
  const name = make("span", { text: `[${indexOf(0, leading).join(", ")}]` });
  const field = make("input", {
    type: "range",
    min: "0",
    max: count - 1,
    value: "0",
    "aria-label": "Slice",
    oninput: () => {
      name.textContent = `[${indexOf(field.valueAsNumber, leading).join(", ")}]`;
      body.replaceChildren(show(field.valueAsNumber));
    },
  });
  return make("div", {}, make("label", { class: "slice" }, "slice ", name, field), body);
}

function numberTable(viewer, tensor, cells) {
  const { model, choices } = viewer;
  const cell = ({ number, flat }) =>
    make(
      "td",
      {},
      make("button", {
        type: "button",
        class: flat === choices.element ? "cell picked" : "cell",
        text: model.text(number),
        title: `element [${indexOf(flat, tensor.shape).join(", ")}]`,
        onclick: () => choices.set({ element: flat }),
      }),
    );
  return make(
    "div",
    { class: "scroll" },
    make(
      "table",
      { class: "numbers" },
      make(
        "tbody",
        {},
        cells.map((row) => make("tr", {}, row.map(cell))),
      ),
    ),
    statistics(model, tensor),
  );
}

function statistics(model, { stats }) {
  const words = ["min", "mean", "max", "norm"]
    .filter((name) => stats[name] !== null)
    .map((name) => `${name} ${model.text(stats[name])}`);
  const odd = ["nan", "inf"].filter((name) => stats[name]).map((name) => `${stats[name]} ${name}`);
  return make("p", { class: "stats", text: [...words, ...odd].join(" · ") });
}

/** Cells of colour, a bar that says what the colours mean, and the number under the pointer. */
function heatMap(viewer, tensor, cells, note = "") {
  const { model, choices } = viewer;
  if (!cells.length) return statistics(model, tensor);
  const finite = cells
    .flat()
    .map(({ number }) => Math.abs(isComplex(tensor) ? NaN : asNumber(number)))
    .filter(Number.isFinite);
  const most = Math.max(...finite, Number.MIN_VALUE);
  const side = Math.max(3, Math.min(20, Math.floor(288 / cells[0].length), Math.floor(220 / cells.length)));
  const canvas = make("canvas", {
    class: "heat",
    role: "img",
    "aria-label": `Heat map. ${statistics(model, tensor).textContent}`,
  });
  paintCells(canvas, cells, side, most);
  const idle = note ? `${cells.length} × ${cells[0].length} ${note}` : "point at a cell to read it";
  const readout = make("span", { class: "readout", text: idle });
  const cellAt = (event) => cells[Math.floor(event.offsetY / side)]?.[Math.floor(event.offsetX / side)];
  const place = (cell) => (cell.flat === undefined ? "" : `[${indexOf(cell.flat, tensor.shape).join(", ")}] = `);
  canvas.addEventListener("pointermove", (event) => {
    const cell = cellAt(event);
    if (cell) readout.textContent = `${place(cell)}${model.text(cell.number)}`;
  });
  canvas.addEventListener("pointerleave", () => (readout.textContent = idle));
  canvas.addEventListener(
    "click",
    (event) => cellAt(event)?.flat !== undefined && choices.set({ element: cellAt(event).flat }),
  );
  return make(
    "div",
    {},
    canvas,
    colourBar(model, finite.length ? tensor.stats : null, most),
    readout,
    statistics(model, tensor),
  );
}

function paintCells(canvas, cells, side, most) {
  const sharp = Math.min(window.devicePixelRatio || 1, 2);
  const [width, height] = [cells[0].length * side, cells.length * side];
  Object.assign(canvas, { width: width * sharp, height: height * sharp });
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const brush = canvas.getContext("2d");
  brush.scale(sharp, sharp);
  const gap = side > 7 ? 1 : 0;
  cells.forEach((row, y) =>
    row.forEach(({ number }, x) => {
      const value = Array.isArray(number) ? NaN : asNumber(number);
      brush.fillStyle = Number.isFinite(value) ? heatColour(value / most) : "#111827";
      brush.fillRect(x * side, y * side, side - gap, side - gap);
    }),
  );
}

/** From the least to the most, with zero where it lies. */
function colourBar(model, stats, most) {
  if (!stats || stats.min === null) return null;
  const [low, high] = [Math.min(stats.min, 0), Math.max(stats.max, 0)];
  const stops = Array.from({ length: 13 }, (_, at) =>
    heatColour(Math.max(-1, Math.min(1, (low + ((high - low) * at) / 12) / most))),
  );
  const zero = high > low ? (-low / (high - low)) * 100 : 50;
  const labels = [
    [0, low],
    [zero, 0],
    [100, high],
  ].filter(([at, number], index, all) => index === 1 || all[1][0] !== at || number !== 0);
  return make(
    "div",
    { class: "colours" },
    make("div", { class: "ramp", style: `background:linear-gradient(90deg,${stops.join(",")})` }),
    labels.map(([at, number]) =>
      make("span", {
        class: at < 15 ? "left" : at > 85 ? "right" : "",
        style: `left:${at}%`,
        text: model.text(number),
      }),
    ),
  );
}

/** Put a text on the clipboard; where that is forbidden, select it for the reader to copy. */
export async function copyText(text, beside) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = make("textarea", { class: "copying", readonly: true });
    field.value = text;
    beside.after(field);
    field.select();
    const isCopied = document.execCommand("copy");
    if (isCopied) field.remove();
    else field.addEventListener("blur", () => field.remove(), { once: true });
    beside.focus?.();
    return isCopied;
  }
}
