// Shows what became of one message: the words with what they name, the classification, the decision
// with its reasons, the ticket.

import { make } from "./dom.js";
import { decimal, distance, percent, text, time } from "./texts.js";

/** The elements for one exchange, or an introduction where there is none yet. */
export function reading(exchange) {
  if (!exchange?.outcome) return [introduction()];
  const { outcome } = exchange;
  return [
    stop("message", text("stopMessage"), words(exchange)),
    stop("classification", text("stopClassification"), classification(outcome.classification)),
    stop("decision", text("stopDecision"), decision(outcome.decision)),
    outcome.ticket && stop("ticket", text("stopTicket"), ticket(outcome.ticket)),
  ];
}

/** Where the time went, in words. */
export function timings(exchange) {
  const parts = Object.entries(exchange?.timings ?? {}).filter(([name]) => text(`timings.${name}`));
  return parts
    .map(([name, milliseconds]) => {
      return `${text(`timings.${name}`)} ${decimal(milliseconds, milliseconds < 10 ? 1 : 0)} ms`;
    })
    .join(" · ");
}

function introduction() {
  const steps = text("emptySteps").map(([title, more]) =>
    make("li", { class: "stop" }, make("h4", {}, title), make("p", { class: "muted" }, more)));
  return make("div", { class: "introduction" },
    make("h3", { class: "introduction-title" }, text("emptyTitle")),
    make("ol", { class: "stops" }, steps));
}

function stop(kind, title, ...content) {
  return make("section", { class: `stop stop-${kind}` },
    make("h3", { class: "stop-title" }, title), content);
}

/** The message with its entities marked. Positions count Unicode scalar values, as in the interface. */
function words({ text: message, outcome }) {
  const characters = Array.from(message);
  const parts = [];
  let from = 0;
  for (const entity of outcome.classification.entities) {
    if (entity.start < from) continue;
    parts.push(characters.slice(from, entity.start).join(""));
    const kind = text(`kinds.${entity.kind}`) ?? entity.kind;
    const label = make("span", { class: "entity-kind" }, kind);
    const value = entity.value ? `${kind}: ${entity.value}` : kind;
    const marked = characters.slice(entity.start, entity.end).join("");
    // A number must not be torn at its hyphen; an address may be.
    const kept = marked.length <= 24 ? "entity entity-short" : "entity";
    parts.push(make("mark", { class: kept, title: value }, marked, " ", label));
    from = entity.end;
  }
  parts.push(characters.slice(from).join(""));
  return make("blockquote", { class: "words", lang: outcome.classification.language }, parts);
}

function classification(read) {
  const intent = read.intent
    ? measure(code(read.intent.name), read.intent.confidence, "strong")
    : make("p", { class: "out-of-scope" }, read.in_scope === null ? text("noHead") : text("outOfScope"));
  const alternatives = read.alternatives.filter(({ confidence }) => confidence >= 0.005).slice(0, 3)
    .map(({ name, confidence }) => measure(code(name), confidence, "weak"));
  const { sentiment, tier } = read;
  return [
    make("dl", { class: "intents" },
      make("dt", {}, text("intent")), make("dd", {}, intent),
      alternatives.length > 0 &&
        [make("dt", { class: "hidden" }, text("alternatives")), make("dd", {}, alternatives)]),
    make("dl", { class: "tiles" },
      read.in_scope !== null && tile(text("inScope"), null, read.in_scope),
      sentiment && tile(text("sentiment"), mood(sentiment.name), sentiment.confidence),
      tier && tile(text("tier"), make("span", { class: "tier" }, tier.level), tier.confidence,
        text(`tiers.${tier.level}`)),
      tile(text("language"), text(`languages.${read.language}`) ?? read.language)),
  ];
}

/** A value with its confidence, in little room. */
function tile(name, value, share = null, more = null) {
  return make("div", { class: "tile" },
    make("dt", {}, name),
    make("dd", {},
      share === null ? make("p", {}, value) : measure(value ?? "", share, value === null ? "bare" : "plain"),
      more && make("p", { class: "hint" }, more)));
}

function decision({ action, reasons }) {
  const [title, more] = text(`actions.${action}`) ?? [action, ""];
  const lines = reasons.map((reason) =>
    make("li", {}, make("span", {}, reason.text), " ", code(reason.code, "reason-code")));
  return [
    make("div", { class: `verdict verdict-${action}` },
      make("p", { class: "verdict-title" }, title), make("p", { class: "verdict-more" }, more)),
    lines.length > 0 && make("h4", { class: "hint" }, text("reasons")),
    lines.length > 0 && make("ol", { class: "reasons", lang: "en" }, lines),
  ];
}

function ticket({ queue, priority, due_at: due, summary }) {
  return make("div", { class: "ticket" },
    make("div", { class: "ticket-head" },
      make("p", { class: "ticket-queue" }, code(queue)),
      make("p", { class: `priority priority-${priority}` }, text(`priorities.${priority}`)),
      make("p", { class: "ticket-due" }, `${text("due")} `,
        make("time", { datetime: due }, time(due)), ` (${distance(due)})`)),
    summary && handOver(summary));
}

function handOver(summary) {
  const list = (entries) => make("ul", { class: "plain-list" }, entries.map((entry) => make("li", {}, entry)));
  const facts = summary.facts.map((fact) => [
    make("span", { class: "hint" }, text(`kinds.${fact.kind}`) ?? fact.kind), " ",
    make("b", {}, fact.text), " ",
    make("span", { class: "hint" }, `(${text("turn")(fact.turn + 1)})`),
  ]);
  const trend = text(`trends.${summary.mood.trend}`) ?? summary.mood.trend;
  return [
    make("p", { class: "headline" }, summary.headline),
    make("p", { class: "summary" }, summary.text),
    make("dl", { class: "facts facts-ticket" },
      summary.wish && row(text("wish"), make("p", {}, summary.wish)),
      facts.length > 0 && row(text("facts"), list(facts)),
      summary.tried.length > 0 && row(text("tried"), list(summary.tried)),
      row(text("mood"), make("p", {}, mood(summary.mood.now), `, ${trend}`)),
      summary.next_step && row(text("nextStep"), make("p", {}, summary.next_step)),
      summary.articles.length > 0 &&
        row(text("articles"), list(summary.articles.map((article) => article.title)))),
  ];
}

function row(name, ...content) {
  return make("div", { class: "fact" }, make("dt", {}, name), make("dd", {}, content));
}

/** A label, its share in figures, and the same as a bar. */
function measure(label, share, weight) {
  const bar = make("span", { class: "bar-fill" });
  bar.style.inlineSize = `${(100 * share).toFixed(1)}%`;
  return make("div", { class: `measure measure-${weight}` },
    make("span", { class: "measure-label" }, label),
    make("span", { class: "measure-share" }, percent(share)),
    make("span", { class: "measure-bar", "aria-hidden": "true" }, bar));
}

function mood(name) {
  return make("span", { class: `mood mood-${name}` }, text(`sentiments.${name}`) ?? name);
}

function code(name, kind = "") {
  return make("code", { class: kind || null }, name);
}
