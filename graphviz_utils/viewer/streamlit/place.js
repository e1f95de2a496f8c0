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
  const { scene, told, stale, proving } = place.newest;
  const onInput = (name, value) => setTriggerValue("input", { name, value });
  const onProve = () => setTriggerValue("prove", place.text.length);
  if (!place.viewer) {
    place.viewer = mount(root, JSON.parse(scene), { storage: kept, css, fonts, onInput, onProve });
    followTheme(place, root, setTriggerValue);
  } else if (place.text !== scene) place.viewer.update(JSON.parse(scene));
  place.text = scene;
  place.viewer.proving(Boolean(proving));
  place.viewer.element.setAttribute("aria-label", told);
  place.viewer.element.classList.toggle("stale", stale);
}

/** Ask for another drawing when the page has turned dark or light, which alone does not run the app again. */
function followTheme(place, root, setTriggerValue) {
  const around = root.host?.parentElement;
  if (!around) return;
  const observer = new MutationObserver(() => {
    const theme = themeOf(around);
    if (!theme || theme === place.theme) return;
    place.theme = theme;
    setTriggerValue("theme", theme);
  });
  place.theme = themeOf(around);
  observer.observe(around, { attributes: true, attributeFilter: ["class", "style"] });
}

/** Whether the page around is dark or light, by the red, green and blue of its ground. */
function themeOf(element) {
  const ground = getComputedStyle(element).getPropertyValue("--st-background-color").trim();
  const parts = /^#[0-9a-f]{6}$/i.test(ground) ? [1, 3, 5].map((at) => parseInt(ground.slice(at, at + 2), 16)) : null;
  return parts && (Math.max(...parts) < 128 ? "dark" : "light");
}
