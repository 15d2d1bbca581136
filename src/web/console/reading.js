// Why did the bot do as it did, and was it right? What was read in a message, with every reason.

import { make } from "../common/dom.js";
import { desk } from "./desk.js";
import { openCorrection } from "./correct.js";
import { clock, oneLine, percent, plainWords } from "./format.js";
import { intentName } from "./labels.js";
import { moodWords } from "./summary.js";
import { text } from "./texts.js";
import { seen } from "./thread.js";

let drawn = null;

/** Shows how the chosen message was read, else the one that led to the ticket. */
export function drawReading(place) {
  const { open } = desk;
  const { ticket } = open;
  const turn = readTurn(seen()?.turns ?? [], ticket, open.readingTurn);
  const classification = turn?.classification ?? ticket.classification;
  const decision = turn ? turn.decision : ticket.decision;
  const corrections = (ticket.events ?? []).filter(({ kind }) => kind === "corrected");
  const mark = JSON.stringify([ticket.id, turn?.id, classification, decision, corrections, Boolean(open.earlier)]);
  if (mark === drawn) return;
  drawn = mark;
  place.replaceChildren(...[
    turn && make("p", { class: "muted reading-of", lang: classification.language },
      text("readingOf", oneLine(turn.text, 90))),
    classification && scores(classification),
    decision && reasons(decision),
    !open.earlier && corrected(corrections),
    !open.earlier && classification && make("button", {
      type: "button", class: "button wide", id: "correct", onclick: () => openCorrection(ticket, turn, classification),
    }, text("correct")),
  ].filter(Boolean));
}

/** The chosen turn, else the customer's last one before the ticket was opened, else the last one read. */
function readTurn(turns, ticket, chosen) {
  const read = turns.filter((turn) => turn.classification);
  return read.find(({ id }) => id === chosen)
    ?? read.findLast(({ at }) => Date.parse(at) <= Date.parse(ticket.created_at))
    ?? read.at(-1);
}

function scores({ intent, in_scope: inScope, alternatives, sentiment, tier }) {
  const others = alternatives.filter(({ confidence }) => confidence >= 0.005).slice(0, 3);
  return make("div", { class: "scores" },
    make("h4", {}, text("intent")),
    intent ? bar(intentName(intent.name), intent.confidence, { strong: true }) : make("p", {},
      text(inScope === null ? "noIntent" : "outOfScope")),
    others.map(({ name, confidence }) => bar(intentName(name), confidence)),
    inScope !== null && inScope !== undefined && bar(text("inScope"), inScope, { quiet: true }),
    sentiment && [make("h4", {}, text("mood")), bar(moodWords(sentiment.name), sentiment.confidence)],
    tier && [make("h4", {}, text("tier")), bar(`${tier.level}: ${text(`tiers.${tier.level}`)}`, tier.confidence)]);
}

/** A share as figure and bar; with a threshold, a mark on the bar. */
function bar(label, share, { strong = false, quiet = false, threshold = null } = {}) {
  const fill = make("span", { class: "bar-fill" });
  fill.style.inlineSize = `${(100 * Math.min(1, share)).toFixed(1)}%`;
  const limit = threshold === null ? null : make("span", { class: "bar-limit" });
  if (limit) limit.style.insetInlineStart = `${(100 * Math.min(1, threshold)).toFixed(1)}%`;
  return make("div", { class: `bar${strong ? " bar-strong" : ""}${quiet ? " bar-quiet" : ""}` },
    make("span", { class: "bar-label" }, label),
    make("span", { class: "bar-share figures" }, percent(share)),
    make("span", { class: "bar-track", "aria-hidden": "true" }, fill, limit));
}

function reasons({ action, reasons: list }) {
  return make("div", { class: "reasons" },
    make("h4", {}, `${text(`action.${action}`) ?? action} · ${text("why")}`),
    make("ol", {}, list.map((reason) => make("li", {}, reasonEntry(reason)))));
}

/** A reason in words; where it holds a score against a threshold, both as a bar. */
function reasonEntry({ code, text: words }) {
  const compared = /(?<share>[01]\.\d\d) [≥<] (?<threshold>[01]\.\d\d)/u.exec(words)?.groups;
  const title = text(`reason.${code}`) ?? plainWords(code);
  return [
    make("p", { class: "reason-title" }, title, " ", make("code", { class: "muted" }, code)),
    make("p", { class: "reason-text muted", lang: "en" }, withoutInstant(words)),
    compared && bar(text("threshold", percent(Number(compared.threshold))), Number(compared.share),
      { threshold: Number(compared.threshold) }),
  ];
}

/** Instants of the log are shown as a time of day. */
function withoutInstant(words) {
  return words.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/gu, (instant) => clock(instant));
}

function corrected(corrections) {
  if (corrections.length === 0) return null;
  return make("ul", { class: "corrected" }, corrections.map(({ detail, actor }) => {
    const labels = [
      detail.intent && `${text("intent")} ${intentName(detail.intent)}`,
      detail.tier && `${text("tier")} ${detail.tier}`,
      detail.sentiment && `${text("mood")} ${text(`sentiment.${detail.sentiment}`)}`,
    ].filter(Boolean);
    return make("li", {}, text("correctedTo", labels.join(", "), actor));
  }));
}
