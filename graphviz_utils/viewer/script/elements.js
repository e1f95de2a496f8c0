/** Elements of the page, and pictures of which only shapes and letters are let in. */

const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  first: "M18 6l-6 6 6 6M7 6v12",
  back: "M15 6l-6 6 6 6",
  play: "M8 5v14l11-7z",
  pause: "M9 5v14M15 5v14",
  next: "M9 6l6 6-6 6",
  last: "M6 6l6 6-6 6M17 6v12",
  find: "M11 5a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM20 20l-4.5-4.5",
  predict: "M4 6.500h16v11H4zM10.3 10.500a1.700 1.700 0 1 1 2.500 1.500c-.6.3-.8.600-.8 1.200M12 15.300v.01",
  plus: "M12 6v12M6 12h12",
  minus: "M6 12h12",
  fit: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  present: "M3 4.5h18v11.5H3zM12 16v4M8 20h8",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  close: "M6 6l12 12M18 6L6 18",
};

/** An element: `on…` are listeners, `class` and `text` what they say, all else attributes; children may be empty. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  dress(element, attributes);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Put other children into `parent`; the focus stays at the same place among what can have it. */
export function refill(parent, children) {
  const controls = () => [...parent.querySelectorAll("button, input, select, [tabindex]")];
  const place = controls().indexOf(parent.getRootNode().activeElement);
  parent.replaceChildren(...children);
  if (place >= 0) (controls()[place] ?? controls().at(-1))?.focus({ preventScroll: true });
}

export function draw(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  dress(element, attributes);
  element.append(...children);
  return element;
}

export function dress(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "text") element.textContent = value;
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
}

export const icon = (name) =>
  draw(
    "svg",
    { viewBox: "0 0 24 24", class: `icon icon-${name}`, "aria-hidden": "true" },
    draw("path", { d: ICONS[name] }),
  );

export const iconButton = (name, label, press, more = {}) =>
  make(
    "button",
    { type: "button", class: "tool", title: label, "aria-label": label, onclick: press, ...more },
    icon(name),
  );

const PLAIN = /^[-#.,~:%()\w\s]*$/;
const LETTERS = ["font-family", "font-size", "font-style", "font-weight", "text-anchor", "text-decoration"];
const PAINT = ["fill", "fill-opacity", "opacity", "stroke", "stroke-dasharray", "stroke-opacity", "stroke-width"];
const PLACES = ["cx", "cy", "d", "height", "points", "r", "rx", "ry", "transform", "viewBox", "width"];
const CORNERS = ["x", "x1", "x2", "y", "y1", "y2", "class"];
const SAFE_ATTRIBUTES = new Set([...LETTERS, ...PAINT, ...PLACES, ...CORNERS]);
export const SHAPES = new Set(["circle", "ellipse", "line", "path", "polygon", "polyline", "rect"]);
const SAFE_ELEMENTS = new Set([...SHAPES, "g", "svg", "text", "tspan", "title"]);

/** A copy of an SVG text with its shapes and letters alone. Ids become `data-card`: nothing can be named twice. */
export function safePicture(text) {
  const parsed = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  if (parsed.localName !== "svg") throw new Error("A picture of the scene is not SVG; make the scene again.");
  return safeCopy(parsed);
}

function safeCopy(element) {
  const copy = document.createElementNS(SVG, element.localName);
  for (const { name, value } of element.attributes) {
    if (name === "id") copy.dataset.card = value;
    else if (SAFE_ATTRIBUTES.has(name) && PLAIN.test(value) && !/url\s*\(/i.test(value)) copy.setAttribute(name, value);
  }
  for (const child of element.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) copy.append(child.data);
    else if (child.namespaceURI === SVG && SAFE_ELEMENTS.has(child.localName)) copy.append(safeCopy(child));
  }
  return copy;
}
