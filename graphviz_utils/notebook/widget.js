
// The viewer as a widget of a notebook: mounted where a cell shows it, and told of every scene that the kernel sends.
// It stands in a shadow root, where the notebook's own style does not reach.

function render({ model, el }) {
  const place = document.createElement("div");
  place.setAttribute("data-lm-suppress-shortcuts", "true"); // its keys are the viewer's, and not commands of JupyterLab
  el.append(place);
  const told = () => JSON.parse(model.get("scene"));
  const root = place.attachShadow({ mode: "open" });
  const viewer = mount(root, told(), { css: $css, fonts: model.get("fonts"), notes: true });
  const follow = () => viewer.update(told(), model.get("fonts"));
  model.on("change:scene", follow);
  return () => {
    model.off("change:scene", follow);
    viewer.destroy();
    place.remove();
  };
}

export default { render };
