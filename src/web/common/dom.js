// How does a page build its elements? Texts are only ever set as text, never parsed as HTML.

/** An element with properties and children; strings become text, null and false are left out. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") element.className = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  add(element, children);
  return element;
}

/** Adds children to an element. */
export function add(element, ...children) {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
  return element;
}

/** The element with this id; the page holds every id that is asked for. */
export function byId(id) {
  return document.getElementById(id);
}

/**
 * Brings the children of `parent` to `entries`, each `{key, mark, build}`: an element stays as long
 * as its mark stays, so that focus, scrolling and what is typed into it survive news.
 */
export function keep(parent, entries) {
  const known = new Map(Array.from(parent.children, (child) => [child.entryKey, child]));
  let place = parent.firstChild;
  for (const { key, mark, build } of entries) {
    const before = known.get(key);
    known.delete(key);
    let element = before;
    if (!before || before.entryMark !== mark) {
      element = build();
      element.entryKey = key;
      element.entryMark = mark;
      if (before) {
        const path = focusWithin(before);
        if (place === before) place = element;
        before.replaceWith(element);
        if (path) refocus(element, path);
      }
    }
    if (element === place) place = place.nextSibling;
    else move(parent, element, place);
  }
  for (const element of known.values()) element.remove();
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

/** Puts an element in its place; one that has the focus keeps it. */
function move(parent, element, place) {
  const active = element.contains(document.activeElement) ? document.activeElement : null;
  parent.insertBefore(element, place);
  active?.focus({ preventScroll: true });
}

/** Where in an element the focus is, as the number of a control in it; null if it is elsewhere. */
function focusWithin(element) {
  if (!element.contains(document.activeElement)) return null;
  return { index: controls(element).indexOf(document.activeElement) };
}

function refocus(element, { index }) {
  (controls(element)[index] ?? element).focus({ preventScroll: true });
}

function controls(element) {
  const within = element.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]");
  return element.matches("a[href], button, [tabindex]") ? [element, ...within] : Array.from(within);
}
