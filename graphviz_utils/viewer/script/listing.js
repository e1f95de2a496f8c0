/** The program beside its picture. */

import { iconButton, make } from "./elements.js";

/** The program, read-only: a line lights its nodes, the selected node its line. */
export class Listing {
  constructor(viewer) {
    this.viewer = viewer;
    this.list = make("ol", { class: "lines" });
    this.element = make(
      "section",
      { class: "panel code", "aria-label": "Code", hidden: true },
      make(
        "header",
        {},
        make("h3", { text: "Code" }),
        iconButton("close", "Close the code", () => viewer.choices.set({ code: false })),
      ),
      make("div", { class: "panel-body" }, this.list),
    );
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
    this.#reveal(this.rows.get(model.nodes.get(choices.selection)?.line) ?? this.rows.get(step?.line));
  }

  /** Scroll the listing, and nothing around it, to a line. */
  #reveal(row) {
    const body = this.list.parentElement;
    if (
      !row ||
      (row.offsetTop >= body.scrollTop && row.offsetTop + row.offsetHeight <= body.scrollTop + body.clientHeight)
    )
      return;
    body.scrollTop = row.offsetTop - body.clientHeight / 2;
  }

  #row(text, line) {
    const { viewer } = this;
    const ids = viewer.nodesOfLine(line);
    const light = (lit) => () => viewer.choices.set({ line: lit });
    const open = () => viewer.select(ids[(ids.indexOf(viewer.choices.selection) + 1) % ids.length]);
    const listeners = ids.length
      ? {
          tabindex: "0",
          role: "button",
          onpointerenter: light(line),
          onpointerleave: light(null),
          onfocus: light(line),
          onblur: light(null),
          onclick: open,
          onkeydown: (event) => event.key === "Enter" && open(),
        }
      : {};
    const row = make("li", { class: ids.length ? "line live" : "line" });
    row.append(
      make("span", { class: "gutter", text: line - viewer.model.scene.hidden_lines }),
      make("code", { text, ...listeners }),
    );
    this.rows.set(line, row);
    return row;
  }

  #only(kind, line) {
    this.list.querySelector(`.${kind}`)?.classList.remove(kind);
    this.rows.get(line)?.classList.add(kind);
  }
}
