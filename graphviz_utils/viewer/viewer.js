/**
 * The living picture: one scene (the JSON that cards.py writes) to step through, to look into and to search.
 *
 * Everything here runs in the reader's browser. Words of a program are only ever text: they reach the page through
 * `textContent` and attributes, and a picture is copied element by element from what is allowed in one.
 *
 * Steps are counted from 1; at position p every step up to p has happened, at position 0 none.
 */

// ---------------------------------------------------------------------------------------------------- numbers

const RAISED = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };
const NOT_FINITE = { nan: NaN, inf: Infinity, "-inf": -Infinity };

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
const asNumber = (word) => (typeof word === "string" ? NOT_FINITE[word] : Number(word));

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

// ---------------------------------------------------------------------------------------------------- tensors

const sizeOf = (shape) => shape.reduce((product, length) => product * length, 1);
const isComplex = (tensor) => tensor.dtype.includes("complex");

/** All elements in the order of the last index first; `null` where they were not kept. */
function elementsOf(tensor) {
  if (!tensor || tensor.data === null) return null;
  return tensor.shape.length === 0 ? [tensor.data] : tensor.data.flat(tensor.shape.length - 1);
}

/** The index `[i, j, …]` of the element at place `flat`. */
function indexOf(flat, shape) {
  const index = [];
  for (let axis = shape.length - 1, rest = flat; axis >= 0; axis -= 1) {
    index.unshift(rest % shape[axis]);
    rest = Math.floor(rest / shape[axis]);
  }
  return index;
}

const flatOf = (index, shape) => index.reduce((flat, place, axis) => flat * shape[axis] + place, 0);
const shapeText = (shape) => (shape.length ? `(${shape.join(", ")}${shape.length === 1 ? "," : ""})` : "scalar");

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

// ---------------------------------------------------------------------------------------------------- elements

const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  first: "M18 6l-6 6 6 6M7 6v12",
  back: "M15 6l-6 6 6 6",
  play: "M8 5v14l11-7z",
  pause: "M9 5v14M15 5v14",
  next: "M9 6l6 6-6 6",
  last: "M6 6l6 6-6 6M17 6v12",
  find: "M11 5a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM20 20l-4.5-4.5",
  code: "M9 7l-5 5 5 5M15 7l5 5-5 5",
  inspector: "M4 5h16v14H4zM14 5v14M16.5 9h1.5M16.5 12h1.5",
  predict: "M9 9a3 3 0 1 1 4.5 2.6c-1 .6-1.5 1.1-1.5 2.400M12 17.5v.01",
  plus: "M12 6v12M6 12h12",
  minus: "M6 12h12",
  fit: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  present: "M3 4.5h18v11.5H3zM12 16v4M8 20h8",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  close: "M6 6l12 12M18 6L6 18",
};

/** An element: `on…` are listeners, `class` and `text` what they say, all else attributes; children may be empty. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  dress(element, attributes);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

function draw(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  dress(element, attributes);
  element.append(...children);
  return element;
}

function dress(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "text") element.textContent = value;
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
}

const icon = (name) => draw("svg", { viewBox: "0 0 24 24", class: `icon icon-${name}`, "aria-hidden": "true" }, draw("path", { d: ICONS[name] }));

const iconButton = (name, label, press, more = {}) =>
  make("button", { type: "button", class: "tool", title: label, "aria-label": label, onclick: press, ...more }, icon(name));

// ---------------------------------------------------------------------------------------------------- safe pictures

const PLAIN = /^[-#.,~:%()\w\s]*$/;
const LETTERS = ["font-family", "font-size", "font-style", "font-weight", "text-anchor", "text-decoration"];
const PAINT = ["fill", "fill-opacity", "opacity", "stroke", "stroke-dasharray", "stroke-opacity", "stroke-width"];
const PLACES = ["cx", "cy", "d", "height", "points", "r", "rx", "ry", "transform", "viewBox", "width"];
const CORNERS = ["x", "x1", "x2", "y", "y1", "y2", "class"];
const SAFE_ATTRIBUTES = new Set([...LETTERS, ...PAINT, ...PLACES, ...CORNERS]);
const SHAPES = new Set(["circle", "ellipse", "line", "path", "polygon", "polyline", "rect"]);
const SAFE_ELEMENTS = new Set([...SHAPES, "g", "svg", "text", "tspan", "title"]);

/** A copy of an SVG text in which only shapes and letters are left. Ids become `data-card`: nothing can be named twice. */
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

// ---------------------------------------------------------------------------------------------------- the scene

/** A scene with its cards by id and what is asked of it again and again. */
class Model {
  constructor(scene) {
    this.scene = scene;
    this.count = scene.steps.length;
    this.nodes = new Map(scene.nodes.map((node) => [node.id, node]));
    this.edges = new Map(scene.edges.map((edge) => [edge.id, edge]));
    this.into = grouped(scene.edges, "target");
    this.outOf = grouped(scene.edges, "source");
    this.shownPass = this.#shownPasses();
  }

  step = (position) => this.scene.steps[position - 1] ?? null;
  card = (id) => this.nodes.get(id) ?? this.edges.get(id) ?? null;
  tensor = (index) => (index === null || index === undefined ? null : this.scene.tensors[index]);
  text = (number) => numberText(number, this.scene.digits);

  /** What a node is called: by the program's name, else by what it does. */
  title = (id) => {
    const node = this.nodes.get(id);
    return node ? node.name ?? node.label : "";
  };

  /** A short tensor whole, a longer one as its shape. */
  brief(index, atMost = 6) {
    const tensor = this.tensor(index);
    if (!tensor) return "not seen";
    if (tensor.data === null || sizeOf(tensor.shape) > atMost) return `a tensor of shape ${shapeText(tensor.shape)}`;
    const written = (data, depth) =>
      depth === 0 ? this.text(data) : `[${data.map((part) => written(part, depth - 1)).join(", ")}]`;
    return written(tensor.data, tensor.shape.length);
  }

  /** Every node and edge before (`into`) or behind (`outOf`) a card, with itself. */
  reach(id, towards) {
    const edge = this.edges.get(id);
    const start = edge ? (towards === "into" ? edge.source : edge.target) : id;
    const [found, waiting] = [new Set([id, start]), [start]];
    while (waiting.length) {
      for (const step of this[towards].get(waiting.pop()) ?? []) {
        const far = towards === "into" ? step.source : step.target;
        found.add(step.id);
        if (!found.has(far)) waiting.push(far);
        found.add(far);
      }
    }
    return found;
  }

  /** The parts of the slider: runs of steps that belong together, forward or to one backward pass. */
  parts() {
    const parts = [];
    this.scene.steps.forEach(({ backward }, at) => {
      if (parts.at(-1)?.backward === backward) parts.at(-1).to = at + 1;
      else parts.push({ backward, from: at, to: at + 1 });
    });
    return parts;
  }

  /** The picture of each position: that of its pass, for a forward step of the first pass after it. */
  #shownPasses() {
    const shown = new Array(this.count + 1);
    let pass = Math.max(this.scene.passes.length - 1, 0);
    for (let position = this.count; position >= 0; position -= 1) {
      pass = this.step(position)?.backward ?? pass;
      shown[position] = pass;
    }
    return shown;
  }
}

function grouped(rows, key) {
  const groups = new Map();
  for (const row of rows) groups.set(row[key], [...(groups.get(row[key]) ?? []), row]);
  return groups;
}

/** What the reader has chosen, and who wants to know when it changes. */
class Choices {
  #watchers = [];

  constructor(values) {
    Object.assign(this, values);
  }

  watch(names, react) {
    this.#watchers.push({ names, react });
  }

  set(changes) {
    const changed = Object.keys(changes).filter((name) => this[name] !== changes[name]);
    Object.assign(this, changes);
    for (const { names, react } of this.#watchers) if (names.some((name) => changed.includes(name))) react(changed);
  }
}

// ---------------------------------------------------------------------------------------------------- one picture

const PIXELS_PER_POINT = 96 / 72;

/** The SVG of one pass, which shows what has happened up to a step and never moves anything. */
class Picture {
  constructor(model, pass) {
    this.svg = safePicture(model.scene.pictures[pass]);
    this.groups = new Map([...this.svg.querySelectorAll("g[data-card]")].map((group) => [group.dataset.card, group]));
    const [, , width, height] = (this.svg.getAttribute("viewBox") ?? "0 0 100 100").split(/\s+/).map(Number);
    Object.assign(this, { width: width * PIXELS_PER_POINT, height: height * PIXELS_PER_POINT, shown: model.count });
    this.ground = this.svg.querySelector("polygon")?.getAttribute("fill") ?? "none";
    this.smallest = this.#smallestNumber();
    this.turns = Array.from({ length: model.count + 1 }, () => []);
    this.#tidy();
    for (const card of [...model.nodes.values(), ...model.edges.values()]) this.#plan(card, pass);
    this.marks = draw("g", { class: "marks" });
    this.svg.querySelector("g")?.append(this.marks);
  }

  /** Let everything up to step `position` have happened, touching only what differs from what is shown. */
  show(position) {
    const isBack = position < this.shown;
    const [low, high] = isBack ? [position, this.shown] : [this.shown, position];
    for (let step = low + 1; step <= high; step += 1) {
      for (const [element, word] of this.turns[step]) element.classList.toggle(word, isBack);
    }
    this.shown = position;
  }

  box(id) {
    return this.groups.get(id)?.getBBox() ?? null;
  }

  #tidy() {
    this.svg.classList.add("picture");
    for (const name of ["width", "height"]) this.svg.removeAttribute(name);
    this.svg.querySelector("g > title")?.remove();
    for (const group of this.groups.values()) {
      [...group.children].find((part) => SHAPES.has(part.localName))?.classList.add("body");
      for (const path of group.matches(".edge") ? group.querySelectorAll("path") : []) {
        group.append(draw("path", { class: "hit", d: path.getAttribute("d") }));
      }
    }
  }

  #smallestNumber() {
    const numbers = this.svg.querySelectorAll("text.value, text.grad, text.alert");
    const texts = numbers.length ? numbers : this.svg.querySelectorAll("text");
    const sizes = [...texts].map((text) => Number(text.getAttribute("font-size") ?? 14));
    return Math.min(...sizes, 20) * PIXELS_PER_POINT;
  }

  /** Write down which elements wait for which step: a shape until its value is known, a number until it is. */
  #plan(card, pass) {
    const group = this.groups.get(card.id);
    if (!group) return;
    const gradStep = card.grad_steps[pass] ?? null;
    this.turns[card.value_step]?.push([group, "future"]);
    if (gradStep !== null) this.turns[gradStep].push([group, "waiting"]);
    for (const part of group.children) {
      const kind = part.matches(".body, .hit") ? null : numberKind(part);
      if (kind) this.turns[(kind === "grad" ? gradStep : null) ?? card.value_step]?.push([part, "unseen"]);
    }
  }
}

const ALERTS = new Set(["#9b1c1c", "#ff9a9a"]);
const slantKind = (text) => (text.getAttribute("font-style") === "italic" ? "grad" : "value");
const isText = (part) => part?.localName === "text";
const isAlarm = (part) => part?.localName === "polygon" && [part.getAttribute("stroke"), part.getAttribute("fill")].some((ink) => ALERTS.has(ink));

/** Whether a part of a node or edge is a value or a gradient, or the bracket or frame of one. */
function numberKind(part) {
  const said = ["grad", "value"].find((word) => part.classList.contains(word));
  if (said) return said;
  const beside = [part.nextElementSibling, part.previousElementSibling].filter(isText);
  if (isText(part)) return part.matches(".alert") || isAlarm(part.previousElementSibling) ? slantKind(part) : null;
  if (isAlarm(part)) return beside.length ? slantKind(beside[0]) : null;
  const number = beside.find((text) => text.getAttribute("fill") === part.getAttribute("stroke"));
  return part.localName === "polyline" && number ? numberKind(number) : null;
}

// ---------------------------------------------------------------------------------------------------- the stage

const SMALLEST_NUMBER = 9; // pixels: what would be smaller scrolls instead
const LARGEST_FIT = 1.5;
const ZOOM_STEP = 1.25;
const MARGIN = 18; // padding and border of the frame
const ASIDE = 384; // pixels of a panel beside the picture, and the gap

/** The picture in its frame: what is seen of it, what is marked in it, and the pointer over it. */
class Stage {
  constructor(viewer) {
    this.viewer = viewer;
    this.sheet = make("div", { class: "sheet" });
    this.element = make("div", { class: "stage", tabindex: "0", role: "group", "aria-roledescription": "picture" }, this.sheet);
    this.map = new Minimap(this);
    this.frame = make("div", { class: "frame" }, this.element);
    this.marked = { now: [], chosen: [], found: [], online: [], lit: [] };
    this.#listen();
    const { choices } = viewer;
    choices.watch(["scene"], () => this.rebuild());
    choices.watch(["position", "asking", "touched"], () => this.render());
    choices.watch(["zoom", "presenting", "inspector", "code"], () => this.layout());
    choices.watch(["selection"], () => this.markChosen());
    choices.watch(["hover"], () => this.markReach());
    choices.watch(["found"], () => this.mark("found", viewer.choices.found));
    choices.watch(["line"], () => this.mark("online", viewer.nodesOfLine(viewer.choices.line)));
  }

  rebuild() {
    const { model } = this.viewer;
    this.pictures = [];
    this.picture = null;
    const { title, nodes, steps } = model.scene;
    this.element.setAttribute("aria-label", `${title}: ${nodes.length} nodes, ${steps.length} steps. Left and right step, n and p walk the nodes, ? lists all keys.`);
    this.render();
    this.layout();
  }

  /** Show the picture of the current step as far as it has come. */
  render() {
    const { model, choices, shown } = this.viewer;
    const pass = model.shownPass[choices.position];
    this.pictures[pass] ??= new Picture(model, pass);
    this.pictures[pass].show(shown);
    if (this.picture !== this.pictures[pass]) this.#hang(this.pictures[pass]);
    this.#markNow();
  }

  #hang(picture) {
    for (const kind of Object.keys(this.marked)) this.#unmark(kind);
    this.picture = picture;
    this.sheet.replaceChildren(picture.svg);
    this.element.style.background = picture.ground;
    this.map.rebuild();
    this.markChosen();
    this.mark("found", this.viewer.choices.found);
  }

  #markNow() {
    const { model, choices } = this.viewer;
    const step = choices.touched ? model.step(choices.position) : null;
    this.picture.svg.classList.toggle("backward", step?.backward != null);
    const edges = step?.edges.filter((id) => step.backward === null || model.edges.get(id)?.differentiable) ?? [];
    this.mark("now", step ? [...step.nodes, ...edges] : []);
    this.picture.svg.querySelectorAll(".marks .present").forEach((mark) => mark.remove());
    for (const id of step?.nodes ?? []) {
      const box = this.picture.box(id);
      if (!box) continue;
      this.#ring(box, 4, `present ${step.backward === null ? "value" : "grad"}`);
      const [x, y] = [box.x + box.width / 2, box.y - 5];
      this.picture.marks.append(draw("path", { class: `present flag ${step.backward === null ? "value" : "grad"}`, d: `M${x - 8},${y - 9}h16l-8,11z` }));
    }
    if (step) this.reveal(step.nodes[0]);
  }

  markChosen() {
    const { selection } = this.viewer.choices;
    this.mark("chosen", selection ? [selection] : []);
    this.picture.marks.querySelector(".ring.chosen")?.remove();
    const box = this.viewer.model.nodes.has(selection) ? this.picture.box(selection) : null;
    if (box) this.#ring(box, 8, "chosen");
  }

  markReach() {
    const { model, choices } = this.viewer;
    const reach = choices.hover ? [...model.reach(choices.hover, "into"), ...model.reach(choices.hover, "outOf")] : [];
    this.picture.svg.classList.toggle("tracing", reach.length > 0);
    this.mark("lit", reach);
  }

  /** Give the groups of these cards, and no others, the class `kind`. */
  mark(kind, ids) {
    this.#unmark(kind);
    this.marked[kind] = ids.map((id) => this.picture.groups.get(id)).filter(Boolean);
    for (const group of this.marked[kind]) group.classList.add(kind);
  }

  #unmark(kind) {
    for (const group of this.marked[kind]) group.classList.remove(kind);
    this.marked[kind] = [];
  }

  #ring(box, gap, kind) {
    const place = { x: box.x - gap, y: box.y - gap, width: box.width + 2 * gap, height: box.height + 2 * gap, rx: gap + 4 };
    this.picture.marks.append(draw("rect", { ...place, class: `ring ${kind}` }));
  }

  // -- zoom and scroll

  /** How large a picture stands in a frame of this width, when the reader has not zoomed. */
  scaleIn(width, height) {
    const { picture } = this;
    const whole = Math.min((width - MARGIN) / picture.width, (height - MARGIN) / picture.height, LARGEST_FIT);
    const { zoom, presenting } = this.viewer.choices;
    if (typeof zoom === "number") return zoom;
    const most = presenting ? Math.min((width - MARGIN) / picture.width, (height - MARGIN) / picture.height) : whole;
    return zoom === "whole" ? most : Math.max(most, Math.min(1, SMALLEST_NUMBER / picture.smallest));
  }

  get room() {
    const { presenting } = this.viewer.choices;
    const height = presenting ? this.element.clientHeight : window.innerHeight * 0.56;
    return { width: this.element.clientWidth, height };
  }

  layout() {
    if (!this.picture || !this.element.clientWidth) return;
    this.#placePanels();
    const { width, height } = this.room;
    this.scale = this.scaleIn(width, height);
    this.sheet.style.width = `${this.picture.width * this.scale}px`;
    this.sheet.style.height = `${this.picture.height * this.scale}px`;
    this.map.layout();
    this.viewer.choices.set({ smallest: this.picture.smallest * this.scale });
  }

  /** Panels stand beside the picture where that does not make it smaller, below it elsewhere. */
  #placePanels() {
    const { element, choices } = this.viewer;
    const [wide, height] = [element.clientWidth, this.room.height];
    const isAside = wide >= 900 && this.scaleIn(wide - ASIDE, height) === this.scaleIn(wide, height);
    element.classList.toggle("aside", isAside && (choices.inspector || choices.code) && !choices.presenting);
  }

  /** Zoom by `factor` so that the point of the picture under (x, y) of the frame stays there. */
  zoomBy(factor, x = this.element.clientWidth / 2, y = this.element.clientHeight / 2) {
    const before = this.scale;
    const scale = Math.min(Math.max(before * factor, 0.05), 6);
    const [left, top] = [this.element.scrollLeft + x, this.element.scrollTop + y];
    this.viewer.choices.set({ zoom: scale });
    this.element.scrollTo(left * (scale / before) - x, top * (scale / before) - y);
  }

  /** Scroll the frame, if need be, so that a node is seen. */
  reveal(id) {
    const box = this.map.isNeeded ? this.picture.box(id) : null;
    const matrix = box && this.picture.groups.get(id).getCTM();
    if (!matrix) return;
    const [left, top] = [box.x * matrix.a + matrix.e, box.y * matrix.d + matrix.f];
    const [width, height] = [box.width * matrix.a, box.height * matrix.d];
    const { scrollLeft, scrollTop, clientWidth, clientHeight } = this.element;
    const isSeen = left >= scrollLeft && left + width <= scrollLeft + clientWidth && top >= scrollTop && top + height <= scrollTop + clientHeight;
    if (isSeen) return;
    const behavior = this.viewer.isCalm ? "instant" : "smooth";
    this.element.scrollTo({ left: left + width / 2 - clientWidth / 2, top: top + height / 2 - clientHeight / 2, behavior });
  }

  // -- the pointer

  #listen() {
    const { element, viewer } = this;
    element.addEventListener("click", (event) => this.#click(event));
    element.addEventListener("pointerover", (event) => this.#hover(this.#cardAt(event)));
    element.addEventListener("pointerleave", () => this.#hover(null));
    element.addEventListener("pointerdown", (event) => this.#grab(event));
    element.addEventListener("scroll", () => this.map.follow(), { passive: true });
    element.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    this.sizes = new ResizeObserver(() => viewer.choices.zoom !== "gone" && this.layout());
    this.sizes.observe(element);
  }

  #cardAt(event) {
    const id = event.target.closest?.("g.node, g.edge")?.dataset.card;
    return this.viewer.model.card(id) ? id : null;
  }

  #click(event) {
    if (this.wasDragged) return;
    const id = this.#cardAt(event);
    if (id) this.viewer.select(id);
  }

  #hover(id) {
    clearTimeout(this.hovering);
    this.hovering = setTimeout(() => this.viewer.choices.set({ hover: id }), id ? 120 : 60);
  }

  #grab(event) {
    this.wasDragged = false;
    if (event.button !== 0 || event.pointerType === "touch" || !this.map.isNeeded) return;
    const { element } = this;
    const from = { x: event.clientX + element.scrollLeft, y: event.clientY + element.scrollTop };
    const start = { x: event.clientX, y: event.clientY };
    const drag = (move) => {
      if (!this.wasDragged && Math.hypot(move.clientX - start.x, move.clientY - start.y) < 5) return;
      this.wasDragged = true;
      element.classList.add("dragging");
      element.scrollTo(from.x - move.clientX, from.y - move.clientY);
    };
    const stop = new AbortController();
    const drop = () => (stop.abort(), element.classList.remove("dragging"));
    window.addEventListener("pointermove", drag, { signal: stop.signal });
    for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, drop, { signal: stop.signal });
  }

  #wheel(event) {
    if (!event.ctrlKey && !event.metaKey && !this.viewer.choices.presenting) return;
    event.preventDefault();
    const { left, top } = this.element.getBoundingClientRect();
    this.zoomBy(Math.exp(-event.deltaY / 400), event.clientX - left, event.clientY - top);
  }
}

/** The whole picture in a corner, when the frame shows only a part of it. */
class Minimap {
  constructor(stage) {
    this.stage = stage;
    this.view = draw("rect", { class: "view" });
    this.svg = draw("svg", { "aria-hidden": "true" });
    this.element = make("div", { class: "minimap", hidden: true, onpointerdown: (event) => this.#grab(event) }, this.svg);
    this.element.addEventListener("pointermove", (event) => event.buttons && this.#centre(event));
  }

  get isNeeded() {
    const { element, sheet } = this.stage;
    return sheet.offsetWidth > element.clientWidth + 1 || sheet.offsetHeight > element.clientHeight + 1;
  }

  rebuild() {
    this.svg.replaceChildren();
  }

  layout() {
    this.element.hidden = !this.isNeeded;
    if (this.element.hidden) return;
    const { width, height } = this.stage.picture;
    const size = Math.min(200 / width, 90 / height);
    this.unit = size;
    dress(this.svg, { width: Math.max(width * size, 24), height: Math.max(height * size, 8), preserveAspectRatio: "none" });
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    if (!this.svg.childElementCount) this.#dots();
    this.follow();
  }

  /** Draw where the frame is. */
  follow() {
    if (this.element.hidden) return;
    const { element, scale } = this.stage;
    const seen = { x: element.scrollLeft, y: element.scrollTop, width: element.clientWidth, height: element.clientHeight };
    for (const [name, value] of Object.entries(seen)) this.view.setAttribute(name, value / scale);
  }

  #dots() {
    const { picture, viewer } = this.stage;
    const origin = picture.svg.querySelector("g[data-card]")?.getCTM();
    const toPixels = PIXELS_PER_POINT / (origin ? origin.a : 1);
    for (const { id, kind } of viewer.model.nodes.values()) {
      const box = picture.box(id);
      if (!box) continue;
      const [x, y] = [box.x * PIXELS_PER_POINT + origin.e * toPixels, box.y * PIXELS_PER_POINT + origin.f * toPixels];
      this.svg.append(draw("rect", { class: kind, x, y, width: box.width * PIXELS_PER_POINT, height: box.height * PIXELS_PER_POINT }));
    }
    this.svg.append(this.view);
  }

  #grab(event) {
    this.element.setPointerCapture(event.pointerId);
    this.#centre(event);
  }

  #centre(event) {
    const { left, top, width, height } = this.svg.getBoundingClientRect();
    const { element, sheet } = this.stage;
    const [x, y] = [(event.clientX - left) / width, (event.clientY - top) / height];
    element.scrollTo(x * sheet.offsetWidth - element.clientWidth / 2, y * sheet.offsetHeight - element.clientHeight / 2);
  }
}

// ---------------------------------------------------------------------------------------------------- the step bar

const SPEEDS = [0.5, 1, 2, 4];
const SLIDE_POINTS = 960; // a slide of 13.33 inches
const LEGIBLE_POINTS = 18;
const BEAT = 1200; // milliseconds of a step at speed 1

/** First, back, play, next, last; the slider with its parts and chapters; and what else can be opened. */
class Bar {
  constructor(viewer) {
    this.viewer = viewer;
    const { choices } = viewer;
    this.playButton = iconButton("play", "Play (Space)", () => viewer.togglePlay());
    this.count = make("span", { class: "count" });
    this.range = make("input", { type: "range", min: "0", step: "1", "aria-label": "Step", oninput: () => viewer.go(this.range.valueAsNumber) });
    this.track = make("div", { class: "track", "aria-hidden": "true" });
    this.chapters = make("div", { class: "chapters" });
    const slider = make("div", { class: "slider" }, this.track, this.range, this.chapters);
    this.speed = make("select", { class: "speed", title: "Speed", "aria-label": "Speed", onchange: () => choices.set({ speed: Number(this.speed.value) }) },
      SPEEDS.map((speed) => make("option", { value: speed, text: `${speed}×` })));
    this.toggles = {
      predict: iconButton("predict", "Predict, then reveal", () => choices.set({ predict: !choices.predict })),
      find: iconButton("find", "Find (/)", () => viewer.toggle("find")),
      code: iconButton("code", "Code (c)", () => viewer.toggle("code")),
      inspector: iconButton("inspector", "Inspector (i)", () => viewer.toggle("inspector")),
      presenting: iconButton("present", "Present (f)", () => viewer.present(!choices.presenting)),
      more: iconButton("more", "More", () => viewer.toggle("more"), { "aria-haspopup": "true" }),
    };
    this.meter = make("button", { type: "button", class: "meter", hidden: true, onclick: () => viewer.enlarge() });
    const steps = make("div", { class: "keys", role: "group", "aria-label": "Steps" },
      iconButton("first", "First (Home)", () => viewer.go(0)),
      iconButton("back", "Back (←)", () => viewer.back()),
      this.playButton,
      iconButton("next", "Next (→)", () => viewer.next()),
      iconButton("last", "Last (End)", () => viewer.go(viewer.model.count)));
    const zoom = make("div", { class: "keys", role: "group", "aria-label": "Zoom" },
      iconButton("minus", "Smaller (−)", () => viewer.stage.zoomBy(1 / ZOOM_STEP)),
      iconButton("fit", "Fit (0)", () => viewer.fit()),
      iconButton("plus", "Larger (+)", () => viewer.stage.zoomBy(ZOOM_STEP)));
    const tools = make("div", { class: "keys tools", role: "group", "aria-label": "Tools" }, Object.values(this.toggles));
    this.element = make("div", { class: "bar", role: "toolbar", "aria-label": "Steps of the run" }, steps, slider, this.count, this.speed, zoom, this.meter, tools);
    choices.watch(["scene"], () => this.rebuild());
    choices.watch(["position"], () => this.render());
    choices.watch(["smallest", "presenting"], () => this.#showLegibility());
    choices.watch(["playing"], () => this.#showPlaying());
    choices.watch(["speed"], () => (this.speed.value = String(choices.speed)));
    choices.watch(Object.keys(this.toggles), () => this.#showToggles());
    this.speed.value = String(choices.speed);
    this.#showToggles();
  }

  rebuild() {
    const { model } = this.viewer;
    this.range.max = String(model.count);
    this.track.replaceChildren(...model.parts().map((part) => this.#part(part)));
    this.chapters.replaceChildren(...model.scene.chapters.map((chapter, at) => this.#chapter(chapter, at)));
    this.render();
  }

  render() {
    const { model, choices } = this.viewer;
    this.range.value = String(choices.position);
    this.range.setAttribute("aria-valuetext", `Step ${choices.position} of ${model.count}`);
    this.count.textContent = `${choices.position} / ${model.count}`;
    this.track.style.setProperty("--done", model.count ? choices.position / model.count : 1);
    const { chapters } = model.scene;
    [...this.chapters.children].forEach((button, at) => {
      const isHere = choices.position > chapters[at].step && choices.position <= (chapters[at + 1]?.step ?? model.count);
      button.setAttribute("aria-current", isHere ? "step" : "false");
    });
  }

  #part({ backward, from, to }) {
    const { count } = this.viewer.model;
    return make("span", { class: backward === null ? "part value" : "part grad", style: `--from:${from / count};--to:${to / count}` });
  }

  #chapter(chapter, at) {
    const { model } = this.viewer;
    const { chapters, passes } = model.scene;
    const isBack = chapter.backward !== null;
    const number = isBack && passes.length > 1 ? ` ${chapter.backward + 1}` : "";
    const title = `${chapter.title}${number}`;
    const end = chapters[at + 1]?.step ?? model.count;
    return make("button", {
      type: "button", class: isBack ? "chapter grad" : "chapter value", text: title, title: isBack ? passes[chapter.backward] : title,
      style: `--from:${chapter.step / model.count};--to:${end / model.count}`, onclick: () => this.viewer.go(chapter.step + 1),
    });
  }

  #showPlaying() {
    const { playing } = this.viewer.choices;
    this.playButton.replaceChildren(icon(playing ? "pause" : "play"));
    const label = playing ? "Pause (Space)" : "Play (Space)";
    dress(this.playButton, { "aria-label": label, title: label });
  }

  /** How large the smallest number is on the screen of a lecture hall. */
  #showLegibility() {
    const { presenting, smallest } = this.viewer.choices;
    this.meter.hidden = !presenting;
    const points = (smallest * SLIDE_POINTS) / window.innerWidth;
    const isSmall = points < LEGIBLE_POINTS - 0.05;
    this.meter.classList.toggle("warning", isSmall);
    this.meter.textContent = isSmall ? `⚠ smallest number ${points.toFixed(0)} pt: enlarge to ${LEGIBLE_POINTS} pt` : `✓ smallest number ${points.toFixed(0)} pt`;
    this.meter.title = "In points of a projected slide that is 13.33 inches wide";
  }

  #showToggles() {
    for (const [name, button] of Object.entries(this.toggles)) button.setAttribute("aria-pressed", String(Boolean(this.viewer.choices[name])));
  }
}

// ---------------------------------------------------------------------------------------------------- the arithmetic

const MOST_TERMS = 6;
const word = (text, kind = "sign") => ({ text, kind });

/** What a backward step reckons, as rows of words: along each edge, and what has arrived where edges meet. */
function reckoning(model, position, element) {
  const step = model.step(position);
  if (!step || step.backward === null) return [];
  const edges = step.edges.map((id) => model.edges.get(id)).filter((edge) => edge?.differentiable);
  const meeting = [...new Set([...edges.map((edge) => edge.source), step.nodes[0]])];
  return [
    ...edges.map((edge) => sentRow(model, edge, step.backward, element)),
    ...meeting.map((id) => metRow(model, id, step, position, element)),
  ].filter(Boolean);
}

/** `2 × 32 = 64`: upstream, local derivative and what goes down one edge, for one element of it. */
function sentRow(model, edge, pass, element) {
  const sent = model.tensor(edge.grads[pass]);
  const elements = elementsOf(sent);
  if (!elements?.length) return null;
  const at = Math.min(element, elements.length - 1);
  const terms = productTerms(model, edge, pass, at, elements.length);
  const said = terms ? productWords(model, terms) : receivedWords(model, edge, pass, at, sent);
  if (!said) return null;
  const label = word(`to ${model.title(edge.source)}${elementText(at, sent.shape)}`, "label");
  return { shape: sent.shape, words: [label, ...said, word(model.text(elements[at]), "grad")] };
}

/** The pairs of upstream and local derivative whose products add up to element `at` of what is sent. */
function productTerms(model, edge, pass, at, length) {
  const outputs = model.nodes.get(edge.target)?.outputs ?? [];
  const local = model.tensor(edge.locals?.[pass]);
  const upstream = outputs.length === 1 ? model.tensor(outputs[0].grads[pass]) : null;
  const [given, rows] = [elementsOf(upstream), elementsOf(local)];
  if (!given || !rows || given.length * length !== rows.length || isComplex(upstream) || isComplex(local)) return null;
  const pairs = given.map((number, row) => [number, rows[row * length + at]]).filter(([, slope]) => slope !== 0);
  const counting = pairs.filter(([number]) => number !== 0);
  return counting.length ? counting : pairs.slice(0, 1);
}

function productWords(model, terms) {
  if (!terms.length) return [word("0 =")];
  const words = terms.slice(0, MOST_TERMS).flatMap(([given, slope], at) => [
    ...(at ? [word("+")] : []),
    word(model.text(given), "grad"),
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

/** `64 + 12 + …`: what has arrived so far at a node to which several gradients come. */
function metRow(model, id, step, position, element) {
  const all = model.nodes.get(id)?.passes[step.backward]?.contributions ?? [];
  const contributions = all.filter(({ output }) => output === all[0].output);
  const isSaid = id === step.nodes[0] && model.tensor(contributions[0]?.tensor)?.shape.length === 0;
  if (contributions.length < 2 || isSaid) return null;
  const arrived = contributions.filter(({ edge }) => edge === null || model.edges.get(edge)?.grad_steps[step.backward] <= position);
  const shape = model.tensor(arrived[0]?.tensor)?.shape;
  const numbers = arrived.map(({ tensor }) => elementsOf(model.tensor(tensor)));
  if (!shape || numbers.some((row) => !row?.length)) return null;
  const at = Math.min(element, numbers[0].length - 1);
  const isWhole = arrived.length === contributions.length;
  const sum = numbers.reduce((total, row) => total + asNumber(row[at]), 0);
  const terms = numbers.flatMap((row, place) => [...(place ? [word("+")] : []), word(bracketed(model.text(row[at]), place), "grad")]);
  const end = isWhole ? [word("="), word(model.text(sum), "grad")] : [word("+ …")];
  return { shape, words: [word(`${model.title(id)}${elementText(at, shape)} so far`, "label"), ...terms, ...end] };
}

const bracketed = (text, place = 1) => (place && text.startsWith("−") ? `(${text})` : text);
const elementText = (flat, shape) => (shape.length ? ` [${indexOf(flat, shape).join(", ")}]` : "");

/** The next number a reader can be asked for: of a forward step what is computed, of a backward step what is sent. */
function questionOf(model, position, element) {
  const step = model.step(position);
  const node = model.nodes.get(step?.nodes[0]);
  if (!node) return null;
  const edge = step.backward === null ? null : step.edges.map((id) => model.edges.get(id)).find((row) => elementsOf(model.tensor(row?.grads[step.backward])));
  const output = node.outputs[0];
  const tensor = model.tensor(edge ? edge.grads[step.backward] : step.backward === null ? output?.value : output?.grads[step.backward]);
  const elements = elementsOf(tensor);
  if (!elements?.length || isComplex(tensor)) return null;
  const at = Math.min(element, elements.length - 1);
  const name = step.backward === null ? node.label : model.title(node.id);
  const deed = edge ? `send to ${model.title(edge.source)}` : step.backward === null ? "give" : "collect";
  const place = tensor.shape.length ? `, element${elementText(at, tensor.shape)}` : "";
  return { words: `What does ${name} ${deed}${place}?`, answer: asNumber(elements[at]), shape: tensor.shape };
}

/** The number that a reader typed, with a decimal comma or a true minus too; `null` for anything else. */
export function typedNumber(text) {
  const plain = text.trim().replace("−", "-").replace(",", ".").toLowerCase();
  const [, above, below] = /^([^/]+)\/([^/]+)$/.exec(plain) ?? [];
  if (above) return typedNumber(above) === null || typedNumber(below) === null ? null : typedNumber(above) / typedNumber(below);
  if (plain in NOT_FINITE) return NOT_FINITE[plain];
  return plain === "" || Number.isNaN(Number(plain)) ? null : Number(plain);
}

/** What is said of a guess: right within the digits shown, or how far off. */
function verdictOn(guess, answer, model) {
  const told = model.text(answer);
  const unit = answer && Number.isFinite(answer) ? 10 ** (Math.floor(Math.log10(Math.abs(answer))) - model.scene.digits + 1) : 0;
  const isRight = Object.is(guess, answer) || model.text(guess) === told || Math.abs(guess - answer) <= unit;
  if (isRight) return { isRight, text: `Right, ${told}.` };
  const off = Math.abs(guess - answer);
  const far = Number.isFinite(off) ? ` You said ${model.text(guess)}: ${model.text(off)} too ${guess > answer ? "high" : "low"}.` : "";
  return { isRight, text: `It is ${told}.${far}` };
}

// ---------------------------------------------------------------------------------------------------- the story

/** The sentence of the step, its arithmetic, and the question of a reader who predicts. */
class Story {
  constructor(viewer) {
    this.viewer = viewer;
    this.verdict = make("p", { class: "verdict", role: "status" });
    this.words = make("p", { class: "words", "aria-live": "polite" });
    this.sums = make("div", { class: "sums" });
    this.element = make("div", { class: "story" }, this.verdict, this.words, this.sums);
    viewer.choices.watch(["scene", "position", "asking", "verdict", "touched", "element"], () => this.render());
  }

  render() {
    const { model, choices } = this.viewer;
    this.verdict.textContent = choices.verdict?.text ?? "";
    this.verdict.className = choices.verdict ? `verdict ${choices.verdict.isRight ? "right" : "wrong"}` : "verdict";
    if (choices.asking) return this.#ask();
    this.words.textContent = this.#sentence();
    const rows = choices.touched ? reckoning(model, choices.position, choices.element) : [];
    const chosen = rows.map(({ shape }) => shape).find((shape) => sizeOf(shape) > 1);
    this.sums.replaceChildren(...(chosen ? [this.#chooser(chosen)] : []), ...rows.map(({ words }) => sumRow(words)));
  }

  #sentence() {
    const { model, choices } = this.viewer;
    const forward = model.scene.steps.filter(({ backward }) => backward === null).length;
    if (!choices.touched) {
      const back = model.count - forward;
      return model.count ? `${model.count} steps, ${forward} forward${back ? ` and ${back} back` : ""}. Play them, or step with the arrow keys.` : "Nothing was computed.";
    }
    return model.step(choices.position)?.words ?? "Nothing has been computed yet.";
  }

  #ask() {
    const { viewer } = this;
    const question = questionOf(viewer.model, viewer.choices.position, viewer.choices.element);
    if (!question) return viewer.answer(null);
    const field = make("input", { type: "text", inputmode: "decimal", autocomplete: "off", "aria-label": "Your guess", placeholder: "your guess" });
    const submit = (event) => {
      event.preventDefault();
      const guess = typedNumber(field.value);
      if (guess === null && field.value.trim()) return field.setAttribute("aria-invalid", "true");
      return viewer.answer(guess === null ? null : verdictOn(guess, question.answer, viewer.model));
    };
    this.words.textContent = question.words;
    const form = make("form", { class: "guess", onsubmit: submit }, field, make("button", { type: "submit", class: "plain", text: "Reveal" }));
    this.sums.replaceChildren(form);
    if (!viewer.choices.presenting && viewer.hasFocus) field.focus({ preventScroll: true });
  }

  /** Fields for the index of the element that is reckoned with. */
  #chooser(shape) {
    const { choices } = this.viewer;
    const at = indexOf(Math.min(choices.element, sizeOf(shape) - 1), shape);
    const fields = shape.map((length, axis) => make("input", {
      type: "number", min: "0", max: length - 1, value: at[axis], "aria-label": `Index ${axis + 1} of the element`,
      onchange: (event) => {
        const place = Math.min(Math.max(Math.round(event.target.valueAsNumber || 0), 0), length - 1);
        choices.set({ element: flatOf(at.map((old, i) => (i === axis ? place : old)), shape) });
      },
    }));
    return make("span", { class: "chooser" }, make("span", { text: "element" }), fields);
  }
}

const sumRow = (words) => make("span", { class: "sum" }, words.map(({ text, kind }) => make("span", { class: kind, text })));

// ---------------------------------------------------------------------------------------------------- tensors to look at

const TABLE_SIDE = 8;
const STRIP = 16;
const DIVERGING = ["#542788", "#998ec3", "#d8daeb", "#f7f7f7", "#fee0b6", "#f1a340", "#b35806"].map((ink) =>
  [1, 3, 5].map((at) => parseInt(ink.slice(at, at + 2), 16)));

/** Purple below zero, orange above: the colour of `share` between −1 and 1. */
function heatColour(share) {
  const place = ((share + 1) / 2) * (DIVERGING.length - 1);
  const low = Math.min(Math.floor(place), DIVERGING.length - 2);
  const mixed = DIVERGING[low].map((part, at) => Math.round(part + (DIVERGING[low + 1][at] - part) * (place - low)));
  return `rgb(${mixed.join(" ")})`;
}

/** A tensor as a number, a table or a heat map, with what it is and its statistics. */
function tensorView(viewer, tensor, ink) {
  if (!tensor) return make("p", { class: "unseen-note", text: "not seen" });
  const facts = `${shapeText(tensor.shape)} ${tensor.dtype}${tensor.device === "cpu" ? "" : ` on ${tensor.device}`}`;
  const head = make("div", { class: "tensor-head" }, make("span", { text: facts }), copyPythonButton(tensor));
  return make("div", { class: `tensor ${ink}` }, tensorBody(viewer, tensor), head);
}

function copyPythonButton(tensor) {
  const code = pythonText(tensor);
  if (code === null) return null;
  const button = make("button", { type: "button", class: "plain small", text: "Copy as Python", onclick: async () => {
    button.textContent = (await copyText(code, button)) ? "Copied" : "Press Ctrl+C";
    setTimeout(() => (button.textContent = "Copy as Python"), 1600);
  } });
  return button;
}

function tensorBody(viewer, tensor) {
  const { model } = viewer;
  const size = sizeOf(tensor.shape);
  if (size === 0) return make("p", { class: "unseen-note", text: "no elements" });
  if (tensor.data === null) return heatMap(viewer, tensor, (tensor.grid ?? []).map((row) => row.map((number) => ({ number }))), "of its own elements, evenly spaced");
  if (tensor.shape.length === 0) return make("p", { class: "scalar", text: model.text(tensor.data) });
  const elements = elementsOf(tensor);
  const [rows, columns] = tensor.shape.length === 1 ? [1, size] : tensor.shape.slice(-2);
  const slices = size / (rows * columns);
  const show = (slice) => {
    const cells = cellsOf(elements, rows, columns, slice * rows * columns);
    const isTable = rows <= TABLE_SIDE && columns <= TABLE_SIDE;
    return isTable ? numberTable(viewer, tensor, cells) : heatMap(viewer, tensor, rows === 1 ? wrapped(cells[0]) : cells);
  };
  return slices === 1 ? show(0) : sliced(tensor.shape, slices, show);
}

const cellsOf = (elements, rows, columns, start) =>
  Array.from({ length: rows }, (_, row) => Array.from({ length: columns }, (_, column) => {
    const flat = start + row * columns + column;
    return { number: elements[flat], flat };
  }));

const wrapped = (row) => Array.from({ length: Math.ceil(row.length / STRIP) }, (_, at) => row.slice(at * STRIP, (at + 1) * STRIP));

/** One slice of the last two dimensions, and a field to choose which. */
function sliced(shape, count, show) {
  const body = make("div", {}, show(0));
  const leading = shape.slice(0, -2);
  const name = make("span", { text: `[${indexOf(0, leading).join(", ")}]` });
  const field = make("input", { type: "range", min: "0", max: count - 1, value: "0", "aria-label": "Slice", oninput: () => {
    name.textContent = `[${indexOf(field.valueAsNumber, leading).join(", ")}]`;
    body.replaceChildren(show(field.valueAsNumber));
  } });
  return make("div", {}, make("label", { class: "slice" }, "slice ", name, field), body);
}

function numberTable(viewer, tensor, cells) {
  const { model, choices } = viewer;
  const cell = ({ number, flat }) => make("td", {}, make("button", {
    type: "button", class: flat === choices.element ? "cell picked" : "cell", text: model.text(number), title: `element [${indexOf(flat, tensor.shape).join(", ")}]`,
    onclick: () => choices.set({ element: flat }),
  }));
  return make("div", { class: "scroll" }, make("table", { class: "numbers" }, make("tbody", {}, cells.map((row) => make("tr", {}, row.map(cell))))), statistics(model, tensor));
}

function statistics(model, { stats }) {
  const words = ["min", "mean", "max", "norm"].filter((name) => stats[name] !== null).map((name) => `${name} ${model.text(stats[name])}`);
  const odd = ["nan", "inf"].filter((name) => stats[name]).map((name) => `${stats[name]} ${name}`);
  return make("p", { class: "stats", text: [...words, ...odd].join(" · ") });
}

/** Cells of colour, a bar that says what the colours mean, and the number under the pointer. */
function heatMap(viewer, tensor, cells, note = "") {
  const { model, choices } = viewer;
  if (!cells.length) return statistics(model, tensor);
  const finite = cells.flat().map(({ number }) => Math.abs(isComplex(tensor) ? NaN : asNumber(number))).filter(Number.isFinite);
  const most = Math.max(...finite, Number.MIN_VALUE);
  const side = Math.max(3, Math.min(20, Math.floor(288 / cells[0].length), Math.floor(220 / cells.length)));
  const canvas = make("canvas", { class: "heat", role: "img", "aria-label": `Heat map. ${statistics(model, tensor).textContent}` });
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
  canvas.addEventListener("click", (event) => cellAt(event)?.flat !== undefined && choices.set({ element: cellAt(event).flat }));
  return make("div", {}, canvas, colourBar(model, finite.length ? tensor.stats : null, most), readout, statistics(model, tensor));
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
  cells.forEach((row, y) => row.forEach(({ number }, x) => {
    const value = Array.isArray(number) ? NaN : asNumber(number);
    brush.fillStyle = Number.isFinite(value) ? heatColour(value / most) : "#111827";
    brush.fillRect(x * side, y * side, side - gap, side - gap);
  }));
}

/** From the least to the most, with zero where it lies. */
function colourBar(model, stats, most) {
  if (!stats || stats.min === null) return null;
  const [low, high] = [Math.min(stats.min, 0), Math.max(stats.max, 0)];
  const stops = Array.from({ length: 13 }, (_, at) => heatColour(Math.max(-1, Math.min(1, (low + ((high - low) * at) / 12) / most))));
  const zero = high > low ? (-low / (high - low)) * 100 : 50;
  const labels = [[0, low], [zero, 0], [100, high]].filter(([at, number], index, all) => index === 1 || all[1][0] !== at || number !== 0);
  return make("div", { class: "colours" },
    make("div", { class: "ramp", style: `background:linear-gradient(90deg,${stops.join(",")})` }),
    labels.map(([at, number]) => make("span", { class: at < 15 ? "left" : at > 85 ? "right" : "", style: `left:${at}%`, text: model.text(number) })));
}

/** Put a text on the clipboard; where that is forbidden, select it for the reader to copy. */
async function copyText(text, beside) {
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

// ---------------------------------------------------------------------------------------------------- the inspector

/** Everything that is known of the selected node or edge, as far as the run has come. */
class Inspector {
  constructor(viewer) {
    this.viewer = viewer;
    this.body = make("div", { class: "panel-body" });
    this.title = make("h3", {});
    this.element = make("section", { class: "panel inspector", "aria-label": "Inspector", hidden: true },
      make("header", {}, this.title, iconButton("close", "Close the inspector", () => viewer.choices.set({ inspector: false }))), this.body);
    viewer.choices.watch(["scene", "selection", "position", "asking", "inspector", "element"], () => this.render());
  }

  render() {
    const { model, choices, shown } = this.viewer;
    this.element.hidden = !choices.inspector;
    if (!choices.inspector) return;
    const card = model.card(choices.selection);
    this.pass = model.shownPass[choices.position];
    const key = card && JSON.stringify([card.id, this.pass, choices.element, this.#arrived(card), shown >= card.value_step, shown >= card.grad_steps[this.pass]]);
    if (key === this.key && this.scene === model.scene) return;
    Object.assign(this, { key, scene: model.scene });
    const isNode = card && model.nodes.has(card.id);
    this.title.textContent = !card ? "Inspector" : isNode ? model.title(card.id) : `${model.title(card.source)} → ${model.title(card.target)}`;
    this.body.replaceChildren(...(!card ? [this.#hint()] : isNode ? this.#node(card) : this.#edge(card)));
  }

  #hint() {
    return make("p", { class: "hint", text: "Click a node or an arrow of the picture; or give the picture the focus and press n." });
  }

  #arrived(card) {
    const contributions = card.passes?.[this.pass]?.contributions ?? [];
    return contributions.filter(({ edge }) => edge === null || this.viewer.shown >= this.viewer.model.edges.get(edge)?.grad_steps[this.pass]).length;
  }

  #node(node) {
    const { model } = this.viewer;
    const facts = factList([
      ["does", node.kind === "leaf" ? "a leaf: collects gradients" : node.label],
      ["stands for", node.members > 1 ? `${node.members} nodes` : null],
      ["operator", node.operator],
      ["autograd", node.autograd === node.label ? null : node.autograd],
      ["module", node.module],
      ["type", node.outputs.map(({ type }) => type).join(", ")],
      ["line", node.line === null ? null : this.viewer.lineButton(node.line)],
    ]);
    const many = node.outputs.length > 1;
    const outputs = node.outputs.flatMap((output, at) => [
      this.#section(`Value${many ? ` of output ${at}` : ""}`, "value", output.value, node.value_step),
      ...this.#grad(output.grads[this.pass], node, many ? ` of output ${at}` : ""),
      ...this.#hooked(output, node),
    ]);
    return [facts, make("div", { class: "sections" }, outputs, this.#contributions(node), this.#accumulated(node), this.#saved(node, model))];
  }

  #edge(edge) {
    const local = edge.locals?.[this.pass];
    return [
      factList([
        ["from", this.#link(edge.source)],
        ["to", this.#link(edge.target)],
        ["as", edge.argument || null],
        ["slot", edge.slot],
        ["output", edge.output || null],
        ["stands for", edge.merged > 1 ? `${edge.merged} edges` : null],
        ["gradient", edge.differentiable ? null : "none goes back along it"],
      ]),
      make("div", { class: "sections" },
        this.#section("Value going forward", "value", edge.value, edge.value_step),
        ...(edge.differentiable ? this.#grad(edge.grads[this.pass], edge, " coming back") : []),
        local !== null && local !== undefined ? this.#section("Local derivative", "local", local, edge.grad_steps[this.pass] ?? 0) : null),
    ];
  }

  #link(id) {
    return make("button", { type: "button", class: "link", text: this.viewer.model.title(id), onclick: () => this.viewer.select(id) });
  }

  #grad(index, card, more) {
    const { passes } = this.viewer.model.scene;
    if (!passes.length) return [];
    const step = card.grad_steps[this.pass] ?? null;
    const title = `Gradient${more}${passes.length > 1 ? ` · pass ${this.pass + 1}` : ""}`;
    if (step === null) return [];
    return [this.#section(title, "grad", index, step)];
  }

  #hooked(output, node) {
    const sum = output.sums[this.pass] ?? null;
    if (sum === null || sum === output.grads[this.pass]) return [];
    return [this.#section("Gradient before hooks", "grad", sum, node.grad_steps[this.pass] ?? 0)];
  }

  /** A titled tensor, or when it will be known. */
  #section(title, ink, index, step) {
    const { viewer } = this;
    const isKnown = viewer.shown >= step;
    const later = () => make("button", { type: "button", class: "link", text: `comes in step ${step}`, onclick: () => viewer.go(step) });
    return make("section", {}, make("h4", { class: ink, text: title }), isKnown ? tensorView(viewer, viewer.model.tensor(index), ink) : later());
  }

  #contributions(node) {
    const { model, shown } = this.viewer;
    const contributions = node.passes[this.pass]?.contributions ?? [];
    if (!contributions.length || (contributions.length === 1 && contributions[0].edge !== null && node.kind !== "leaf")) return null;
    const row = ({ edge, tensor }) => {
      const card = model.edges.get(edge);
      const isKnown = card ? shown >= card.grad_steps[this.pass] : shown >= (node.grad_steps[this.pass] ?? 0);
      return make("li", {}, card ? this.#link(card.target) : make("span", { text: "seed" }), make("span", { class: isKnown ? "grad number" : "later", text: isKnown ? model.brief(tensor) : "not yet" }));
    };
    const total = shown >= (node.grad_steps[this.pass] ?? Infinity) && contributions.length > 1 ? node.outputs[0]?.sums[this.pass] ?? node.outputs[0]?.grads[this.pass] : null;
    return make("section", {}, make("h4", { class: "grad", text: "Arrived from" }), make("ul", { class: "rows" }, contributions.map(row),
      total === null || total === undefined ? null : make("li", { class: "total" }, make("span", { text: "sum" }), make("span", { class: "grad number", text: model.brief(total) }))));
  }

  #accumulated(node) {
    const { model, shown } = this.viewer;
    const pass = node.passes[this.pass];
    if (node.kind !== "leaf" || !pass || (pass.before === null && pass.after === null)) return null;
    const isKnown = shown >= (node.grad_steps[this.pass] ?? 0);
    const rows = [["before", pass.before === null ? "None" : model.brief(pass.before)], ["after", isKnown ? model.brief(pass.after) : "not yet"]];
    return make("section", {}, make("h4", { class: "grad", text: ".grad of the leaf" }), make("ul", { class: "rows" }, rows.map(([name, text]) =>
      make("li", {}, make("span", { text: name }), make("span", { class: "grad number", text })))));
  }

  #saved(node, model) {
    if (!node.saved.length) return null;
    return make("section", {}, make("h4", { text: "Saved for backward" }), make("ul", { class: "rows" }, node.saved.map(({ name, tensor, version }) =>
      make("li", {}, make("span", { text: name }), make("span", { class: "number", text: model.brief(tensor) }), version === null ? null : make("span", { class: "version", text: `version ${version}` })))));
  }
}

function factList(rows) {
  const kept = rows.filter(([, fact]) => fact !== null && fact !== undefined && fact !== "");
  return make("dl", { class: "facts" }, kept.map(([name, fact]) => make("div", {}, make("dt", { text: name }), make("dd", {}, fact instanceof Node ? fact : String(fact)))));
}

// ---------------------------------------------------------------------------------------------------- the program

/** The program, read-only: a line lights its nodes, the selected node its line. */
class Listing {
  constructor(viewer) {
    this.viewer = viewer;
    this.list = make("ol", { class: "lines" });
    this.element = make("section", { class: "panel code", "aria-label": "Code", hidden: true },
      make("header", {}, make("h3", { text: "Code" }), iconButton("close", "Close the code", () => viewer.choices.set({ code: false }))),
      make("div", { class: "panel-body" }, this.list));
    viewer.choices.watch(["scene"], () => this.rebuild());
    viewer.choices.watch(["selection", "position", "touched", "code", "hover"], () => this.render());
  }

  rebuild() {
    const { model } = this.viewer;
    const { lines, hidden_lines: hidden } = model.scene;
    this.rows = new Map();
    this.list.replaceChildren(...lines.slice(hidden).map((text, at) => this.#row(text, at + hidden + 1)));
    this.render();
  }

  render() {
    const { model, choices } = this.viewer;
    this.element.hidden = !choices.code;
    if (!choices.code) return;
    const step = choices.touched ? model.step(choices.position) : null;
    this.#only("now", step?.line);
    this.#only("here", model.nodes.get(choices.selection)?.line);
    this.#only("hovered", model.nodes.get(choices.hover)?.line);
    (this.rows.get(model.nodes.get(choices.selection)?.line) ?? this.rows.get(step?.line))?.scrollIntoView?.({ block: "nearest" });
  }

  #row(text, line) {
    const { viewer } = this;
    const ids = viewer.nodesOfLine(line);
    const light = (lit) => () => viewer.choices.set({ line: lit });
    const open = () => viewer.select(ids[(ids.indexOf(viewer.choices.selection) + 1) % ids.length]);
    const listeners = ids.length
      ? { tabindex: "0", role: "button", onpointerenter: light(line), onpointerleave: light(null), onfocus: light(line), onblur: light(null), onclick: open, onkeydown: (event) => event.key === "Enter" && open() }
      : {};
    const row = make("li", { class: ids.length ? "line live" : "line" });
    row.append(make("span", { class: "gutter", text: line - viewer.model.scene.hidden_lines }), make("code", { text, ...listeners }));
    this.rows.set(line, row);
    return row;
  }

  #only(kind, line) {
    this.list.querySelector(`.${kind}`)?.classList.remove(kind);
    this.rows.get(line)?.classList.add(kind);
  }
}

// ---------------------------------------------------------------------------------------------------- search

/** A field that finds nodes by what they are called, by what they do or by their line. */
class Finder {
  constructor(viewer) {
    this.viewer = viewer;
    this.field = make("input", { type: "search", placeholder: "name, operator or line 12", "aria-label": "Find nodes", oninput: () => this.#search(), onkeydown: (event) => this.#key(event) });
    this.count = make("span", { class: "count", role: "status" });
    this.element = make("div", { class: "finder", role: "search", hidden: true }, icon("find"), this.field, this.count,
      iconButton("back", "Previous match (Shift+Enter)", () => this.#walk(-1)),
      iconButton("next", "Next match (Enter)", () => this.#walk(1)),
      iconButton("close", "Close the search", () => viewer.choices.set({ find: false })));
    viewer.choices.watch(["find"], () => this.render());
    viewer.choices.watch(["scene"], () => this.#search());
  }

  render() {
    const { find } = this.viewer.choices;
    this.element.hidden = !find;
    if (find) this.field.select(), this.field.focus({ preventScroll: true });
    this.#search();
  }

  #search() {
    const { choices, model } = this.viewer;
    this.ids = choices.find ? matches(model, this.field.value) : [];
    this.at = -1;
    choices.set({ found: this.ids });
    this.#count();
  }

  #walk(by) {
    if (!this.ids.length) return;
    this.at = this.at < 0 && by < 0 ? this.ids.length - 1 : (this.at + by + this.ids.length) % this.ids.length;
    this.viewer.select(this.ids[this.at]);
    this.#count();
  }

  #count() {
    const total = this.ids.length;
    this.count.textContent = !this.field.value.trim() ? "" : !total ? "none" : this.at < 0 ? `${total} found` : `${this.at + 1} of ${total}`;
  }

  #key(event) {
    if (event.key === "Enter") event.preventDefault(), this.#walk(event.shiftKey ? -1 : 1);
    if (event.key === "Escape") this.viewer.choices.set({ find: false }), this.viewer.stage.element.focus({ preventScroll: true });
  }
}

/** The nodes that a query finds, in the order of the run. */
function matches(model, query) {
  const sought = query.trim().toLowerCase();
  if (!sought) return [];
  const [, line] = /^line\s*(\d+)$/.exec(sought) ?? [];
  const isFound = line
    ? (node) => node.line === Number(line) + model.scene.hidden_lines
    : (node) => [node.name, node.label, node.operator, node.autograd, node.module].some((text) => text?.toLowerCase().includes(sought));
  return [...model.nodes.values()].filter(isFound).map(({ id }) => id);
}

// ---------------------------------------------------------------------------------------------------- more

const KEYS = [
  ["← →  or  PageUp PageDown", "step back, step on"],
  ["Home  End", "before the first step, the last step"],
  ["Space", "play, pause"],
  ["n  p", "select the next, the previous node"],
  ["e", "select the next edge of the selected node"],
  ["Enter", "select what the step is about"],
  ["+  −  0", "larger, smaller, fit; or Ctrl and the wheel"],
  ["/  c  i", "search, code, inspector"],
  ["f", "present"],
  ["Esc", "leave, close, select nothing"],
];

/** What is asked for less often. */
class More {
  constructor(viewer) {
    this.viewer = viewer;
    const { choices } = viewer;
    const item = (text, press) => make("button", { type: "button", class: "item", text, onclick: () => (choices.set({ more: false }), press()) });
    this.said = make("p", { class: "said", role: "status" });
    this.element = make("div", { class: "more", hidden: true }, 
      item("Actual size (100 %)", () => choices.set({ zoom: 1 })),
      item("Whole picture", () => choices.set({ zoom: "whole" })),
      item("Copy picture", () => viewer.copyPicture()),
      item("Pin this run, to compare the next with it", () => choices.set({ pinned: viewer.model.scene })),
      make("h4", { text: "Keys, while the picture has the focus" }),
      make("dl", { class: "help" }, KEYS.flatMap(([keys, deed]) => [make("dt", { text: keys }), make("dd", { text: deed })])));
    choices.watch(["more"], () => (this.element.hidden = !choices.more));
  }
}

// ---------------------------------------------------------------------------------------------------- a copy

/** The SVG of a picture as it is shown, with what a file needs to look the same. */
function pictureSource(picture, style, fonts) {
  const copy = picture.svg.cloneNode(true);
  copy.querySelectorAll(".hit, .ring.chosen").forEach((part) => part.remove());
  dress(copy, { width: picture.width, height: picture.height });
  const inks = ["value", "grad"].map((kind) => `.ring.${kind}{stroke:${style.getPropertyValue(`--${kind}`)}}.flag.${kind}{fill:${style.getPropertyValue(`--${kind}`)}}`);
  copy.prepend(draw("style", { text: `${fonts}${COPIED_STYLE}${inks.join("")}` }));
  return new XMLSerializer().serializeToString(copy);
}

const COPIED_STYLE = ".unseen{visibility:hidden}.future{opacity:.42}.future .body,.backward .waiting .body{stroke-dasharray:5 4}" +
  ".edge.now .body{stroke-width:5px}.ring{fill:none;stroke-width:3.5px}";
const MOST_PIXELS = 8192;

async function pngOf(source, width, height) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(source)}`;
  await image.decode();
  const scale = Math.min(2, MOST_PIXELS / width, MOST_PIXELS / height);
  const canvas = make("canvas", { width: Math.round(width * scale), height: Math.round(height * scale) });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no image"))), "image/png"));
}

// ---------------------------------------------------------------------------------------------------- live inputs

const PAUSE = 250; // milliseconds without typing before the program runs again

/** A field for each literal that a leaf begins with; a slider too where it is one number. */
class Inputs {
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
    const field = (number, at) => make("input", { type: "number", step: "any", class: "field", value: number, "aria-label": numbers.length > 1 ? `${name}, element ${at + 1}` : name, oninput: tell });
    const columns = Array.isArray(value) ? shapeOf(value).at(-1) : 1;
    row.append(make("span", { class: "fields", style: `--columns:${columns}` }, numbers.map(field)));
    if (!Array.isArray(value)) row.append(this.#slider(row, name, value, tell));
    return row;
  }

  #slider(row, name, value, tell) {
    const reach = Math.max(1, 2 * Math.abs(value));
    const slider = make("input", { type: "range", min: value - reach, max: value + reach, step: reach / 40, value, "aria-label": `${name}, slider` });
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

// ---------------------------------------------------------------------------------------------------- two runs

/** A run that was pinned, below the current one; what differs between them is marked in both. */
class Pinned {
  constructor(viewer) {
    this.viewer = viewer;
    this.caption = make("figcaption", {});
    this.sheet = make("div", { class: "sheet" });
    this.stage = make("div", { class: "stage", tabindex: "0", role: "group", "aria-label": "Pinned run" }, this.sheet);
    this.element = make("figure", { class: "pinned", hidden: true }, this.caption, this.stage);
    viewer.choices.watch(["pinned", "scene", "position", "asking"], () => this.render());
    viewer.choices.watch(["smallest"], () => this.#size());
    viewer.stage.element.addEventListener("scroll", () => this.stage.scrollTo(viewer.stage.element.scrollLeft, viewer.stage.element.scrollTop));
  }

  render() {
    const { choices, model, shown } = this.viewer;
    const current = this.viewer.stage.picture;
    this.element.hidden = !choices.pinned;
    current.marks.querySelectorAll(".differs").forEach((mark) => mark.remove());
    if (!choices.pinned) return;
    if (this.model?.scene !== choices.pinned) Object.assign(this, { model: new Model(choices.pinned), pictures: [] });
    const position = Math.min(newPosition(model, this.model, shown), this.model.count);
    const pass = this.model.shownPass[position];
    const picture = (this.pictures[pass] ??= new Picture(this.model, pass));
    picture.show(position);
    if (picture.svg.parentNode !== this.sheet) this.sheet.replaceChildren(picture.svg);
    this.stage.style.background = picture.ground;
    this.picture = picture;
    this.#size();
    this.#compare(current, picture);
  }

  #size() {
    if (!this.picture || this.element.hidden) return;
    this.sheet.style.width = `${this.picture.width * this.viewer.stage.scale}px`;
    this.sheet.style.height = `${this.picture.height * this.viewer.stage.scale}px`;
  }

  #compare(current, pinned) {
    pinned.marks.querySelectorAll(".differs").forEach((mark) => mark.remove());
    const ids = [...new Set([...current.groups.keys(), ...pinned.groups.keys()])];
    const differing = ids.filter((id) => this.viewer.model.card(id) ?? this.model.card(id)).filter((id) => saidIn(current, id) !== saidIn(pinned, id));
    for (const picture of [current, pinned]) for (const id of differing) markDiffering(picture, id);
    const count = differing.length;
    this.caption.replaceChildren(
      make("span", { text: count ? `Pinned run. ${count} ${count === 1 ? "place differs" : "places differ"}, marked ≠ in both.` : "Pinned run. Nothing differs." }),
      make("button", { type: "button", class: "plain small", text: "Unpin", onclick: () => this.viewer.choices.set({ pinned: null }) }));
  }
}

/** The words of a node or edge, without those that are the same letters in another place. */
const saidIn = (picture, id) => {
  const group = picture.groups.get(id);
  return group ? [...group.querySelectorAll("text")].map((text) => text.textContent).join("\n") : null;
};

function markDiffering(picture, id) {
  const group = picture.groups.get(id);
  if (!group) return;
  const box = (group.matches(".edge") ? group.querySelector("text") ?? group : group).getBBox();
  const [x, y] = [box.x + box.width, box.y];
  picture.marks.append(draw("circle", { class: "differs", cx: x, cy: y, r: 8 }), draw("text", { class: "differs", x, y: y + 4.5, "text-anchor": "middle", text: "≠" }));
}

// ---------------------------------------------------------------------------------------------------- the viewer

const KEPT = ["position", "touched", "selection", "zoom", "speed", "predict", "inspector", "code", "find", "element", "pinned"];
const FRESH = {
  scene: null, position: 0, touched: false, asking: false, verdict: null, playing: false, speed: 1, predict: false,
  selection: null, hover: null, line: null, found: [], element: 0, zoom: "fit", smallest: 0,
  inspector: false, code: false, find: false, more: false, presenting: false, pinned: null,
};

class Viewer {
  constructor(root, scene, options) {
    this.options = options;
    this.choices = new Choices({ ...FRESH, ...pick(options.storage ?? {}, KEPT) });
    this.calm = window.matchMedia("(prefers-reduced-motion: reduce)");
    this.element = make("section", { class: "viewer", "aria-label": scene.title });
    this.model = new Model(scene);
    this.choices.position = this.#startingPosition();
    this.stage = new Stage(this);
    this.bar = new Bar(this);
    this.story = new Story(this);
    this.finder = new Finder(this);
    this.more = new More(this);
    this.inspector = new Inspector(this);
    this.listing = new Listing(this);
    this.inputs = new Inputs(this);
    this.pinned = new Pinned(this);
    this.said = make("p", { class: "toast", role: "status", hidden: true });
    this.desk = make("div", { class: "desk" }, this.stage.frame, this.inputs.element, this.bar.element, this.more.element, this.finder.element,
      make("div", { class: "below" }, this.story.element, this.stage.map.element),
      this.pinned.element);
    this.panels = make("div", { class: "panels" }, this.inspector.element, this.listing.element);
    this.element.append(this.desk, this.panels, this.said);
    root.append(this.element);
    this.#listen();
    this.choices.set({ scene });
    for (const [name, value] of Object.entries(pick(this.choices, ["find", "code", "inspector"]))) if (value) this.choices[name] = false, this.choices.set({ [name]: true });
    if (options.present) this.present(true);
  }

  /** The last step that shows its numbers: while the reader is asked, the one before the current. */
  get shown() {
    return this.choices.position - (this.choices.asking ? 1 : 0);
  }

  get isCalm() {
    return this.calm.matches;
  }

  get hasFocus() {
    return this.element.contains(this.element.getRootNode().activeElement);
  }

  #startingPosition() {
    const { position, touched } = this.choices;
    const isKept = touched && this.options.storage?.count === this.model.count;
    return isKept ? Math.min(position, this.model.count) : this.model.count;
  }

  // -- steps

  go(position) {
    const kept = Math.min(Math.max(position, 0), this.model.count);
    this.choices.set({ position: kept, touched: true, asking: false, verdict: null });
  }

  back() {
    this.pause();
    this.go(this.choices.position - 1);
  }

  next() {
    const { choices, model } = this;
    if (choices.asking) return this.answer(null);
    if (choices.position >= model.count) return this.pause();
    const isAsking = choices.predict && questionOf(model, choices.position + 1, choices.element) !== null;
    if (!isAsking) return this.go(choices.position + 1);
    this.pause();
    return choices.set({ position: choices.position + 1, touched: true, asking: true, verdict: null });
  }

  /** End a question, with what is to be said of the guess, or nothing where there was none. */
  answer(verdict) {
    const isTyping = this.story.element.contains(this.element.getRootNode().activeElement);
    this.choices.set({ asking: false, verdict });
    if (isTyping) this.stage.element.focus({ preventScroll: true });
  }

  togglePlay() {
    if (this.choices.playing) return this.pause();
    if (this.choices.position >= this.model.count) this.go(0);
    this.choices.set({ playing: true });
    return this.#beat();
  }

  pause() {
    clearTimeout(this.beat);
    this.choices.set({ playing: false });
  }

  #beat() {
    clearTimeout(this.beat);
    this.beat = setTimeout(() => {
      this.next();
      if (this.choices.position >= this.model.count) this.pause();
      if (this.choices.playing) this.#beat();
    }, BEAT / this.choices.speed);
  }

  // -- looking closer

  select(id) {
    this.choices.set({ selection: id, inspector: this.choices.inspector || (id !== null && !this.choices.presenting) });
    if (id) this.stage.reveal(this.model.edges.get(id)?.source ?? id);
  }

  walkNodes(by) {
    const ids = [...this.model.nodes.keys()];
    const at = ids.indexOf(this.model.edges.get(this.choices.selection)?.source ?? this.choices.selection);
    this.select(ids[at < 0 ? (by > 0 ? 0 : ids.length - 1) : (at + by + ids.length) % ids.length]);
  }

  walkEdges() {
    const { model, choices } = this;
    const edge = model.edges.get(choices.selection);
    const home = edge ? this.walked ?? edge.source : choices.selection;
    const ids = [...(model.into.get(home) ?? []), ...(model.outOf.get(home) ?? [])].map(({ id }) => id);
    if (!ids.length) return;
    this.walked = home;
    this.select(ids[(ids.indexOf(choices.selection) + 1) % ids.length]);
  }

  nodesOfLine(line) {
    return line === null ? [] : this.model.scene.nodes.filter((node) => node.line === line).map(({ id }) => id);
  }

  lineButton(line) {
    return make("button", { type: "button", class: "link", text: `line ${line - this.model.scene.hidden_lines}`, onclick: () => this.choices.set({ code: true }) });
  }

  toggle(panel) {
    this.choices.set({ [panel]: !this.choices[panel] });
  }

  fit() {
    this.choices.set({ zoom: this.choices.zoom === "fit" ? "whole" : "fit" });
  }

  /** Zoom in until the smallest number can be read from the last row. */
  enlarge() {
    const { choices, stage } = this;
    const wanted = (LEGIBLE_POINTS * window.innerWidth) / SLIDE_POINTS;
    if (choices.smallest < wanted) stage.zoomBy(wanted / choices.smallest);
    const step = this.model.step(choices.position);
    if (step) stage.reveal(step.nodes[0]);
  }

  async present(isOn) {
    this.choices.set({ presenting: isOn });
    this.element.classList.toggle("presenting", isOn);
    try {
      if (isOn && navigator.userActivation?.isActive !== false) await this.element.requestFullscreen?.();
      else if (!isOn && document.fullscreenElement) await document.exitFullscreen();
    } catch {
      // Without leave for full screen the viewer still fills the window.
    }
    this.stage.layout();
    this.stage.element.focus({ preventScroll: true });
  }

  /** What is shown, as PNG on the clipboard; where that is forbidden, as the text of its SVG. */
  async copyPicture() {
    const { picture } = this.stage;
    const source = pictureSource(picture, getComputedStyle(this.element), this.options.fonts ?? "");
    try {
      const image = pngOf(source, picture.width, picture.height);
      await navigator.clipboard.write([new ClipboardItem({ "image/png": image })]);
      this.say("The picture is on the clipboard.");
    } catch {
      const isCopied = await copyText(source, this.story.element);
      this.say(isCopied ? "The picture is on the clipboard as SVG." : "Press Ctrl+C to copy the picture as SVG.");
    }
  }

  say(text) {
    this.said.textContent = text;
    this.said.hidden = false;
    clearTimeout(this.saying);
    this.saying = setTimeout(() => (this.said.hidden = true), 2500);
  }

  // -- another scene

  update(scene) {
    const { choices } = this;
    const position = newPosition(this.model, new Model(scene), choices.position);
    const selection = newSelection(this.model, scene, choices.selection);
    this.model = new Model(scene);
    Object.assign(choices, { position, selection, hover: null, line: null, asking: false, verdict: null });
    this.#dress();
    choices.set({ scene });
  }

  destroy() {
    this.pause();
    this.stop.abort();
    this.stage.sizes.disconnect();
    this.element.remove();
  }

  // -- keys and what is kept

  #listen() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.#dress();
    this.desk.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("keydown", (event) => this.choices.presenting && !event.defaultPrevented && this.#key(event), { signal });
    document.addEventListener("fullscreenchange", () => {
      if (!document.fullscreenElement && this.choices.presenting) this.present(false);
    }, { signal });
    document.addEventListener("pointerdown", (event) => {
      const path = event.composedPath();
      if (this.choices.more && !path.includes(this.more.element) && !path.includes(this.bar.toggles.more)) this.choices.set({ more: false });
    }, { signal });
    window.addEventListener("resize", () => this.stage.layout(), { signal });
    this.choices.watch(KEPT, () => this.#keep());
  }

  #dress() {
    this.element.dataset.theme = this.model.scene.theme;
  }

  #keep() {
    if (this.options.storage) Object.assign(this.options.storage, pick(this.choices, KEPT), { count: this.model.count });
  }

  #key(event) {
    const target = event.composedPath()[0];
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (target.matches?.("textarea, select, input:not([type=range])") || target.isContentEditable) return;
    if (target.matches?.("button, summary") && [" ", "Enter"].includes(event.key)) return;
    const deed = this.#deeds[event.key];
    if (!deed) return;
    event.preventDefault();
    deed();
  }

  #deeds = {
    ArrowRight: () => this.#step(1),
    ArrowLeft: () => this.#step(-1),
    PageDown: () => this.#step(1),
    PageUp: () => this.#step(-1),
    Home: () => this.go(0),
    End: () => this.go(this.model.count),
    " ": () => this.togglePlay(),
    "+": () => this.stage.zoomBy(ZOOM_STEP),
    "=": () => this.stage.zoomBy(ZOOM_STEP),
    "-": () => this.stage.zoomBy(1 / ZOOM_STEP),
    0: () => this.fit(),
    n: () => this.walkNodes(1),
    p: () => this.walkNodes(-1),
    e: () => this.walkEdges(),
    Enter: () => this.select(this.model.step(this.choices.position)?.nodes[0] ?? null),
    "/": () => this.choices.set({ find: true }),
    c: () => this.toggle("code"),
    i: () => this.toggle("inspector"),
    "?": () => this.toggle("more"),
    f: () => this.present(!this.choices.presenting),
    Escape: () => this.#leave(),
  };

  #step(by) {
    this.pause();
    if (by > 0) this.next();
    else this.back();
  }

  #leave() {
    const { choices } = this;
    if (choices.more) choices.set({ more: false });
    else if (choices.presenting) this.present(false);
    else if (choices.asking) this.answer(null);
    else if (choices.find) choices.set({ find: false });
    else this.select(null);
  }
}

const pick = (all, names) => Object.fromEntries(names.filter((name) => name in all).map((name) => [name, all[name]]));

/** Where a reader at `position` of one scene is in the next: at the end, at the same step, or as far along. */
function newPosition(before, after, position) {
  if (position >= before.count) return after.count;
  if (before.count === after.count) return position;
  const words = before.step(position)?.words;
  const same = after.scene.steps.findIndex((step) => step.words === words);
  return same >= 0 ? same + 1 : Math.round((position / before.count) * after.count);
}

/** The same node or edge in the next scene: by its id, else by its name. */
function newSelection(before, scene, selection) {
  const node = before.nodes.get(selection);
  const isThere = scene.nodes.some(({ id, name }) => id === selection && name === node?.name);
  if (isThere || scene.edges.some(({ id }) => id === selection)) return selection;
  return scene.nodes.find(({ name }) => name !== null && name === node?.name)?.id ?? null;
}

/**
 * Fill `root` (an element or a shadow root) with the viewer of `scene`.
 *
 * Options: `present` begins in present mode; `storage`, a plain object, keeps step, selection, zoom and switches from
 * one mount to the next; `css` is the style sheet, where the page has not brought it; `fonts` are `@font-face` rules
 * with data URIs; `onInput(name, value)` is told of a live input.
 */
export function mount(root, scene, options = {}) {
  if (options.css) root.append(make("style", { text: options.css }));
  bringFonts(options.fonts ?? "");
  const viewer = new Viewer(root, scene, options);
  return { update: (next) => viewer.update(next), destroy: () => viewer.destroy(), element: viewer.element };
}

/** Give the document the faces of `@font-face` rules, which a shadow root would ignore. */
function bringFonts(rules) {
  if (!rules) return;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(rules);
  for (const { style } of sheet.cssRules) {
    const family = style.getPropertyValue("font-family").replace(/["']/g, "");
    const face = new FontFace(family, style.getPropertyValue("src"), { weight: style.getPropertyValue("font-weight") || "normal", style: style.getPropertyValue("font-style") || "normal" });
    document.fonts.add(face);
    face.load().catch(() => document.fonts.delete(face));
  }
}
