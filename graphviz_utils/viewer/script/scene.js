/** A scene with its cards at hand. */

import { numberText, shapeText, sizeOf } from "./numbers.js";

/** A scene with its cards by id and what is asked of it again and again. */
export class Model {
  constructor(scene) {
    this.scene = scene;
    this.count = scene.steps.length;
    this.nodes = new Map(scene.nodes.map((node) => [node.id, node]));
    this.edges = new Map(scene.edges.map((edge) => [edge.id, edge]));
    this.into = grouped(scene.edges, "target");
    this.outOf = grouped(scene.edges, "source");
    this.shownPass = this.#shownPasses();
  }

  step = (position) => this.scene.steps[position - 1] ?? null;
  card = (id) => this.nodes.get(id) ?? this.edges.get(id) ?? null;
  tensor = (index) => (index === null || index === undefined ? null : this.scene.tensors[index]);
  text = (number) => numberText(number, this.scene.digits);
  title = (id) => this.nodes.get(id)?.called ?? "";

  /** What came to an output of a node in a pass, and which tensor it adds up to before hooks. */
  arrivals(node, output, pass) {
    const card = node?.outputs[output];
    const contributions = (node?.passes[pass]?.contributions ?? []).filter((each) => each.output === output);
    return { contributions, total: card?.sums[pass] ?? card?.grads[pass] ?? null };
  }

  /** A short tensor whole, a longer one as its shape. */
  brief(index, atMost = 6) {
    const tensor = this.tensor(index);
    if (!tensor) return "not seen";
    if (tensor.data === null || sizeOf(tensor.shape) > atMost) return `a tensor of shape ${shapeText(tensor.shape)}`;
    const written = (data, depth) =>
      depth === 0 ? this.text(data) : `[${data.map((part) => written(part, depth - 1)).join(", ")}]`;
    return written(tensor.data, tensor.shape.length);
  }

  /** Every node and edge before (`into`) or behind (`outOf`) a card, with itself. */
  reach(id, towards) {
    const edge = this.edges.get(id);
    const start = edge ? (towards === "into" ? edge.source : edge.target) : id;
    const [found, waiting] = [new Set([id, start]), [start]];
    while (waiting.length) {
      for (const step of this[towards].get(waiting.pop()) ?? []) {
        const far = towards === "into" ? step.source : step.target;
        found.add(step.id);
        if (!found.has(far)) waiting.push(far);
        found.add(far);
      }
    }
    return found;
  }

  /** The parts of the slider: runs of steps that belong together, forward or to one backward pass. */
  parts() {
    const parts = [];
    this.scene.steps.forEach(({ backward }, at) => {
      if (parts.at(-1)?.backward === backward) parts.at(-1).to = at + 1;
      else parts.push({ backward, from: at, to: at + 1 });
    });
    return parts;
  }

  /** The picture of each position: that of its pass, for a forward step of the first pass after it. */
  #shownPasses() {
    const shown = new Array(this.count + 1);
    let pass = Math.max(this.scene.passes.length - 1, 0);
    for (let position = this.count; position >= 0; position -= 1) {
      pass = this.step(position)?.backward ?? pass;
      shown[position] = pass;
    }
    return shown;
  }
}

function grouped(rows, key) {
  const groups = new Map();
  for (const row of rows) groups.set(row[key], [...(groups.get(row[key]) ?? []), row]);
  return groups;
}

/** Where a reader at `position` of one scene is in the next: at the end, at the same step, or as far along. */
export function newPosition(before, after, position) {
  if (position >= before.count) return after.count;
  if (before.count === after.count) return position;
  const words = before.step(position)?.words;
  const same = after.scene.steps.findIndex((step) => step.words === words);
  return same >= 0 ? same + 1 : Math.round((position / before.count) * after.count);
}

/** The same node or edge in the next scene: by its id, else by its name. */
export function newSelection(before, scene, selection) {
  const node = before.nodes.get(selection);
  const isThere = scene.nodes.some(({ id, name }) => id === selection && name === node?.name);
  if (isThere || scene.edges.some(({ id }) => id === selection)) return selection;
  return scene.nodes.find(({ name }) => name !== null && name === node?.name)?.id ?? null;
}
