// How does a window look that asks for something before going on?

import { byId, make } from "../common/dom.js";
import { icon } from "./icons.js";
import { text } from "./texts.js";

let count = 0;

/**
 * Opens a window. `build(close)` gives its content; with `submit`, the window has a button of that
 * name, and `onsubmit()` returns what is wrong with the input, or closes it by returning nothing.
 */
export function openDialog({ title, content, submit = null, onsubmit = null, wide = false }) {
  const titleId = `dialog-${(count += 1)}`;
  const before = document.activeElement;
  const wrong = make("p", { class: "form-problem", role: "alert", hidden: true });
  const close = () => dialog.close();
  let isBusy = false;
  const form = make("form", { method: "dialog", class: "dialog-form", novalidate: true },
    make("header", { class: "dialog-head" },
      make("h2", { id: titleId, class: "dialog-title" }, title),
      make("button", { type: "button", class: "icon-button", "aria-label": text("close"), onclick: close },
        icon("close"))),
    make("div", { class: "dialog-body" }, content),
    submit && make("footer", { class: "dialog-foot" },
      wrong,
      make("button", { type: "button", class: "button", onclick: close }, text("cancel")),
      make("button", { type: "submit", class: "button button-main" }, submit)));
  const dialog = make("dialog", { class: wide ? "dialog dialog-wide" : "dialog", "aria-labelledby": titleId }, form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isBusy) return;
    isBusy = true;
    const problem = await onsubmit?.();
    isBusy = false;
    if (!problem) return close();
    wrong.textContent = problem;
    wrong.hidden = false;
  });
  form.addEventListener("input", () => {
    wrong.hidden = true;
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && submit) form.requestSubmit();
  });
  dialog.addEventListener("click", (event) => event.target === dialog && close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    // What opened the window may have been drawn anew since.
    const back = before?.isConnected && before !== document.body ? before : byId("conversation");
    back.focus({ preventScroll: true });
  });
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector(".dialog-body :is(input, button):not(:disabled)")?.focus();
  return close;
}

/** A set of choices of which one is taken; each `{value, label, more}`. */
export function choices(name, legend, options, { chosen = null, onchoose = null, hidden = false } = {}) {
  return make("fieldset", { class: "choices" },
    make("legend", { class: hidden ? "unseen" : "choices-legend" }, legend),
    options.map(({ value, label, more, disabled }) =>
      make("label", { class: "choice" },
        make("input", {
          type: "radio", name, value, checked: value === chosen, disabled, onchange: () => onchoose?.(value),
        }),
        make("span", { class: "choice-label" }, label),
        more && make("span", { class: "choice-more muted" }, more))));
}

/** The chosen value within an element; null where none is. */
export function chosen(element, name) {
  return element.querySelector(`input[name="${name}"]:checked`)?.value ?? null;
}
