/** The letters of a page. */

const broughtFonts = new Set();

/** Give the document the faces of `@font-face` rules, which a shadow root would ignore. */
export function bringFonts(rules) {
  if (!rules || broughtFonts.has(rules)) return;
  broughtFonts.add(rules);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(rules);
  for (const { style } of sheet.cssRules) {
    const family = style.getPropertyValue("font-family").replace(/["']/g, "");
    const face = new FontFace(family, style.getPropertyValue("src"), {
      weight: style.getPropertyValue("font-weight") || "normal",
      style: style.getPropertyValue("font-style") || "normal",
    });
    document.fonts.add(face);
    face.load().catch(() => document.fonts.delete(face));
  }
}
