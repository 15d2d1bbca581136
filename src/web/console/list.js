// Which tickets are in the chosen queue? The second column, in the order of work.

import { add, byId, keep, make } from "../common/dom.js";
import { dueMark } from "./clock.js";
import { chooseView, desk, isMine, loadList, loadMore, MOST, on } from "./desk.js";
import { problemNotice } from "./dialogs.js";
import { clock, customerName, date } from "./format.js";
import { icon } from "./icons.js";
import { queueName } from "./labels.js";
import { to } from "./place.js";
import { text } from "./texts.js";
import { unreadOf } from "./unread.js";

/** Builds the column once; it follows what the console knows. */
export function startList() {
  const list = byId("list");
  const title = make("h2", { class: "list-title", id: "list-title" });
  const filter = make("div", { class: "switch", role: "group", "aria-label": text("which") },
    filterButton(false, text("showActive")), filterButton(true, text("showResolved")));
  add(list,
    make("header", { class: "list-head" }, title, filter),
    make("ul", { class: "rows", id: "rows" }),
    make("div", { id: "list-foot" }));
  on("list unread open", () => draw(title, filter));
}

function filterButton(resolved, label) {
  return make("button", {
    type: "button", "data-resolved": String(resolved), onclick: () => chooseView(desk.view, resolved),
  }, label);
}

/** The name of what the list shows. */
export function viewTitle({ kind, queue, words: wanted }) {
  if (kind === "queue") return queueName(queue);
  if (kind === "search") return text("results", wanted);
  return kind === "mine" ? text("mine") : text("all");
}

function draw(title, filter) {
  const { view, resolved, list } = desk;
  title.textContent = viewTitle(view);
  filter.hidden = view.kind === "search";
  for (const button of filter.children) {
    button.setAttribute("aria-pressed", String(button.dataset.resolved === String(resolved)));
  }
  byId("list").setAttribute("aria-busy", String(list.tickets === null && !list.problem));
  keep(byId("rows"), shown().map((ticket) => ({
    key: ticket.id,
    mark: JSON.stringify([facts(ticket), unreadOf(ticket.id), desk.open?.id === ticket.id, view]),
    build: () => make("li", {}, row(ticket)),
  })));
  drawFoot();
}

/** An event may have told that a ticket left the list before the list has been loaded again. */
function shown() {
  const { view, resolved, list } = desk;
  const belongs = (ticket) => {
    if (view.kind === "search") return true;
    if ((ticket.state === "resolved") !== resolved) return false;
    return view.kind !== "queue" || ticket.queue === view.queue;
  };
  return (list.tickets ?? []).filter(belongs);
}

function facts({ version, state, agent, priority, queue, due_at, first_response_at, summary, updated_at }) {
  return [version, state, agent, priority, queue, due_at, first_response_at, summary.headline, updated_at];
}

function row(ticket) {
  const unread = unreadOf(ticket.id);
  const isOpen = desk.open?.id === ticket.id;
  const time = ticket.state === "resolved"
    ? make("time", { class: "muted figures", datetime: ticket.updated_at }, when(ticket.updated_at))
    : dueMark(ticket);
  const state = isMine(ticket) ? "mine" : ticket.state;
  return make("a", {
    class: "row", href: to("ticket", ticket.id), "data-state": state, "aria-current": isOpen ? "true" : null,
  },
    make("span", { class: "row-top" },
      icon(ticket.channel),
      make("span", { class: "unseen" }, `${text(`channel.${ticket.channel}`)}, `),
      make("span", { class: "row-customer" }, customerName(ticket)),
      unreadMark(unread),
      time),
    make("span", { class: unread > 0 ? "row-headline strong" : "row-headline", lang: ticket.language },
      ticket.summary.headline),
    make("span", { class: "row-foot" }, foot(ticket)));
}

/** The number of unseen messages; nothing where there is none. */
export function unreadMark(count) {
  if (count === 0) return null;
  return make("span", { class: "unread", title: text("unread", count) },
    String(count), make("span", { class: "unseen" }, text("unread", "")));
}

function when(timestamp) {
  const isToday = new Date(timestamp).toDateString() === new Date().toDateString();
  return isToday ? clock(timestamp) : date(timestamp);
}

function foot(ticket) {
  const { priority, queue, language, state, agent } = ticket;
  const holder = state === "claimed" && (isMine(ticket) ? text("state.mine") : text("heldBy", agent));
  return [
    priorityBadge(priority),
    make("span", { title: text(`languages.${language}`) }, language.toUpperCase()),
    desk.view.kind !== "queue" && make("span", {}, queueName(queue)),
    holder && make("span", { class: "row-holder" }, icon("person"), holder),
    state === "resolved" && desk.view.kind === "search" && make("span", {}, text("state.resolved")),
  ];
}

/** The priority, where it is not the usual one. */
export function priorityBadge(priority) {
  if (priority === "normal") return null;
  const kind = { urgent: "badge badge-bad", high: "badge badge-warn" }[priority] ?? "badge";
  return make("span", { class: kind, title: text("priorityLabel", text(`priority.${priority}`)) },
    text(`priority.${priority}`));
}

function drawFoot() {
  const { list } = desk;
  const place = byId("list-foot");
  if (list.problem) return place.replaceChildren(problemNotice(list.problem, loadList));
  if (list.tickets === null) return place.replaceChildren(skeleton());
  if (shown().length === 0) return place.replaceChildren(emptyNotice());
  const isFull = list.tickets.length >= list.limit;
  if (isFull && list.limit >= MOST) return place.replaceChildren(make("p", { class: "list-end muted" },
    text("mostShown", list.tickets.length)));
  return place.replaceChildren(...(isFull ? [make("button", {
    type: "button", class: "button list-more", onclick: loadMore,
  }, text("more"))] : []));
}

function emptyNotice() {
  const { view, resolved } = desk;
  const [first, second] = {
    search: [text("nothingFound"), text("nothingFoundMore")],
    mine: [text("mineEmpty"), ""],
  }[view.kind] ?? [text("nothingWaits"), text("nothingWaitsMore")];
  return make("div", { class: "notice" },
    make("p", { class: "notice-title" }, resolved ? text("nothingResolved") : first),
    !resolved && second && make("p", { class: "muted" }, second));
}

/** What is shown while the list is loaded for the first time. */
function skeleton() {
  return make("div", { class: "skeleton" },
    make("p", { class: "unseen" }, text("loading")),
    Array.from({ length: 6 }, () => make("div", { class: "skeleton-row", "aria-hidden": "true" },
      make("span"), make("span"))));
}
