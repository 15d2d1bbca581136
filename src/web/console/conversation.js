// Which conversation is open, how does it stand, and what can be done? The third column.

import { add, byId, keep, make } from "../common/dom.js";
import { allowed, step } from "./actions.js";
import { dueMark } from "./clock.js";
import { startComposer } from "./composer.js";
import { desk, isMine, loadOpen, on } from "./desk.js";
import { problemNotice, resolveDialog, transferDialog } from "./dialogs.js";
import { customerName } from "./format.js";
import { icon } from "./icons.js";
import { queueName } from "./labels.js";
import { priorityBadge } from "./list.js";
import { showPane, to, viewAddress } from "./place.js";
import { text } from "./texts.js";
import { drawThread, startThread } from "./thread.js";

/** Builds the column once; it follows what the console knows. */
export function startConversation() {
  const column = byId("conversation");
  column.setAttribute("aria-label", text("conversation"));
  add(column,
    make("div", { class: "head", id: "head" }),
    make("div", { class: "thread", id: "thread", tabindex: 0, role: "log", "aria-label": text("conversation") }),
    make("div", { class: "empty", id: "nothing-open" }),
    make("div", { class: "composer", id: "composer" }));
  startThread();
  startComposer();
  on("open mine", draw);
  on("queues", drawNothing);
}

function draw() {
  const { open } = desk;
  const isRead = Boolean(open?.earlier);
  byId("desk").dataset.open = open?.ticket ? "ticket" : "nothing";
  byId("nothing-open").hidden = Boolean(open?.ticket);
  byId("head").hidden = !open?.ticket;
  byId("thread").hidden = !open?.ticket;
  byId("composer").hidden = !open?.ticket || isRead;
  if (!open?.ticket) return drawNothing();
  keep(byId("head"), isRead ? [earlierHead(open)] : [ticketHead(open.ticket)]);
  drawThread();
}

/** What is in the column while no conversation is. */
function drawNothing() {
  const { open } = desk;
  const place = byId("nothing-open");
  if (open?.ticket) return place.replaceChildren();
  if (open?.problem) return place.replaceChildren(backButton(), problemNotice(open.problem, loadOpen));
  if (open) return place.replaceChildren(backButton(), make("p", { class: "muted" }, text("loading")));
  const nobodyWaits = desk.queues.length > 0 && desk.queues.every(({ open: waiting }) => waiting === 0);
  const name = nobodyWaits && desk.mine.length === 0 ? "allClear" : "nothingOpen";
  const hint = make("p", { class: "empty-keys muted" },
    [["n", text("takeNext")], ["j", text("keys.j k")], ["?", text("shortcuts")]].map(([key, what]) => make("span", {},
      make("kbd", {}, key), what)));
  return place.replaceChildren(make("h2", { class: "empty-title" },
    text(name)), make("p", { class: "muted" }, text(`${name}More`)), hint);
}

function backButton(address = viewAddress()) {
  return make("a", { class: "icon-button back", href: address, "aria-label": text("back"), title: text("back") },
    icon("back"));
}

function detailsButton() {
  return make("button", {
    type: "button", class: "icon-button to-details", "aria-label": text("details"), title: text("details"),
    onclick: () => showPane("details"),
  }, icon("panel"));
}

function earlierHead({ id, earlier }) {
  return {
    key: `earlier ${earlier.id}`, mark: "",
    build: () => make("header", { class: "head-inner head-earlier" },
      make("p", {}, text("readOnly")),
      make("a", { class: "button", href: to("ticket", id) }, icon("back"), text("backToTicket"))),
  };
}

function ticketHead(ticket) {
  const { id, version, state, agent, priority, queue, due_at, first_response_at, summary, resolution } = ticket;
  return {
    key: `ticket ${id}`,
    mark: JSON.stringify([
      version, state, agent, priority, queue, due_at, first_response_at, summary.headline, resolution,
    ]),
    build: () => make("header", { class: "head-inner" },
      make("div", { class: "head-top" },
        backButton(),
        make("div", { class: "head-badges" }, badges(ticket)),
        make("div", { class: "head-actions" }, actions(ticket)),
        detailsButton()),
      make("h2", { class: "headline", lang: ticket.language, title: summary.headline }, summary.headline),
      make("div", { class: "head-facts" }, facts(ticket))),
  };
}

function badges(ticket) {
  const { state, agent, priority } = ticket;
  const standing = {
    open: () => make("span", { class: "badge" }, text("state.open")),
    claimed: () => make("span", { class: isMine(ticket) ? "badge badge-accent" : "badge" },
      isMine(ticket) ? text("state.mine") : text("heldBy", agent)),
    resolved: () => make("span", { class: "badge badge-good" }, text("state.resolved")),
  }[state];
  return [standing?.(), priorityBadge(priority)];
}

function facts(ticket) {
  const { channel, language, queue, state, resolution } = ticket;
  return [
    make("span", {}, customerName(ticket)),
    make("span", { class: "fact-sign" }, icon(channel), text(`channel.${channel}`)),
    make("span", {}, text(`languages.${language}`)),
    make("span", {}, queueName(queue)),
    state === "resolved" && resolution ? make("span", {},
      text("resolvedWith", resolution)) : dueMark(ticket, { long: true }),
  ];
}

function actions(ticket) {
  const may = allowed(ticket);
  const button = (name, main, onclick, key) => make("button", {
    type: "button", class: main ? "button button-main" : "button", onclick, "data-action": name,
    "aria-keyshortcuts": key ?? null,
    title: key ? `${text(name)} (${key})` : null,
  }, text(name));
  return [
    may.release && button("release", false, () => step("release", ticket.id)),
    may.transfer && button("transfer", false, () => transferDialog(ticket), "t"),
    may.resolve && button("resolve", isMine(ticket), () => resolveDialog(ticket), "e"),
    may.claim && button("claim", true, () => step("claim", ticket.id), "c"),
    may.reopen && button("reopen", true, () => step("reopen", ticket.id)),
  ];
}
