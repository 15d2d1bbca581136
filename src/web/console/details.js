// What should one know beside the conversation? The last column, in sections that can be closed.

import { add, byId, make } from "../common/dom.js";
import { drawArticles, startArticles } from "./articles.js";
import { desk, on } from "./desk.js";
import { date } from "./format.js";
import { intentName } from "./labels.js";
import { icon } from "./icons.js";
import { showPane, to } from "./place.js";
import { drawReading } from "./reading.js";
import { drawSummary } from "./summary.js";
import { text } from "./texts.js";

const CLOSED = "lotse-closed-sections";
const SECTIONS = { summary: "handOver", articles: "articles", earlier: "earlier", reading: "reading" };

/** Builds the column once; its sections follow the open ticket. */
export function startDetails() {
  const column = byId("details");
  column.setAttribute("aria-label", text("details"));
  const back = make("button", {
    type: "button", class: "icon-button back", "aria-label": text("back"), onclick: () => showPane("conversation"),
  }, icon("back"));
  add(column,
    make("header", { class: "details-head" }, back, make("h2", {}, text("details"))),
    Object.entries(SECTIONS).map(([name, title]) => section(name, text(title))));
  startArticles();
  on("open reading", draw);
}

function closedOnes() {
  try {
    return JSON.parse(localStorage.getItem(CLOSED)) ?? [];
  } catch {
    return [];
  }
}

function section(name, title) {
  const details = make("details", { class: "section", id: `section-${name}`, open: !closedOnes().includes(name) },
    make("summary", {}, make("h3", {}, title), icon("down")),
    make("div", { class: "section-body", id: `body-${name}` }));
  details.addEventListener("toggle", () => {
    const others = closedOnes().filter((other) => other !== name);
    localStorage.setItem(CLOSED, JSON.stringify(details.open ? others : [...others, name]));
  });
  return details;
}

function draw() {
  const { open } = desk;
  const column = byId("details");
  column.hidden = !open?.ticket;
  if (!open?.ticket) return;
  if (shownId !== open.id) column.scrollTop = 0;
  shownId = open.id;
  drawSummary(byId("body-summary"));
  drawArticles();
  drawEarlier(byId("body-earlier"));
  drawReading(byId("body-reading"));
}

let shownId = null;
let earlierMark = null;

function drawEarlier(place) {
  const { id, context, earlier: shown } = desk.open;
  const earlier = context?.earlier ?? [];
  const mark = JSON.stringify([id, earlier, shown?.id, Boolean(context)]);
  if (mark === earlierMark) return;
  earlierMark = mark;
  if (earlier.length === 0) {
    place.replaceChildren(make("p", { class: "muted" }, context ? text("earlierEmpty") : text("loading")));
    return;
  }
  place.replaceChildren(make("ul", { class: "earlier" }, earlier.map((conversation) =>
    make("li", {},
      earlierRow(conversation, to("ticket", id, "earlier", conversation.id), shown?.id === conversation.id)))));
}

function earlierRow({ channel, state, created_at: created, topic, headline }, href, isShown) {
  const channelName = text(`channel.${channel}`);
  return make("a", { class: "earlier-row", href, "aria-current": isShown ? "true" : null },
    icon(channel),
    make("span", { class: "earlier-words" }, headline ?? (topic ? intentName(topic) : channelName)),
    make("span", { class: "muted earlier-more" },
      make("time", { datetime: created, class: "figures" }, date(created)),
      ` · ${channelName} · ${text(`conversationState.${state}`)}`));
}
