// How much time is left until the first answer? Marks that count down by themselves.

import { make } from "../common/dom.js";
import { duration, fullTime, shortDuration } from "./format.js";
import { text } from "./texts.js";


/** How a ticket's clock stands: `calm`, `soon`, `late`, or `answered` once somebody has answered. */
export function standing({ due, created, answered }, now = Date.now()) {
  if (answered) return answered <= due ? "answered" : "answered-late";
  const left = due - now;
  if (left <= 0) return "late";
  return left < (due - created) / 4 ? "soon" : "calm";
}

/** The times of a ticket that its clock needs. */
export function timesOf(ticket) {
  const time = (value) => (value ? Date.parse(value) : null);
  return { due: time(ticket.due_at), created: time(ticket.created_at), answered: time(ticket.first_response_at) };
}

/** A mark that shows the time left; in few characters, or with `long` as a sentence. */
export function dueMark(ticket, { long = false } = {}) {
  if (!ticket.due_at || ticket.state === "resolved") return null;
  const shown = make("span", { "aria-hidden": long ? null : "true" });
  const said = long ? null : make("span", { class: "unseen" });
  const mark = make("time", {
    class: "due figures", datetime: ticket.due_at, title: text("dueAt", fullTime(ticket.due_at)),
  }, said, shown);
  mark.dueClock = { times: timesOf(ticket), long, shown, said };
  update(mark, Date.now());
  return mark;
}

function update(mark, now) {
  const { times, long, shown, said } = mark.dueClock;
  const state = standing(times, now);
  if (mark.dataset.standing !== state) mark.dataset.standing = state;
  const sentence = sentenceOf(times, state, now);
  const words = long ? sentence : briefOf(times, state, now);
  if (shown.textContent !== words) shown.textContent = words;
  // Screen readers hear the minute, not every second.
  const minute = Math.floor(now / 60_000);
  if (said && mark.dueClock.saidAt !== minute) {
    said.textContent = sentence;
    mark.dueClock.saidAt = minute;
  }
}

function sentenceOf({ due, created, answered }, state, now) {
  if (state === "answered") return text("answeredAfter", duration(answered - created));
  if (state === "answered-late") return text("answeredLate", duration(answered - created));
  return state === "late" ? text("overdue", duration(now - due)) : text("due", duration(due - now));
}

function briefOf({ due, answered }, state, now) {
  if (answered) return text("answered");
  return state === "late" ? `−${shortDuration(now - due)}` : shortDuration(due - now);
}

/** Lets every mark on the page count on, once a second while the page can be seen. */
export function startClocks() {
  setInterval(() => {
    if (document.hidden) return;
    const now = Date.now();
    for (const mark of document.querySelectorAll("time.due")) update(mark, now);
  }, 1000);
}
