/** What can be opened beside the picture. */

import { make } from "./elements.js";

const LESSONS = ["explain", "paths", "prove"];
const TABS = [
  ["explain", "Explain", "x"],
  ["paths", "Paths", "t"],
  ["prove", "Prove", "v"],
  ["inspector", "Inspector", "i"],
  ["code", "Code", "c"],
];

export const isOpen = (choices, name) => (LESSONS.includes(name) ? choices.panel === name : choices[name]);

/** What is chosen once `name` was opened or closed: of Explain, Paths and Prove there is one, and of all panels two. */
export function turned(choices, name) {
  if (LESSONS.includes(name)) {
    const panel = choices.panel === name ? null : name;
    return { panel, inspector: choices.inspector && !(panel && choices.code) };
  }
  const other = name === "code" ? "inspector" : "code";
  return { [name]: !choices[name], [other]: choices[other] && !(choices.panel && !choices[name]) };
}

/** A button for each panel. */
export class Tabs {
  constructor(viewer) {
    this.buttons = new Map(
      TABS.map(([name, text, key]) => [
        name,
        make("button", {
          type: "button",
          class: "tab",
          text,
          title: `${text} (${key})`,
          onclick: () => viewer.toggle(name),
        }),
      ]),
    );
    this.element = make(
      "div",
      { class: "tabs", role: "group", "aria-label": "Beside the picture" },
      ...this.buttons.values(),
    );
    const show = () =>
      this.buttons.forEach((button, name) =>
        button.setAttribute("aria-pressed", String(Boolean(isOpen(viewer.choices, name)))),
      );
    viewer.choices.watch(["panel", "inspector", "code"], show);
    show();
  }
}
