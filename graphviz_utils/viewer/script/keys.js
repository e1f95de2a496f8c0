/** What the keyboard does while the viewer has the focus. */

import { ZOOM_STEP } from "./stage.js";

/** Do what the key of an event stands for, unless it is typed into a field or belongs to the page. */
export function pressed(viewer, event) {
  const target = event.composedPath()[0];
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const isField = target.matches?.("textarea, select, input") && target !== viewer.bar.range;
  if (isField || target.isContentEditable) return;
  if (target.matches?.("button, [role=button]") && [" ", "Enter"].includes(event.key)) return;
  const deed = DEEDS[event.key];
  if (!deed) return;
  event.preventDefault();
  deed(viewer);
}

const DEEDS = {
  ArrowRight: (viewer) => walk(viewer, 1),
  ArrowLeft: (viewer) => walk(viewer, -1),
  PageDown: (viewer) => walk(viewer, 1),
  PageUp: (viewer) => walk(viewer, -1),
  Home: (viewer) => viewer.go(0),
  End: (viewer) => viewer.go(viewer.model.count),
  " ": (viewer) => viewer.togglePlay(),
  "+": (viewer) => viewer.stage.zoomBy(ZOOM_STEP),
  "=": (viewer) => viewer.stage.zoomBy(ZOOM_STEP),
  "-": (viewer) => viewer.stage.zoomBy(1 / ZOOM_STEP),
  0: (viewer) => viewer.fit(),
  n: (viewer) => viewer.walkNodes(1),
  p: (viewer) => viewer.walkNodes(-1),
  e: (viewer) => viewer.walkEdges(),
  Enter: (viewer) => viewer.select(viewer.model.step(viewer.choices.position)?.nodes[0] ?? null),
  "/": (viewer) => viewer.choices.set({ find: true }),
  x: (viewer) => viewer.toggle("explain"),
  t: (viewer) => viewer.toggle("paths"),
  v: (viewer) => viewer.toggle("prove"),
  c: (viewer) => viewer.toggle("code"),
  i: (viewer) => viewer.toggle("inspector"),
  "?": (viewer) => viewer.toggle("more"),
  f: (viewer) => viewer.present(!viewer.choices.presenting),
  Escape: (viewer) => leave(viewer),
};

function walk(viewer, by) {
  viewer.pause();
  if (by > 0) viewer.next();
  else viewer.back();
}

/** Undo the last thing that was opened or chosen. */
function leave(viewer) {
  const { choices } = viewer;
  if (choices.more) choices.set({ more: false });
  else if (choices.presenting) viewer.present(false);
  else if (choices.asking) viewer.answer(null);
  else if (choices.find) choices.set({ find: false });
  else if (choices.path !== null) choices.set({ path: null });
  else viewer.select(null);
}
