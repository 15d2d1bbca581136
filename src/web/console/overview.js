// What is on my desk, and what waits? The first column: search, the next ticket, mine, the queues.

import { remove } from "../common/api.js";
import { add, byId, keep, make } from "../common/dom.js";
import { problem, takeNext } from "./actions.js";
import { dueMark } from "./clock.js";
import { desk, leads, on } from "./desk.js";
import { shortcutsDialog } from "./dialogs.js";
import { oneLine } from "./format.js";
import { flag, icon } from "./icons.js";
import { queueName } from "./labels.js";
import { unreadMark } from "./list.js";
import { notifies, toggleNotifications, warn } from "./news.js";
import { isOwn, toggleOwn } from "./own-queues.js";
import { to, viewAddress } from "./place.js";
import { changeLanguage, language, text } from "./texts.js";
import { unreadOf, unreadOfAll } from "./unread.js";

const WIDE = matchMedia("(min-width: 85rem)");

/** Builds the column once; its lists follow what the console knows. */
export function startOverview() {
  const overview = byId("overview");
  overview.setAttribute("aria-label", text("overview"));
  add(overview, head(), searchForm(), nextButton(), section("mine", text("mine")), section("queues", text("queues")));
  on("mine unread open", drawMine);
  on("queues list", drawQueues);
  on("list", drawNext);
  collapse();
  WIDE.addEventListener("change", collapse);
  on("list", () => !WIDE.matches && expand("queues", false));
}

function head() {
  const open = make("button", {
    type: "button", class: "account", popovertarget: "account", title: text("account"),
  }, make("span", { class: "account-name" },
    desk.me.name), make("span", { class: "unseen" }, text("account")), icon("down"));
  return make("header", { class: "overview-head" },
    make("a", { class: "brand", href: "#/all" }, flag(), "Lotse"), open, account());
}

function account() {
  const item = (label, onclick, sign) => make("button", { type: "button", class: "menu-item", onclick },
    sign && icon(sign), label);
  const notifying = item("", () => toggleNotifications().then(describe));
  const describe = () => notifying.replaceChildren(text(notifies() ? "notifyOff" : "notifyOn"));
  describe();
  const hide = (action) => () => {
    byId("account").hidePopover();
    action();
  };
  return make("div", { class: "menu", id: "account", popover: "auto" },
    make("p", { class: "menu-name" }, desk.me.name),
    leads() && make("a", { class: "menu-item", href: "/reports" }, text("reports")),
    notifying,
    item(text("shortcuts"), hide(shortcutsDialog)),
    languageSwitch(),
    item(text("signOut"), signOut));
}

/** Buttons that change the language of the console. */
export function languageSwitch() {
  const button = (code, name) => make("button", {
    type: "button", lang: code, "aria-pressed": String(language === code), onclick: () => changeLanguage(code),
  }, name);
  return make("div", { class: "switch", role: "group", "aria-label": text("language") },
    button("de", "Deutsch"), button("en", "English"));
}

/** Ends the session. */
export async function signOut() {
  try {
    await remove("/v1/session");
    sessionStorage.clear();
    location.assign("/console");
  } catch (error) {
    warn(problem(error));
  }
}

function searchForm() {
  const field = make("input", {
    type: "search", id: "search", class: "field", placeholder: text("searchTickets"),
    "aria-label": text("searchTickets"), autocomplete: "off", enterkeyhint: "search",
  });
  on("list", () => {
    if (document.activeElement !== field) field.value = desk.view.kind === "search" ? desk.view.words : "";
  });
  const search = (event) => {
    event.preventDefault();
    const wanted = field.value.trim();
    location.hash = wanted ? to("search", wanted) : to("all");
  };
  return make("form", { role: "search", class: "search", onsubmit: search }, icon("search"), field);
}

function nextButton() {
  return make("button", { type: "button", class: "button button-main take-next", id: "take-next", onclick: takeNext });
}

function drawNext() {
  const { view } = desk;
  const label = view.kind === "queue" ? text("takeNextOf", queueName(view.queue)) : text("takeNext");
  const button = byId("take-next");
  if (button.textContent !== label) button.replaceChildren(make("span", {}, label));
  button.title = label;
}

function section(name, title) {
  const list = make("ul", { class: `overview-${name}`, id: `overview-${name}` });
  const toggle = make("button", {
    type: "button", class: "section-toggle", id: `toggle-${name}`, "aria-expanded": "true", "aria-controls": list.id,
    onclick: () => expand(name, list.hidden),
  }, icon("down"), title, make("span", { class: "section-count figures", id: `count-${name}` }));
  return make("section", { class: "overview-section" }, make("h2", { class: "section-title" }, toggle), list);
}

function expand(name, open) {
  byId(`overview-${name}`).hidden = !open;
  byId(`toggle-${name}`).setAttribute("aria-expanded", String(open));
}

/** Where there is little room, the queues open on demand. */
function collapse() {
  expand("queues", WIDE.matches);
}

function drawMine() {
  const unread = unreadOfAll();
  const count = byId("count-mine");
  count.replaceChildren();
  add(count, desk.mine.length > 0 && String(desk.mine.length), unreadMark(unread));
  const rows = desk.mine.map((ticket) => ({
    key: ticket.id,
    mark: JSON.stringify([
      ticket.version, ticket.summary.headline, ticket.first_response_at, unreadOf(ticket.id), desk.open?.id === ticket.id,
    ]),
    build: () => make("li", {}, mineRow(ticket)),
  }));
  const empty = { key: "empty", mark: "", build: () => make("li", { class: "overview-empty muted" },
    text("mineEmpty")) };
  keep(byId("overview-mine"), rows.length > 0 ? rows : [empty]);
}

function mineRow(ticket) {
  const unread = unreadOf(ticket.id);
  const isOpen = desk.open?.id === ticket.id;
  return make("a", {
    class: "overview-row mine-row", href: to("ticket", ticket.id), title: ticket.summary.headline,
    "aria-current": isOpen ? "true" : null,
  },
  icon(ticket.channel),
  make("span", { class: unread > 0 ? "overview-label strong" : "overview-label" },
    oneLine(ticket.summary.headline, 120)),
  unreadMark(unread) ?? (!ticket.first_response_at && dueMark(ticket)));
}

function drawQueues() {
  const waiting = desk.queues.reduce((sum, { open }) => sum + open, 0);
  byId("count-queues").textContent = waiting > 0 ? String(waiting) : "";
  const all = { queue: null, open: waiting, claimed: desk.queues.reduce((sum, { claimed }) => sum + claimed, 0) };
  const sorted = [...desk.queues].sort((one, other) => Number(isOwn(other.queue)) - Number(isOwn(one.queue)));
  keep(byId("overview-queues"), [all, ...sorted].map((queue) => {
    const view = queue.queue === null ? { kind: "all" } : { kind: "queue", queue: queue.queue };
    const current = viewAddress() === viewAddress(view);
    return {
      key: queue.queue ?? "",
      mark: JSON.stringify([queue, current, isOwn(queue.queue)]),
      build: () => make("li", { class: "queue-item" }, queueRow(queue, view, current), queue.queue && ownButton(queue.queue)),
    };
  }));
}

/** Says whether a queue is mine. */
function ownButton(queue) {
  const label = text("ownQueue", queueName(queue));
  return make("button", {
    type: "button", class: "icon-button own-queue", "aria-pressed": String(isOwn(queue)), "aria-label": label, title: label,
    onclick: () => toggleOwn(queue),
  }, icon("star"));
}

function queueRow({ queue, open, claimed, takes, next_due_at: due }, view, current) {
  return make("a", {
    class: "overview-row", href: viewAddress(view), "aria-current": current ? "true" : null, title: takes || null,
  },
    make("span", { class: "overview-label" }, queue === null ? text("all") : queueName(queue)),
    open > 0 && due && dueMark({ due_at: due, created_at: due }),
    make("span", {
      class: open > 0 ? "count figures" : "count count-none figures", title: text("waiting", open, claimed),
    }, String(open)));
}
