// What must one know before the first word? The hand-over: wish, facts, what was tried, mood, next step.

import { make } from "../common/dom.js";
import { desk } from "./desk.js";
import { icon } from "./icons.js";
import { tell, warn } from "./news.js";
import { text } from "./texts.js";
import { pointAt } from "./thread.js";

let drawn = null;

/** Shows the hand-over of the open ticket. */
export function drawSummary(place) {
  const { ticket, conversation, context } = desk.open;
  const facts = allFacts(ticket, conversation);
  const mark = JSON.stringify([ticket.id, ticket.summary, facts, context?.customer]);
  if (mark === drawn) return;
  drawn = mark;
  const { text: words, wish, tried, before = [], mood, next_step: next } = ticket.summary;
  const row = (name, ...content) => make("div", { class: "pair" }, make("dt", {}, text(name)), make("dd", {}, content));
  place.replaceChildren(
    make("p", { class: "summary-text", lang: ticket.language }, words),
    make("dl", { class: "pairs" },
      wish && !words.includes(wish) && row("wish", make("p", { lang: ticket.language }, wish)),
      next && row("nextStep", make("p", { class: "next-step", lang: ticket.language }, next)),
      facts.length > 0 && row("facts", make("ul", { class: "facts" }, facts.map((fact) => factRow(fact)))),
      tried.length > 0 && row("tried", make("ul", { class: "bullets", lang: ticket.language },
        tried.map((entry) => make("li", {}, entry)))),
      before.length > 0 && row("before", make("ul", { class: "bullets", lang: ticket.language },
        before.map((entry) => make("li", {}, entry)))),
      context?.customer && row("knownAs", make("ul", { class: "facts" }, knownAs(context.customer))),
      mood?.now && row("mood", moodWords(mood.now), `, ${text(`trend.${mood.trend}`) ?? mood.trend}`)));
}

/** The facts of the summary, then whatever else was named in the customer's messages. */
function allFacts(ticket, conversation) {
  const turns = conversation?.turns ?? [];
  const offset = conversation?.earlier_turns ?? 0;
  const summed = ticket.summary.facts.map((fact) => ({ ...fact, turnId: turns[fact.turn - offset]?.id }));
  const named = turns.flatMap((turn) =>
    (turn.classification?.entities ?? []).map((entity) => ({ ...entity, turnId: turn.id })));
  const seen = new Set();
  return [...summed, ...named].filter((fact) => {
    const key = `${fact.kind} ${fact.text}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** How else the customer is known, and what the company says of the customer. */
function knownAs({ name, ids, emails, phones, attributes }) {
  const values = [name && { kind: "name", text: name },
    ...ids.map((id) => ({ kind: "customer_number", text: id })),
    ...emails.map((address) => ({ kind: "email", text: address })),
    ...phones.map((number) => ({ kind: "phone", text: number }))].filter(Boolean);
  return [...values.map(factRow), ...Object.entries(attributes).map(([key, value]) =>
    make("li", { class: "fact" }, make("span", { class: "fact-kind muted" }, key), make("span", { class: "fact-value" }, value)))];
}

function factRow({ kind, text: value, turnId }) {
  const name = text(`kind.${kind}`) ?? kind;
  return make("li", { class: "fact" },
    make("span", { class: "fact-kind muted" }, name),
    turnId
      ? make("button", { type: "button", class: "fact-value", title: text("toTurn"), onclick: () => pointAt(turnId) },
        value)
      : make("span", { class: "fact-value" }, value),
    make("button", {
      type: "button", class: "icon-button", "aria-label": text("copy", `${name} ${value}`), title: text("copy", value),
      onclick: () => copy(value),
    }, icon("copy")));
}

async function copy(value) {
  try {
    await navigator.clipboard.writeText(value);
    tell(text("copied", value));
  } catch {
    // Not over a safe connection, or not allowed: the value can still be marked by hand.
    warn(text("problemOther"));
  }
}

/** A mood in words, with a sign beside it. */
export function moodWords(name) {
  return make("span", { class: `mood mood-${name}` }, text(`sentiment.${name}`) ?? name);
}
