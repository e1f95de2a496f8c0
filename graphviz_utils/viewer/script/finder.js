/** Search among the nodes. */

import { icon, iconButton, make } from "./elements.js";

/** A field that finds nodes by what they are called, by what they do or by their line. */
export class Finder {
  constructor(viewer) {
    this.viewer = viewer;
    this.field = make("input", {
      type: "search",
      placeholder: "name, operator or line 12",
      "aria-label": "Find nodes",
      oninput: () => this.#search(),
      onkeydown: (event) => this.#key(event),
    });
    this.count = make("span", { class: "count", role: "status" });
    this.element = make(
      "div",
      { class: "finder", role: "search", hidden: true },
      icon("find"),
      this.field,
      this.count,
      iconButton("back", "Previous match (Shift+Enter)", () => this.#walk(-1)),
      iconButton("next", "Next match (Enter)", () => this.#walk(1)),
      iconButton("close", "Close the search", () => viewer.choices.set({ find: false })),
    );
    viewer.choices.watch(["find"], () => this.render());
    viewer.choices.watch(["scene"], () => this.#search());
  }

  render() {
    const { find } = this.viewer.choices;
    this.element.hidden = !find;
    if (find) (this.field.select(), this.field.focus({ preventScroll: true }));
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
    this.count.textContent = !this.field.value.trim()
      ? ""
      : !total
        ? "none"
        : this.at < 0
          ? `${total} found`
          : `${this.at + 1} of ${total}`;
  }

  #key(event) {
    if (event.key === "Enter") (event.preventDefault(), this.#walk(event.shiftKey ? -1 : 1));
    if (event.key === "Escape")
      (this.viewer.choices.set({ find: false }), this.viewer.stage.element.focus({ preventScroll: true }));
  }
}

/** The nodes that a query finds, in the order of the run. */
function matches(model, query) {
  const sought = query.trim().toLowerCase();
  if (!sought) return [];
  const [, line] = /^line\s*(\d+)$/.exec(sought) ?? [];
  const isFound = line
    ? (node) => node.line === Number(line) + model.scene.hidden_lines
    : (node) => namesOf(model, node, sought).some((text) => text?.toLowerCase().includes(sought));
  return [...model.nodes.values()].filter(isFound).map(({ id }) => id);
}

/** What a node can be found by, one with several outputs also by theirs; a letter or two are part of a short name. */
function namesOf(model, node, sought) {
  const carried = node.outputs.length > 1 ? (model.outOf.get(node.id) ?? []).map(({ called }) => called) : [];
  const long = sought.length > 2 ? [node.operator, node.autograd, node.module] : [];
  return [node.called, node.label, ...carried, ...long];
}
