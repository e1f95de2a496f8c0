/** The step bar, and what is asked for less often. */

import { dress, icon, iconButton, make } from "./elements.js";
import { ZOOM_STEP } from "./stage.js";

const SPEEDS = [0.5, 1, 2, 4];
export const SLIDE_POINTS = 960; // a slide of 13.33 inches
export const LEGIBLE_POINTS = 18;
export const BEAT = 1200; // milliseconds of a step at speed 1

/** First, back, play, next, last; the slider with its parts and chapters; and what else can be opened. */
export class Bar {
  constructor(viewer) {
    this.viewer = viewer;
    const { choices } = viewer;
    this.playButton = iconButton("play", "Play (Space)", () => viewer.togglePlay());
    this.count = make("span", { class: "count" });
    this.range = make("input", {
      type: "range",
      min: "0",
      step: "1",
      "aria-label": "Step",
      oninput: () => viewer.go(this.range.valueAsNumber),
    });
    this.track = make("div", { class: "track", "aria-hidden": "true" });
    this.chapters = make("div", { class: "chapters" });
    const slider = make("div", { class: "slider" }, this.track, this.range, this.chapters);
    this.speed = make(
      "select",
      {
        class: "speed",
        title: "Speed",
        "aria-label": "Speed",
        onchange: () => choices.set({ speed: Number(this.speed.value) }),
      },
      SPEEDS.map((speed) => make("option", { value: speed, text: `${speed}×` })),
    );
    this.toggles = {
      predict: iconButton("predict", "Predict, then reveal", () => choices.set({ predict: !choices.predict })),
      find: iconButton("find", "Find (/)", () => viewer.toggle("find")),
      presenting: iconButton("present", "Present (f)", () => viewer.present(!choices.presenting)),
      more: iconButton("more", "More", () => viewer.toggle("more"), { "aria-haspopup": "true" }),
    };
    this.meter = make("button", { type: "button", class: "meter", hidden: true, onclick: () => viewer.enlarge() });
    const steps = make(
      "div",
      { class: "keys", role: "group", "aria-label": "Steps" },
      iconButton("first", "First (Home)", () => viewer.go(0)),
      iconButton("back", "Back (←)", () => viewer.back()),
      this.playButton,
      iconButton("next", "Next (→)", () => viewer.next()),
      iconButton("last", "Last (End)", () => viewer.go(viewer.model.count)),
    );
    const zoom = make(
      "div",
      { class: "keys", role: "group", "aria-label": "Zoom" },
      iconButton("minus", "Smaller (−)", () => viewer.stage.zoomBy(1 / ZOOM_STEP)),
      iconButton("fit", "Fit (0)", () => viewer.fit()),
      iconButton("plus", "Larger (+)", () => viewer.stage.zoomBy(ZOOM_STEP)),
    );
    const tools = make(
      "div",
      { class: "keys tools", role: "group", "aria-label": "Tools" },
      Object.values(this.toggles),
    );
    this.element = make(
      "div",
      { class: "bar", role: "toolbar", "aria-label": "Steps of the run" },
      steps,
      slider,
      this.count,
      this.speed,
      zoom,
      this.meter,
      tools,
    );
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
      const isHere =
        choices.position > chapters[at].step && choices.position <= (chapters[at + 1]?.step ?? model.count);
      button.setAttribute("aria-current", isHere ? "step" : "false");
    });
  }

  #part({ backward, from, to }) {
    const { count } = this.viewer.model;
    return make("span", {
      class: backward === null ? "part value" : "part grad",
      style: `--from:${from / count};--to:${to / count}`,
    });
  }

  #chapter(chapter, at) {
    const { model } = this.viewer;
    const { chapters, passes } = model.scene;
    const isBack = chapter.backward !== null;
    const number = isBack && passes.length > 1 ? ` ${chapter.backward + 1}` : "";
    const title = `${chapter.title}${number}`;
    const end = chapters[at + 1]?.step ?? model.count;
    return make("button", {
      type: "button",
      class: isBack ? "chapter grad" : "chapter value",
      text: title,
      title: isBack ? passes[chapter.backward] : title,
      style: `--from:${chapter.step / model.count};--to:${end / model.count}`,
      onclick: () => this.viewer.go(chapter.step + 1),
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
    this.meter.textContent = isSmall
      ? `⚠ smallest number ${points.toFixed(0)} pt: enlarge to ${LEGIBLE_POINTS} pt`
      : `✓ smallest number ${points.toFixed(0)} pt`;
    this.meter.title = "In points of a projected slide that is 13.33 inches wide";
  }

  #showToggles() {
    for (const [name, button] of Object.entries(this.toggles)) {
      const state = name === "more" ? "aria-expanded" : "aria-pressed";
      button.setAttribute(state, String(Boolean(this.viewer.choices[name])));
    }
  }
}

const KEYS = [
  ["← →  or  PageUp PageDown", "step back, step on"],
  ["Home  End", "before the first step, the last step"],
  ["Space", "play, pause"],
  ["n  p", "select the next, the previous node"],
  ["e", "select the next edge of the selected node"],
  ["Enter", "select what the step is about"],
  ["+  −  0", "larger, smaller, fit; or Ctrl and the wheel"],
  ["x  t  v", "explain, paths, prove"],
  ["/  c  i", "search, code, inspector"],
  ["f", "present"],
  ["?", "this list"],
  ["Esc", "leave, close, select nothing"],
];

/** What is asked for less often. */
export class More {
  constructor(viewer) {
    this.viewer = viewer;
    const { choices } = viewer;
    const item = (text, press) =>
      make("button", { type: "button", class: "item", text, onclick: () => (choices.set({ more: false }), press()) });
    this.element = make(
      "div",
      { class: "more", hidden: true },
      item("Actual size (100 %)", () => choices.set({ zoom: 1 })),
      item("Whole picture", () => choices.set({ zoom: "whole" })),
      item("Copy picture", () => viewer.copyPicture()),
      item("Pin this run, to compare the next with it", () => choices.set({ pinned: viewer.model.scene })),
      make("h4", { text: "Keys, while the picture has the focus" }),
      make(
        "dl",
        { class: "help" },
        KEYS.flatMap(([keys, deed]) => [make("dt", { text: keys }), make("dd", { text: deed })]),
      ),
    );
    choices.watch(["more"], () => (this.element.hidden = !choices.more));
  }
}
