/** Where in a large picture the frame is. */

import { draw, dress, make } from "./elements.js";
import { PIXELS_PER_POINT } from "./picture.js";

/** The whole picture in a corner, when the frame shows only a part of it. */
export class Minimap {
  constructor(stage) {
    this.stage = stage;
    this.view = draw("rect", { class: "view" });
    this.svg = draw("svg", { "aria-hidden": "true" });
    this.element = make(
      "div",
      { class: "minimap", hidden: true, onpointerdown: (event) => this.#grab(event) },
      this.svg,
    );
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
    const { picture, element } = this.stage;
    const { width, height } = picture;
    const size = Math.min(Math.max(200, 0.35 * element.clientWidth) / width, 90 / height);
    this.unit = size;
    dress(this.svg, {
      width: Math.max(width * size, 24),
      height: Math.max(height * size, 8),
      preserveAspectRatio: "none",
    });
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    if (!this.svg.childElementCount) this.#dots();
    this.follow();
  }

  /** Draw where the frame is. */
  follow() {
    if (this.element.hidden) return;
    const { element, scale } = this.stage;
    const seen = {
      x: element.scrollLeft,
      y: element.scrollTop,
      width: element.clientWidth,
      height: element.clientHeight,
    };
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
      this.svg.append(
        draw("rect", { class: kind, x, y, width: box.width * PIXELS_PER_POINT, height: box.height * PIXELS_PER_POINT }),
      );
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
    element.scrollTo(
      x * sheet.offsetWidth - element.clientWidth / 2,
      y * sheet.offsetHeight - element.clientHeight / 2,
    );
  }
}
