
// The viewer's program as a component of Streamlit that shows nothing: it is sent to a browser once, and the places
// where pictures are shown, which are sent with every picture, wait for it.

globalThis.graphvizUtilsViewer = { mount, css: $css, fonts: $fonts };
dispatchEvent(new Event("graphviz-utils-viewer"));

export default function () {}
