/**
 * The living picture: one scene (the JSON that cards.py writes) to step through, to look into and to search.
 *
 * Everything here runs in the reader's browser. Words of a program are only ever text: they reach the page through
 * `textContent` and attributes, and a picture is copied element by element from what is allowed in one.
 *
 * Steps are counted from 1; at position p every step up to p has happened, at position 0 none.
 */

import { make } from "./elements.js";
import { Choices, FRESH, KEPT, pick } from "./choices.js";
import { Model, newPosition, newSelection } from "./scene.js";
import { pictureSource, pngOf } from "./picture.js";
import { Stage } from "./stage.js";
import { BEAT, Bar, LEGIBLE_POINTS, More, SLIDE_POINTS } from "./bar.js";
import { Story, questionOf } from "./story.js";
import { copyText } from "./tensors.js";
import { Inspector } from "./inspector.js";
import { Listing } from "./listing.js";
import { Finder } from "./finder.js";
import { Inputs } from "./inputs.js";
import { Pinned } from "./pinned.js";
import { Explain } from "./explain.js";
import { Paths } from "./paths.js";
import { Prove } from "./prove.js";
import { Tabs, isOpen, turned } from "./tabs.js";
import { bringFonts } from "./fonts.js";
import { pressed } from "./keys.js";

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
    this.explain = new Explain(this);
    this.paths = new Paths(this);
    this.prove = new Prove(this);
    this.inspector = new Inspector(this);
    this.listing = new Listing(this);
    this.inputs = new Inputs(this);
    this.pinned = new Pinned(this);
    this.said = make("p", { class: "toast", role: "status", hidden: true });
    this.desk = make(
      "div",
      { class: "desk" },
      this.stage.frame,
      this.inputs.element,
      this.bar.element,
      this.more.element,
      this.finder.element,
      make("div", { class: "below" }, this.story.element, this.stage.map.element),
      this.pinned.element,
    );
    const panels = [this.explain, this.paths, this.prove, this.inspector, this.listing].map(({ element }) => element);
    this.margin = make("div", { class: "margin" }, new Tabs(this).element, make("div", { class: "panels" }, panels));
    this.element.append(this.desk, this.margin, this.said);
    root.append(this.element);
    this.#listen();
    this.choices.set({ scene });
    for (const [name, value] of Object.entries(pick(this.choices, ["find", "code", "inspector"])))
      if (value) ((this.choices[name] = false), this.choices.set({ [name]: true }));
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

  /** Select a node or an edge: what is open tells of it, and where nothing would, the inspector opens. */
  select(id) {
    const { inspector, panel, presenting } = this.choices;
    this.choices.set({ selection: id, inspector: inspector || (id !== null && panel === null && !presenting) });
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
    const home = edge ? (this.walked ?? edge.source) : choices.selection;
    const ids = [...(model.into.get(home) ?? []), ...(model.outOf.get(home) ?? [])].map(({ id }) => id);
    if (!ids.length) return;
    this.walked = home;
    this.select(ids[(ids.indexOf(choices.selection) + 1) % ids.length]);
  }

  nodesOfLine(line) {
    return line === null ? [] : this.model.scene.nodes.filter((node) => node.line === line).map(({ id }) => id);
  }

  lineButton(line) {
    return make("button", {
      type: "button",
      class: "link",
      text: `line ${line - this.model.scene.hidden_lines}`,
      onclick: () => isOpen(this.choices, "code") || this.toggle("code"),
    });
  }

  toggle(name) {
    this.choices.set(name === "more" || name === "find" ? { [name]: !this.choices[name] } : turned(this.choices, name));
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
    Object.assign(choices, {
      position,
      selection,
      hover: null,
      path: null,
      lit: null,
      line: null,
      asking: false,
      verdict: null,
    });
    this.#dress();
    choices.set({ scene });
  }

  destroy() {
    this.pause();
    this.stop.abort();
    this.stage.sizes.disconnect();
    this.story.sizes.disconnect();
    this.element.remove();
  }

  // -- keys and what is kept

  #listen() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.#dress();
    this.element.addEventListener("keydown", (event) => pressed(this, event));
    document.addEventListener(
      "keydown",
      (event) => this.choices.presenting && !event.defaultPrevented && pressed(this, event),
      { signal },
    );
    document.addEventListener(
      "fullscreenchange",
      () => {
        if (!document.fullscreenElement && this.choices.presenting) this.present(false);
      },
      { signal },
    );
    document.addEventListener(
      "pointerdown",
      (event) => {
        const path = event.composedPath();
        if (this.choices.more && !path.includes(this.more.element) && !path.includes(this.bar.toggles.more))
          this.choices.set({ more: false });
      },
      { signal },
    );
    window.addEventListener("resize", () => this.stage.layout(), { signal });
    this.choices.watch(KEPT, () => this.#keep());
  }

  #dress() {
    this.element.dataset.theme = this.model.scene.theme;
  }

  #keep() {
    if (this.options.storage)
      Object.assign(this.options.storage, pick(this.choices, KEPT), { count: this.model.count });
  }
}

/**
 * Fill `root` (an element or a shadow root) with the viewer of `scene`.
 *
 * Options: `present` begins in present mode; `storage`, a plain object, keeps step, selection, zoom and switches from
 * one mount to the next; `css` is the style sheet, where the page has not brought it; `fonts` are `@font-face` rules
 * with data URIs; `notes` shows those of the scene, which a page may say elsewhere; `onInput(name, value)` is told of a
 * live input; `onProve()` is asked for a scene with proofs, once for each without. What comes back has `update(scene, fonts)` for another scene, in which the reader finds his place again,
 * and `destroy()`.
 */
export function mount(root, scene, options = {}) {
  if (options.css) root.append(make("style", { text: options.css }));
  bringFonts(options.fonts ?? "");
  const viewer = new Viewer(root, scene, options);
  const update = (next, fonts = "") => {
    bringFonts(fonts);
    options.fonts = fonts || options.fonts;
    viewer.update(next);
  };
  const proving = (isOn) => viewer.choices.set({ proving: isOn });
  return { update, proving, destroy: () => viewer.destroy(), element: viewer.element };
}
