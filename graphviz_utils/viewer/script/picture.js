/** One SVG that shows what has happened up to a step, and copies of it. */

import { SHAPES, draw, dress, make, safePicture } from "./elements.js";

export const PIXELS_PER_POINT = 96 / 72;

/** The SVG of one pass, which shows what has happened up to a step and never moves anything. */
export class Picture {
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
const isAlarm = (part) =>
  part?.localName === "polygon" &&
  [part.getAttribute("stroke"), part.getAttribute("fill")].some((ink) => ALERTS.has(ink));

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

/** The SVG of a picture as it is shown, with what a file needs to look the same. */
export function pictureSource(picture, style, fonts) {
  const copy = picture.svg.cloneNode(true);
  copy.querySelectorAll(".hit, .ring.chosen").forEach((part) => part.remove());
  dress(copy, { width: picture.width, height: picture.height });
  const inks = ["value", "grad"].map(
    (kind) =>
      `.ring.${kind}{stroke:${style.getPropertyValue(`--${kind}`)}}.flag.${kind}{fill:${style.getPropertyValue(`--${kind}`)}}`,
  );
  copy.prepend(draw("style", { text: `${fonts}${COPIED_STYLE}${inks.join("")}` }));
  return new XMLSerializer().serializeToString(copy);
}

const COPIED_STYLE =
  ".unseen{visibility:hidden}.future>:not(text){opacity:.42}.future>text{opacity:.8}" +
  ".future .body,.backward .waiting .body{stroke-dasharray:5 4}" +
  ".edge.now .body{stroke-width:5px}.ring{fill:none;stroke-width:3.5px}";
const MOST_PIXELS = 8192;

export async function pngOf(source, width, height) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(source)}`;
  await image.decode();
  const scale = Math.min(2, MOST_PIXELS / width, MOST_PIXELS / height);
  const canvas = make("canvas", { width: Math.round(width * scale), height: Math.round(height * scale) });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no image"))), "image/png"),
  );
}
