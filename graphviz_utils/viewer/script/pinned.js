/** Two runs, one beside the other. */

import { draw, make } from "./elements.js";
import { Model, newPosition } from "./scene.js";
import { Picture } from "./picture.js";

/** A run that was pinned, below the current one; what differs between them is marked in both. */
export class Pinned {
  constructor(viewer) {
    this.viewer = viewer;
    this.caption = make("figcaption", {});
    this.sheet = make("div", { class: "sheet" });
    this.stage = make("div", { class: "stage", tabindex: "0", role: "group", "aria-label": "Pinned run" }, this.sheet);
    this.element = make("figure", { class: "pinned", hidden: true }, this.caption, this.stage);
    viewer.choices.watch(["pinned", "scene", "position", "asking"], () => this.render());
    viewer.choices.watch(["smallest"], () => this.#size());
    viewer.stage.element.addEventListener("scroll", () =>
      this.stage.scrollTo(viewer.stage.element.scrollLeft, viewer.stage.element.scrollTop),
    );
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
    const differing = ids
      .filter((id) => this.viewer.model.card(id) ?? this.model.card(id))
      .filter((id) => saidIn(current, id) !== saidIn(pinned, id));
    for (const picture of [current, pinned]) for (const id of differing) markDiffering(picture, id);
    const count = differing.length;
    this.caption.replaceChildren(
      make("span", {
        text: count
          ? `Pinned run. ${count} ${count === 1 ? "place differs" : "places differ"}, marked ≠ in both.`
          : "Pinned run. Nothing differs.",
      }),
      make("button", {
        type: "button",
        class: "plain small",
        text: "Unpin",
        onclick: () => this.viewer.choices.set({ pinned: null }),
      }),
    );
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
  const [x, y] = group.matches(".edge") ? besideLabel(group) : cornerOf(group.getBBox());
  picture.marks.append(
    draw("circle", { class: "differs", cx: x, cy: y, r: 8 }),
    draw("text", { class: "differs", x, y: y + 4.5, "text-anchor": "middle", text: "≠" }),
  );
}

const cornerOf = ({ x, y, width }) => [x + width, y];

/** Right of all that is written on an edge, at the height of its first line. */
function besideLabel(group) {
  const first = (group.querySelector("text") ?? group).getBBox();
  const written = [first, ...[...group.querySelectorAll("text, polyline")].map((part) => part.getBBox())];
  return [Math.max(...written.map(({ x, width }) => x + width)) + 11, first.y + first.height / 2];
}
