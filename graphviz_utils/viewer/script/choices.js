/** What the reader has chosen. */

/** What stays from one mount to the next. */
export const KEPT = [
  "position",
  "touched",
  "selection",
  "zoom",
  "speed",
  "predict",
  "panel",
  "inspector",
  "code",
  "find",
  "leaf",
  "element",
  "above",
  "jacobian",
  "pinned",
];

export const FRESH = {
  scene: null,
  position: 0,
  touched: false,
  asking: false,
  verdict: null,
  playing: false,
  speed: 1,
  predict: false,
  selection: null,
  hover: null,
  line: null,
  found: [],
  element: 0,
  above: 0,
  jacobian: false,
  leaf: null,
  path: null,
  lit: null,
  zoom: "fit",
  smallest: 0,
  panel: "explain",
  proving: false,
  inspector: false,
  code: false,
  find: false,
  more: false,
  presenting: false,
  pinned: null,
};

export const pick = (all, names) =>
  Object.fromEntries(names.filter((name) => name in all).map((name) => [name, all[name]]));

/** What the reader has chosen, and who wants to know when it changes. */
export class Choices {
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
