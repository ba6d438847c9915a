// Put what is new in place of what is old, and leave alone what is the same: a
// browser lays out and paints anew only what was touched. What is unfolded, chosen
// or has the focus stays so.

export function patch(mine, next) {
  const old = [...mine.childNodes];
  const wanted = [...next.childNodes];
  wanted.forEach((node, i) => {
    if (i >= old.length) mine.append(node);
    else if (!alike(old[i], node)) old[i].replaceWith(node);
    else if (node.nodeType !== Node.ELEMENT_NODE) old[i].data = node.data;
    else if (!old[i].isEqualNode(node)) patchElement(old[i], node);
  });
  for (const node of old.slice(wanted.length)) node.remove();
}

// alike reports whether one can become the other. The content of a template is
// none of its children.
function alike(a, b) {
  return a.nodeName === b.nodeName && a.id === b.id && a.nodeName !== "TEMPLATE";
}

export function patchElement(mine, next) {
  for (const name of mine.getAttributeNames()) {
    const folded = name === "open" && mine.nodeName === "DETAILS";
    if (!next.hasAttribute(name) && !folded) mine.removeAttribute(name);
  }
  for (const { name, value } of next.attributes) {
    if (mine.getAttribute(name) !== value) mine.setAttribute(name, value);
  }
  patch(mine, next);
}
