// What was said, by whom, and what happened in between?

import { byId, keep, make } from "../common/dom.js";
import { markdown } from "../common/markdown.js";
import { changed, desk, loadOpen, on } from "./desk.js";
import { clock, day, fullTime, percent } from "./format.js";
import { intentName, queueName } from "./labels.js";
import { icon } from "./icons.js";
import { problemNotice } from "./dialogs.js";
import { showPane, showTicket } from "./place.js";
import { text } from "./texts.js";

/** Turns of one author within this time are shown as one. */
const TOGETHER = 5 * 60_000;
/** So near to the end that the reader surely wants to see what comes. */
const NEAR = 80;

let shown = null;
let count = 0;

/** Builds what stays while conversations change. */
export function startThread() {
  const below = make("button", { type: "button", class: "button below", id: "below", hidden: true, onclick: toEnd },
    icon("down"), text("newBelow"));
  byId("thread").after(make("div", { class: "below-place" }, below));
  byId("thread").addEventListener("scroll", () => isAtEnd() && (below.hidden = true), { passive: true });
  on("reading", drawThread);
}

const isAtEnd = () => {
  const thread = byId("thread");
  return thread.scrollHeight - thread.scrollTop - thread.clientHeight < NEAR;
};

function toEnd() {
  const thread = byId("thread");
  thread.scrollTop = thread.scrollHeight;
  byId("below").hidden = true;
}

/** The conversation that is to be seen: the ticket's, or an earlier one of the same customer. */
export const seen = () => (desk.open?.earlier ? desk.open.earlier.conversation : desk.open?.conversation);

/** Shows the open conversation; the reader stays where they read, or at the end. */
export function drawThread() {
  const thread = byId("thread");
  if (!desk.open?.ticket) return;
  const conversation = seen();
  const wasAtEnd = isAtEnd();
  if (shown !== conversation?.id) beBusy(thread);
  keep(thread, conversation ? entries(conversation) : [pending()]);
  if (!conversation) return;
  const isOther = shown !== conversation.id;
  const isMore = conversation.turns.length > count;
  [shown, count] = [conversation.id, conversation.turns.length];
  if (isOther || wasAtEnd) toEnd();
  else if (isMore) byId("below").hidden = false;
}

/** Lets screen readers read what is new in a conversation, not the whole of another one. */
function beBusy(thread) {
  thread.setAttribute("aria-busy", "true");
  setTimeout(() => thread.removeAttribute("aria-busy"), 500);
}

function pending() {
  shown = null;
  const error = desk.open.earlier?.problem ?? desk.open.problem;
  if (error) return { key: "problem", mark: error.code, build: () => problemNotice(error, () => showAgain()) };
  return { key: "loading", mark: "", build: () => make("p", { class: "thread-line" }, text("loading")) };
}

function showAgain() {
  if (desk.open.earlier) showTicket(desk.open.id);
  else loadOpen();
}

function entries(conversation) {
  const { turns, earlier_turns: hidden = 0, article_titles: titles = {}, choices = [], rating } = conversation;
  const begin = Date.parse(turns[0]?.at);
  const events = desk.open.earlier ? [] : desk.open.ticket.events ?? [];
  const happened = events.filter((event) => hidden === 0 || Date.parse(event.at) >= begin);
  const items = [
    ...turns.map((turn) => ({ at: turn.at, turn })),
    ...happened.map((event, index) => ({ at: event.at, event, index })).filter(({ event }) => changeText(event)),
  ].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const list = hidden > 0 ? [earlierTurns(hidden)] : [];
  let previous = null;
  for (const item of items) {
    const today = day(item.at);
    if (today !== previous?.day) list.push(dayEntry(today));
    list.push(item.turn ? turnEntry(item.turn, previous?.turn, titles) : eventEntry(item));
    previous = { day: today, turn: item.turn };
  }
  if (choices.length > 0) list.push(offered(choices));
  if (rating) list.push(rated(rating));
  return list;
}

function earlierTurns(hidden) {
  const load = () => {
    desk.open.turns = 1000;
    loadOpen();
  };
  return {
    key: "earlier turns", mark: String(hidden),
    build: () => make("p", { class: "thread-line" },
      make("button", { type: "button", class: "button", onclick: load }, text("earlierTurns", hidden))),
  };
}

function dayEntry(today) {
  const build = () => make("h3", { class: "thread-day" }, make("span", {}, today));
  return { key: `day ${today}`, mark: "", build };
}

function turnEntry(turn, before, titles) {
  const isSame = isContinued(before, turn) && before.thread?.id === turn.thread?.id;
  const isRead = desk.open.readingTurn === turn.id;
  return {
    key: turn.id,
    mark: JSON.stringify([isSame, isRead, Boolean(turn.classification), titles[turn.article_id], turn.thread?.id]),
    build: () => make("article", { class: `turn turn-${turn.from}${isSame ? " turn-same" : ""}`, "data-turn": turn.id },
      turnHead(turn, isSame),
      make("div", { class: "bubble", lang: turn.classification?.language ?? null }, turnText(turn)),
      turn.article_id && make("p", { class: "turn-source" },
        icon("article"), text("fromArticle", titles[turn.article_id] ?? turn.article_id)),
      turn.classification && reading(turn, isRead)),
  };
}

function isContinued(before, turn) {
  if (before?.from !== turn.from || before.agent !== turn.agent) return false;
  return Date.parse(turn.at) - Date.parse(before.at) < TOGETHER;
}

function turnHead(turn, isSame) {
  const name = text(`from.${turn.from}`);
  const who = { agent: turn.agent ?? name, note: `${name} · ${turn.agent ?? ""}` }[turn.from] ?? name;
  return make("p", { class: isSame ? "turn-head unseen" : "turn-head" },
    turn.from === "note" && icon("note"),
    make("span", { class: "turn-author" }, who),
    turn.thread && make("span", { class: "turn-channel" }, icon(turn.thread.channel), text(`channel.${turn.thread.channel}`)),
    make("time", { datetime: turn.at, title: fullTime(turn.at), class: "figures" }, clock(turn.at)));
}

/** Customers' words stand as they were written; bot and agents write Markdown. */
function turnText(turn) {
  if (turn.from === "customer") return make("p", { class: "as-written" }, turn.text);
  return markdown(turn.text, { keepLines: turn.from !== "bot" });
}

/** How a message was read, in a line; a click shows all of it at the side. */
function reading(turn, isRead) {
  const { intent } = turn.classification;
  const show = () => {
    desk.open.readingTurn = turn.id;
    changed("reading");
    showPane("details");
    byId("section-reading").open = true;
    byId("section-reading").scrollIntoView({ block: "start" });
  };
  return make("button", {
    type: "button", class: "turn-reading", title: text("showReading"), "aria-pressed": String(isRead), onclick: show,
  },
    intent ? `${intentName(intent.name)} ${percent(intent.confidence)}` : text("outOfScope"),
    turn.decision && [make("span", { "aria-hidden": "true" }, " → "), text(`action.${turn.decision.action}`)]);
}

function changeText({ kind, actor, detail = {} }) {
  const who = actor === "lotse" ? "Lotse" : actor;
  const event = {
    queue: queueName(detail.queue ?? desk.open.ticket.queue),
    to: detail.agent ?? queueName(detail.to ?? detail.queue ?? ""),
    reason: detail.reason ?? "",
  };
  return text(`change.${kind}`, kind === "returned" ? detail.agent ?? who : who, event);
}

function eventEntry({ event, index }) {
  return {
    key: `event ${index} ${event.at}`, mark: "",
    build: () => make("p", { class: "thread-line" },
      changeText(event), " ", make("time", { datetime: event.at, class: "figures" }, clock(event.at))),
  };
}

function offered(choices) {
  return {
    key: "choices", mark: JSON.stringify(choices),
    build: () => make("div", { class: "offered" }, make("p", { class: "muted" }, text("offered")),
      make("ul", {}, choices.map(({ label }) => make("li", {}, label)))),
  };
}

function rated({ score, comment }) {
  return {
    key: "rating", mark: `${score} ${comment}`,
    build: () => make("p", { class: "thread-line" }, text("rating", score), comment && ` · „${comment}“`),
  };
}

/** Brings a turn into view and points at it for a moment. */
export function pointAt(turnId) {
  showPane("conversation");
  const turn = byId("thread").querySelector(`[data-turn="${CSS.escape(turnId)}"]`);
  if (!turn) return;
  turn.scrollIntoView({ block: "center" });
  turn.classList.add("pointed");
  setTimeout(() => turn.classList.remove("pointed"), 1600);
}
