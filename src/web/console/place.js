// Where in the console is one? The address keeps it: #/ticket/ID, #/queue/NAME, #/mine, #/all,
// #/search/WORDS, #/ticket/ID/earlier/CONVERSATION.

import { byId } from "../common/dom.js";
import { chooseView, desk, openNothing, openTicket } from "./desk.js";
import { markRead } from "./unread.js";

const VIEW = "lotse-view";

/** The address of a place. */
export const to = (...parts) => `#/${parts.map(encodeURIComponent).join("/")}`;

/** Opens a ticket; one can come back with the browser's button. */
export function showTicket(id) {
  location.hash = to("ticket", id);
}

/** The address of the list that is shown. */
export function viewAddress(view = desk.view) {
  if (view.kind === "queue") return to("queue", view.queue);
  return view.kind === "search" ? to("search", view.words) : to(view.kind);
}

const ONE_COLUMN = matchMedia("(max-width: 43.99rem)");
const TWO_COLUMNS = matchMedia("(max-width: 61.99rem)");

/** Which pane a narrow screen shows: `list`, `conversation` or `details`. The focus goes there too. */
export function showPane(pane) {
  const { dataset } = byId("desk");
  const before = dataset.pane;
  dataset.pane = pane;
  const wasHidden = ONE_COLUMN.matches || (TWO_COLUMNS.matches && [pane, before].includes("details"));
  if (pane !== before && wasHidden) byId(pane).focus({ preventScroll: true });
}

/** Follows the address, now and whenever it changes. */
export function startPlace() {
  window.addEventListener("hashchange", follow);
  follow();
}

function follow() {
  const [kind, name, earlier, earlierId] = parts();
  if (kind === "ticket" && name) {
    if (!desk.list.tickets) chooseView(rememberedView());
    markRead(name);
    openTicket(name, earlier === "earlier" ? earlierId : null);
    showPane("conversation");
    return;
  }
  const view = viewOf(kind, name) ?? rememberedView();
  sessionStorage.setItem(VIEW, JSON.stringify(view));
  openNothing();
  chooseView(view, false);
  showPane("list");
}

function parts() {
  try {
    return location.hash.replace(/^#\//u, "").split("/").map(decodeURIComponent);
  } catch {
    return [];
  }
}

function viewOf(kind, name) {
  if (kind === "queue" && name) return { kind, queue: name };
  if (kind === "search" && name) return { kind, words: name };
  return kind === "mine" || kind === "all" ? { kind } : null;
}

function rememberedView() {
  try {
    return JSON.parse(sessionStorage.getItem(VIEW)) ?? { kind: "all" };
  } catch {
    return { kind: "all" };
  }
}
