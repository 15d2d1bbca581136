// Which of my conversations hold something that I have not seen?

import { changed, desk } from "./desk.js";

let counts = new Map();

const place = () => `lotse-unread:${desk.me.name}`;

function keep() {
  localStorage.setItem(place(), JSON.stringify([...counts]));
  changed("unread");
}

function load() {
  try {
    counts = new Map(JSON.parse(localStorage.getItem(place()) ?? "[]"));
  } catch {
    counts = new Map();
  }
  changed("unread");
}

/** Reads what this browser knows of earlier visits, and follows what other tabs have read. */
export function startUnread() {
  load();
  window.addEventListener("storage", (event) => event.key === place() && load());
}

/** The number of unseen messages of a ticket. */
export const unreadOf = (ticketId) => counts.get(ticketId) ?? 0;

/** The number of unseen messages of all my tickets. */
export const unreadOfAll = () => desk.mine.reduce((sum, ticket) => sum + unreadOf(ticket.id), 0);

/** One more message of this ticket is unseen. */
export function markUnread(ticketId) {
  counts.set(ticketId, unreadOf(ticketId) + 1);
  keep();
}

/** Everything of this ticket has been seen. */
export function markRead(ticketId) {
  if (counts.delete(ticketId)) keep();
}

/** Forgets tickets that are not mine any more. */
export function forgetOthers() {
  const before = counts.size;
  const mine = new Set(desk.mine.map((ticket) => ticket.id));
  for (const id of counts.keys()) if (!mine.has(id)) counts.delete(id);
  if (counts.size !== before) keep();
}
