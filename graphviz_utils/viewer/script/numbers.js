/** Numbers as the pictures write them, and tensors as the scene holds them. */

const RAISED = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };
export const NOT_FINITE = { nan: NaN, inf: Infinity, "-inf": -Infinity };

/** A number, a boolean or a complex pair to `digits` significant digits, as numerals.py writes it. */
export function numberText(number, digits = 4) {
  if (typeof number === "boolean") return number ? "True" : "False";
  if (Array.isArray(number)) {
    const [real, imag] = number.map((part) => numberText(part, digits));
    return `${real}${imag.startsWith("−") ? imag : `+${imag}`}i`;
  }
  const value = asNumber(number);
  if (Number.isNaN(value)) return "nan";
  return (value < 0 ? "−" : "") + (Number.isFinite(value) ? magnitudeText(Math.abs(value), digits) : "inf");
}

/** JSON knows no infinities: there they are words. */
export const asNumber = (word) => (typeof word === "string" ? NOT_FINITE[word] : Number(word));

function magnitudeText(number, digits) {
  if (number === 0) return "0";
  if (number < 1e6 && (Number.isInteger(number) || number >= 10 ** digits)) return wholeText(number);
  const [kept, exponent] = significant(number, digits);
  if (number >= 1e-4 && number < 1e6) {
    return exponent < digits ? plainText(kept, exponent) : wholeText(number);
  }
  const [first, rest] = [kept[0], kept.slice(1).replace(/0+$/, "")];
  const raised = [...String(exponent)].map((sign) => RAISED[sign]).join("");
  return `${first}${rest && `.${rest}`}×10${raised}`;
}

/** The digits of a number, rounded half to even as Python does, and the power of ten of the first one. */
function significant(number, digits) {
  const [mantissa, power] = number.toExponential(100).split("e");
  const all = mantissa.replace(".", "");
  const rest = all.slice(digits);
  const isOdd = Number(all[digits - 1]) % 2 === 1;
  const isUp = rest[0] > "5" || (rest[0] === "5" && (isOdd || /[1-9]/.test(rest.slice(1))));
  const kept = String(Number(all.slice(0, digits)) + (isUp ? 1 : 0));
  return kept.length > digits ? [kept.slice(0, digits), Number(power) + 1] : [kept, Number(power)];
}

function plainText(kept, exponent) {
  const shown = exponent < 0 ? `${"0".repeat(-exponent)}${kept}` : kept;
  const point = Math.max(exponent, 0) + 1;
  const rest = shown.slice(point).replace(/0+$/, "");
  return `${shown.slice(0, point)}${rest && `.${rest}`}`;
}

function wholeText(number) {
  const below = Math.floor(number);
  const isTie = number - below === 0.5;
  return String(isTie ? below + (below % 2) : Math.round(number));
}

export const sizeOf = (shape) => shape.reduce((product, length) => product * length, 1);
export const isComplex = (tensor) => tensor.dtype.includes("complex");

/** All elements in the order of the last index first; `null` where they were not kept. */
export function elementsOf(tensor) {
  if (!tensor || tensor.data === null) return null;
  return tensor.shape.length === 0 ? [tensor.data] : tensor.data.flat(tensor.shape.length - 1);
}

/** The index `[i, j, …]` of the element at place `flat`. */
export function indexOf(flat, shape) {
  const index = [];
  for (let axis = shape.length - 1, rest = flat; axis >= 0; axis -= 1) {
    index.unshift(rest % shape[axis]);
    rest = Math.floor(rest / shape[axis]);
  }
  return index;
}

export const flatOf = (index, shape) => index.reduce((flat, place, axis) => flat * shape[axis] + place, 0);
export const shapeText = (shape) => (shape.length ? `(${shape.join(", ")}${shape.length === 1 ? "," : ""})` : "scalar");

/** `tensor` as a line of Python that makes it again, or `null` where its elements were not kept. */
export function pythonText(tensor) {
  if (tensor.data === null) return null;
  if (sizeOf(tensor.shape) === 0) return `torch.zeros(${shapeText(tensor.shape)}, dtype=torch.${tensor.dtype})`;
  return `torch.tensor(${literal(tensor.data, tensor.shape.length, tensor.dtype)}, dtype=torch.${tensor.dtype})`;
}

function literal(data, depth, dtype) {
  if (depth > 0) return `[${data.map((part) => literal(part, depth - 1, dtype)).join(", ")}]`;
  if (Array.isArray(data)) return `complex(${data.map((part) => literal(part, 0, "float")).join(", ")})`;
  if (typeof data === "boolean") return data ? "True" : "False";
  if (typeof data === "string") return `float("${data}")`;
  const isPlain = /^(float|bfloat)/.test(dtype) && Number.isInteger(data) && Math.abs(data) < 1e21;
  return isPlain ? `${Object.is(data, -0) ? "-0" : data}.0` : String(data);
}
