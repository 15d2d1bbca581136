// Which of my conversations hold something that I have not seen?

import { changed, desk } from "./desk.js";

/** By ticket, the numbers of the events that have not been seen: a second tab counts none twice. */
let unseen = new Map();

const place = () => `lotse-unread:${desk.me.name}`;

function keep() {
  localStorage.setItem(place(), JSON.stringify([...unseen]));
  changed("unread");
}

function load() {
  try {
    unseen = new Map(JSON.parse(localStorage.getItem(place()) ?? "[]"));
  } catch {
    unseen = new Map();
  }
  changed("unread");
}

/** Reads what this browser knows of earlier visits, and follows what other tabs mark and read. */
export function startUnread() {
  load();
  window.addEventListener("storage", (event) => {
    if (event.key !== place()) return;
    load();
    markSeen();
  });
  document.addEventListener("visibilitychange", markSeen);
}

/** The number of unseen messages of a ticket. */
export const unreadOf = (ticketId) => unseen.get(ticketId)?.length ?? 0;

/** The number of unseen messages of all my tickets. */
export const unreadOfAll = () => desk.mine.reduce((sum, ticket) => sum + unreadOf(ticket.id), 0);

/** The event with this number told something new of this ticket. */
export function markUnread(ticketId, seq) {
  const known = unseen.get(ticketId) ?? [];
  if (known.includes(seq)) return;
  unseen.set(ticketId, [...known, seq]);
  keep();
}

/** Everything of this ticket has been seen. */
export function markRead(ticketId) {
  if (unseen.delete(ticketId)) keep();
}

/** What is open has been seen, unless the page is in the background. */
function markSeen() {
  if (desk.open && !document.hidden) markRead(desk.open.id);
}

/** Forgets tickets that are not mine any more. */
export function forgetOthers() {
  const mine = new Set(desk.mine.map((ticket) => ticket.id));
  const others = [...unseen.keys()].filter((id) => !mine.has(id));
  others.forEach((id) => unseen.delete(id));
  if (others.length > 0) keep();
}
