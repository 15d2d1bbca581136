// Which queues are mine? Each agent chooses; they stand first, and "Take the next" serves them alone.

import { changed, desk } from "./desk.js";

const place = () => `lotse-queues:${desk.me.name}`;

function chosen() {
  try {
    return new Set(JSON.parse(localStorage.getItem(place()) ?? "[]"));
  } catch {
    return new Set();
  }
}

export const isOwn = (queue) => chosen().has(queue);

/** Makes a queue mine, or not mine any more. */
export function toggleOwn(queue) {
  const own = chosen();
  if (!own.delete(queue)) own.add(queue);
  localStorage.setItem(place(), JSON.stringify([...own]));
  changed("queues");
}

const PRIORITIES = ["low", "normal", "high", "urgent"];

/** My queues in which something waits, the most pressing first; null where I have chosen none. */
export function ownWaiting() {
  const own = desk.queues.filter(({ queue }) => isOwn(queue));
  if (own.length === 0) return null;
  const rank = ({ highest_priority: priority }) => PRIORITIES.indexOf(priority);
  const due = ({ next_due_at: time }) => (time ? Date.parse(time) : Infinity);
  return own.filter(({ open }) => open > 0).sort((one, other) => rank(other) - rank(one) || due(one) - due(other))
    .map(({ queue }) => queue);
}
