// What do single keys do? Nothing while somebody types, or while a window is open.

import { byId } from "../common/dom.js";
import { allowed, step, takeNext } from "./actions.js";
import { compose } from "./composer.js";
import { desk } from "./desk.js";
import { resolveDialog, shortcutsDialog, transferDialog } from "./dialogs.js";
import { showPane } from "./place.js";

const ACTIONS = {
  j: () => move(1),
  k: () => move(-1),
  n: takeNext,
  c: () => withTicket((ticket) => allowed(ticket).claim && step("claim", ticket.id)),
  r: () => withTicket(() => compose("reply")),
  i: () => withTicket(() => compose("note")),
  t: () => withTicket(transferDialog),
  e: () => withTicket(resolveDialog),
  "/": () => {
    showPane("list");
    byId("search").focus();
    byId("search").select();
  },
  "?": shortcutsDialog,
};

/** Listens to keys from now on. */
export function startKeyboard() {
  document.addEventListener("keydown", (event) => {
    if (event.repeat && !"jk".includes(event.key)) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
    if (event.key === "Escape" && event.target.matches?.("input, textarea")) event.target.blur();
    if (isBusy(event.target)) return;
    const action = Object.hasOwn(ACTIONS, event.key) ? ACTIONS[event.key] : null;
    if (!action) return;
    event.preventDefault();
    action();
  });
}

function isBusy(target) {
  const types = target.closest?.("input, textarea, select, [contenteditable]");
  return Boolean(types) || document.querySelector("dialog[open]") !== null;
}

function withTicket(action) {
  const ticket = desk.open?.ticket;
  if (ticket && !desk.open.earlier) action(ticket);
}

/** Moves the focus along the list; Enter then opens, as on any link. */
function move(by) {
  const rows = Array.from(byId("rows").querySelectorAll("a.row"));
  if (rows.length === 0) return;
  showPane("list");
  const focused = rows.indexOf(document.activeElement);
  const from = focused >= 0 ? focused : rows.findIndex((row) => row.getAttribute("aria-current") === "true");
  const next = from < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, from + by));
  rows[next].focus();
  rows[next].scrollIntoView({ block: "nearest" });
}
