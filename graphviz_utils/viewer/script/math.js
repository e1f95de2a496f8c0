/** Formulas: MathML of which only the elements of mathematics are let in, with names or with numbers in it. */

import { elementsOf, flatOf, indexOf, sizeOf } from "./numbers.js";
import { dress } from "./elements.js";

const MATHML = "http://www.w3.org/1998/Math/MathML";
const LEAVES = ["mi", "mn", "mo", "ms", "mspace", "mtext"];
const SCRIPTS = ["mmultiscripts", "mover", "mprescripts", "msub", "msubsup", "msup", "munder", "munderover"];
const LAYOUT = ["math", "mfrac", "mpadded", "mphantom", "mroot", "mrow", "msqrt", "mstyle", "mtable", "mtd", "mtr"];
const MATH_ELEMENTS = new Set([...LEAVES, ...SCRIPTS, ...LAYOUT]);
const MATH_ATTRIBUTES = new Set([
  ...["accent", "accentunder", "columnalign", "displaystyle", "fence", "form", "largeop", "linethickness", "lspace"],
  ...["mathvariant", "maxsize", "minsize", "movablelimits", "rspace", "scriptlevel", "separator", "stretchy"],
  ...["symmetric", "width"],
]);
const MATH_PLAIN = /^[-+#.%\w\s]*$/;
const BARS = new Set(["―", "¯", "‾"]);
const TIMES = "\uf8ff";
const MOST_NUMBERS = 16;
const LONGEST_SIDE = 4;

/** An element of mathematics: children that are texts become its letters. */
export function math(tag, attributes = {}, ...children) {
  const element = document.createElementNS(MATHML, tag);
  dress(element, attributes);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

export const sign = (text) => math("mo", {}, text);
export const letter = (text) => math("mi", {}, text);

/** One line of mathematics, on its own. */
export const mathLine = (...children) => math("math", {}, math("mrow", {}, ...children));

const BREAKS = new Set(["=", "+", "−", "-"]);

/** The parts of a row between its outermost signs, each after its sign, so that a long line can be broken there. */
export function mathParts(row) {
  const parts = [[]];
  for (const each of [...row.children]) {
    const isBreak = each.localName === "mo" && BREAKS.has(each.textContent) && hasValueBefore(each);
    if (isBreak) (parts.push([]), each.setAttribute("form", "infix"));
    parts.at(-1).push(each);
  }
  return parts.map((part) => math("mrow", {}, part));
}

const texts = new Map();

/** A copy of the formula at place `index` of the scene, as an `mrow`; what is no MathML is shown as the text it is. */
export function formulaAt(model, index) {
  const text = model.scene.formulas[index] ?? "";
  if (!texts.has(text)) texts.set(text, safeMath(text));
  return texts.get(text).cloneNode(true);
}

function safeMath(text) {
  const parsed = new DOMParser().parseFromString(text, "application/xml").documentElement;
  const isMath = parsed.localName === "math" && parsed.namespaceURI === MATHML;
  return isMath && !parsed.querySelector("parsererror") ? unwrapped(mathCopy(parsed)) : math("mtext", {}, text);
}

/** The only row of a `math`, or a row of all that is in it. */
function unwrapped(element) {
  const [only] = element.children;
  return element.children.length === 1 && only.localName === "mrow" ? only : math("mrow", {}, ...element.childNodes);
}

function mathCopy(element) {
  if (isBar(element)) return math("mrow", { class: "overbar" }, mathCopy(element.children[0]));
  const copy = math(element.localName);
  for (const { name, value } of element.attributes)
    if (MATH_ATTRIBUTES.has(name) && MATH_PLAIN.test(value)) copy.setAttribute(name, value);
  const isLeaf = LEAVES.includes(element.localName);
  if (isLeaf) copy.textContent = element.textContent;
  const parts = isLeaf ? [] : [...element.children].filter(isMathematics);
  copy.append(...parts.map((part) => mathCopy(part)));
  for (const each of copy.children) if (isOwnMinus(each)) dress(each, { form: "prefix", lspace: "0", rspace: "0" });
  return copy;
}

/** Whether a minus belongs to what follows: at the beginning, and after another sign. */
const isOwnMinus = (element) =>
  element.localName === "mo" && /^[-−]$/.test(element.textContent) && !hasValueBefore(element);

const hasValueBefore = ({ previousElementSibling: before }) =>
  before && (before.localName !== "mo" || before.getAttribute("form") === "postfix" || before.textContent === ")");

const isMathematics = ({ namespaceURI, localName }) => namespaceURI === MATHML && MATH_ELEMENTS.has(localName);

/** Whether an element is a bar over another: drawn as a line, for not every font has one of every length. */
const isBar = ({ localName, children }) =>
  localName === "mover" &&
  children.length === 2 &&
  isMathematics(children[0]) &&
  BARS.has(children[1].textContent.trim());

/** A formula with the program's names. */
export const named = (model, card) => filled(model, card, () => null).row;

/**
 * A formula with the numbers of a pass, `null` where it would have none: of a pointwise one those of element `flat` of
 * `shape`, of others scalars and small matrices.
 */
export function numbered(model, card, pass, flat, shape) {
  const fill = (operand) => {
    const tensor = tensorOf(model, operand, pass);
    if (!tensor) return null;
    return card.pointwise
      ? elementNumber(model, tensor, flat, shape, operand.place)
      : tensorNumbers(model, tensor, operand.place);
  };
  const { row, count } = filled(model, card, fill, sign("⋅"));
  if (card.pointwise)
    for (const each of row.querySelectorAll("mo")) if (each.textContent === "⊙") each.textContent = "⋅";
  return count ? row : null;
}

function tensorOf(model, { kind, node, output, tensor }, pass) {
  return model.tensor(kind === "grad" ? model.nodes.get(node)?.outputs[output]?.grads[pass] : tensor);
}

/** The template of a formula with each sign filled in by `fill`, or with its name; and how many were filled in. */
function filled(model, card, fill, product = null) {
  const row = math("mrow", {}, formulaAt(model, card.template));
  const operands = new Map(card.operands.map((operand) => [operand.sign, operand]));
  const places = [...row.querySelectorAll("mi")];
  let count = 0;
  for (const place of places) {
    const operand = operands.get(place.textContent);
    const number = operand ? fill(operand) : null;
    if (number) count += 1;
    if (operand) place.replaceWith(only(number ?? formulaAt(model, operand.name)));
  }
  for (const place of places.filter((each) => each.textContent === TIMES))
    if (product) place.replaceWith(product.cloneNode(true));
    else if (isNumberNext(place)) place.replaceWith(sign("⋅"));
    else place.remove();
  return { row, count };
}

/** What is alone in a row, which sits closer to its exponent than the row would. */
const only = (row) =>
  row.localName === "mrow" && row.children.length === 1 && !row.hasAttribute("class") ? row.children[0] : row;

/** Whether what follows begins with a digit or a minus, so that a product has to be written. */
function isNumberNext(place) {
  let next = place.nextElementSibling;
  while (next && !LEAVES.includes(next.localName)) next = next.firstElementChild;
  return /^[-−\d]/.test(next?.textContent ?? "");
}

/** The number of a tensor that is used for element `flat` of `shape`, where the tensor is broadcast to it. */
function elementNumber(model, tensor, flat, shape, place) {
  const elements = elementsOf(tensor);
  if (!elements?.length || tensor.shape.length > shape.length) return null;
  const index = indexOf(flat, shape).slice(shape.length - tensor.shape.length);
  const at = flatOf(
    index.map((at, axis) => Math.min(at, tensor.shape[axis] - 1)),
    tensor.shape,
  );
  return number(model, elements[at], place);
}

/** A scalar as a number, a small tensor as a matrix, anything else as nothing. */
export function tensorNumbers(model, tensor, place = 0) {
  const elements = elementsOf(tensor);
  const { shape } = tensor;
  if (!elements?.length || shape.length > 2 || sizeOf(shape) > MOST_NUMBERS || Math.max(...shape, 1) > LONGEST_SIDE)
    return null;
  if (!shape.length) return number(model, elements[0], place);
  const columns = shape.at(-1);
  const rows = Array.from({ length: elements.length / columns }, (_, row) =>
    elements.slice(row * columns, (row + 1) * columns),
  );
  const cell = (element) => math("mtd", {}, number(model, element));
  return math(
    "mtable",
    { class: "matrix" },
    rows.map((row) => math("mtr", {}, row.map(cell))),
  );
}

/** A number as the pictures write it; in brackets where `place` asks for them: see cards.py. */
export function number(model, value, place = 0) {
  const text = model.text(value);
  const [, minus, digits, power] = /^(−?)(.*?)(?:×10([⁻⁰¹²³⁴-⁹]+))?$/u.exec(text);
  const parts = [
    minus ? math("mo", { form: "prefix", lspace: "0", rspace: "0" }, "−") : null,
    /^[\d.]+$/.test(digits) ? math("mn", {}, digits) : math("mtext", {}, digits),
    ...(power ? [sign("×"), math("msup", {}, math("mn", {}, "10"), lowered(power))] : []),
  ];
  const isSum = minus || Array.isArray(value);
  return (isSum && place >= 2) || (power && place >= 3) ? inBrackets(parts) : math("mrow", {}, parts);
}

export const inBrackets = (parts) => math("mrow", {}, bracket("("), parts, bracket(")"));

const bracket = (text) =>
  math(
    "mo",
    { form: text === "(" ? "prefix" : "postfix", fence: "true", stretchy: "false", lspace: "0", rspace: "0" },
    text,
  );

const LOWERED = { "⁰": 0, "¹": 1, "²": 2, "³": 3, "⁴": 4, "⁵": 5, "⁶": 6, "⁷": 7, "⁸": 8, "⁹": 9, "⁻": "−" };
const lowered = (raised) => math("mrow", {}, math("mn", {}, [...raised].map((each) => LOWERED[each]).join("")));

/** `∂y/∂x`, in brackets what is more than a name. */
export const slope = (above, below) =>
  math("mfrac", {}, math("mrow", {}, sign("∂"), asName(above)), math("mrow", {}, sign("∂"), asName(below)));

const asName = (row) => (row.children.length > 1 ? inBrackets([row]) : row);

export const barred = (row) => math("mrow", { class: "overbar" }, row);
