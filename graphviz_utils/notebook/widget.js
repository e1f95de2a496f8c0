
// The viewer as a widget of a notebook: mounted where a cell shows it, and told of every scene that the kernel sends.

function render({ model, el }) {
  el.setAttribute("data-lm-suppress-shortcuts", "true"); // its keys are the viewer's, and not commands of JupyterLab
  const told = () => JSON.parse(model.get("scene"));
  const viewer = mount(el, told(), { fonts: model.get("fonts"), notes: true });
  const follow = () => viewer.update(told(), model.get("fonts"));
  model.on("change:scene", follow);
  return () => {
    model.off("change:scene", follow);
    viewer.destroy();
  };
}

export default { render };
