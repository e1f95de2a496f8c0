// A place for the viewer as a component of Streamlit: mounted once, and told of every new document.

const places = new WeakMap();
const kept = {};
const program = new Promise((resolve) => {
  const arrived = () => globalThis.graphvizUtilsViewer && resolve(globalThis.graphvizUtilsViewer);
  addEventListener("graphviz-utils-viewer", arrived);
  arrived();
});

export default function ({ data, parentElement, setTriggerValue }) {
  const place = places.get(parentElement) ?? { viewer: null, text: "" };
  places.set(parentElement, place);
  place.newest = data;
  program.then(({ mount, css, fonts }) => show(place, parentElement, { css, fonts, setTriggerValue }, mount));
}

/** Show the newest of what a place was told; what came while the program was awaited is passed over. */
function show(place, root, { css, fonts, setTriggerValue }, mount) {
  const { scene, told, stale } = place.newest;
  const onInput = (name, value) => setTriggerValue("input", { name, value });
  if (!place.viewer) place.viewer = mount(root, JSON.parse(scene), { storage: kept, css, fonts, onInput });
  else if (place.text !== scene) place.viewer.update(JSON.parse(scene));
  place.text = scene;
  place.viewer.element.setAttribute("aria-label", told);
  place.viewer.element.classList.toggle("stale", stale);
}
