/** The picture in its frame: what is seen of it, what is marked in it, and the pointer over it. */

import { draw, make } from "./elements.js";
import { Minimap } from "./minimap.js";
import { Picture } from "./picture.js";

const SMALLEST_NUMBER = 9; // pixels: what would be smaller scrolls instead
const LARGEST_FIT = 1.5;
export const ZOOM_STEP = 1.25;
const MARGIN = 18; // padding and border of the frame
const GLIDE = 700; // milliseconds that a browser takes at most to scroll smoothly
const ASIDE = 384; // pixels of a panel beside the picture, and the gap

/** The picture in its frame: what is seen of it, what is marked in it, and the pointer over it. */
export class Stage {
  constructor(viewer) {
    this.viewer = viewer;
    this.sheet = make("div", { class: "sheet" });
    this.element = make(
      "div",
      { class: "stage", tabindex: "0", role: "group", "aria-roledescription": "picture" },
      this.sheet,
    );
    this.map = new Minimap(this);
    this.frame = make("div", { class: "frame" }, this.element);
    this.marked = { now: [], chosen: [], found: [], online: [], lit: [] };
    this.#listen();
    const { choices } = viewer;
    choices.watch(["scene"], () => this.rebuild());
    choices.watch(["position", "asking", "touched"], () => this.render());
    choices.watch(["zoom", "presenting", "panel", "inspector", "code"], () => this.layout());
    choices.watch(["selection"], () => this.markChosen());
    choices.watch(["hover", "lit"], () => this.markReach());
    choices.watch(["found"], () => this.mark("found", viewer.choices.found));
    choices.watch(["line"], () => this.mark("online", viewer.nodesOfLine(viewer.choices.line)));
  }

  rebuild() {
    const { model } = this.viewer;
    this.pictures = [];
    this.picture = null;
    const { title, nodes, steps } = model.scene;
    this.element.setAttribute(
      "aria-label",
      `${title}: ${nodes.length} nodes, ${steps.length} steps. Left and right step, n and p walk the nodes, ? lists all keys.`,
    );
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
    this.#markKinks(pass);
  }

  #hang(picture) {
    for (const kind of Object.keys(this.marked)) this.#unmark(kind);
    this.picture = picture;
    this.sheet.replaceChildren(picture.svg);
    this.element.style.background = picture.ground;
    this.map.rebuild();
    this.markChosen();
    this.markReach();
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
      this.picture.marks.append(
        draw("path", {
          class: `present flag ${step.backward === null ? "value" : "grad"}`,
          d: `M${x - 8},${y - 9}h16l-8,11z`,
        }),
      );
    }
    if (step) this.reveal(step.nodes[0]);
  }

  /** A sign beside each node that has come to a kink in this pass. */
  #markKinks(pass) {
    const { model, shown } = this.viewer;
    this.picture.marks.querySelectorAll(".kink").forEach((mark) => mark.remove());
    for (const node of model.scene.nodes) {
      const isHit = node.rule?.slots.some(({ kinks }) => kinks[pass]) && shown >= node.grad_steps[pass];
      const box = isHit ? this.picture.box(node.id) : null;
      if (!box) continue;
      const mark = { class: "kink", d: `M${box.x + box.width},${box.y - 9}l8,8l-8,8l-8,-8z` };
      this.picture.marks.append(draw("path", mark, draw("title", { text: "a kink: no single slope here" })));
    }
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
    const lit = choices.lit ?? reach;
    this.picture.svg.classList.toggle("tracing", lit.length > 0);
    this.picture.svg.classList.toggle("walking", Boolean(choices.lit));
    this.mark("lit", lit);
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
    const place = {
      x: box.x - gap,
      y: box.y - gap,
      width: box.width + 2 * gap,
      height: box.height + 2 * gap,
      rx: gap + 4,
    };
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

  /** Panels stand beside the picture where it stays whole there and as large as it is, below it elsewhere. */
  #placePanels() {
    const { element, choices } = this.viewer;
    const [wide, height] = [element.clientWidth, this.room.height];
    const [narrow, scale] = [wide - ASIDE, this.scaleIn(wide, height)];
    const isWhole = this.picture.width * scale <= narrow - MARGIN + 1;
    const isAside = wide >= 900 && isWhole && this.scaleIn(narrow, height) === scale;
    const isAny = choices.panel || choices.inspector || choices.code;
    element.classList.toggle("aside", isAside && Boolean(isAny) && !choices.presenting);
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
    const { clientWidth, clientHeight } = this.element;
    const from = this.#heading();
    const isBeside = left < from.left || left + width > from.left + clientWidth;
    if (!isBeside && top >= from.top && top + height <= from.top + clientHeight) return;
    const to = { left: left + width / 2 - clientWidth / 2, top: top + height / 2 - clientHeight / 2 };
    this.glide = { to, until: performance.now() + GLIDE };
    this.element.scrollTo({ ...to, behavior: this.viewer.isCalm ? "instant" : "smooth" });
  }

  /** Where the frame stands, or will stand when it has come to rest. */
  #heading() {
    if (this.glide && performance.now() < this.glide.until) return this.glide.to;
    return { left: this.element.scrollLeft, top: this.element.scrollTop };
  }

  // -- the pointer

  #listen() {
    const { element } = this;
    element.addEventListener("click", (event) => this.#click(event));
    element.addEventListener("pointerover", (event) => this.#hover(this.#cardAt(event)));
    element.addEventListener("pointerleave", () => this.#hover(null));
    element.addEventListener("pointerdown", (event) => this.#grab(event));
    element.addEventListener("scroll", () => this.map.follow(), { passive: true });
    element.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    this.sizes = new ResizeObserver(() => this.layout());
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
    this.glide = null;
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
