// Shows a conversation: what the customer said, what was answered, who holds it.

import { make } from "./dom.js";
import { markdown } from "./markdown.js";
import { percent, text } from "./texts.js";

/** The element of one entry. `on.choose(value)` and `on.show(exchange)` are called by its buttons. */
export function entry(item, on) {
  switch (item.kind) {
    case "customer": return customer(item, on);
    case "bot": return bot(item, on);
    case "agent": return agent(item);
    default: return make("p", { class: "entry entry-note" }, text("handedOver")(item.queue));
  }
}

function customer(item, on) {
  const { exchange } = item;
  return make("article", { class: "entry entry-customer" },
    make("p", { class: "bubble", lang: exchange.outcome?.classification.language ?? null }, exchange.text),
    exchange.outcome && brief(exchange, on));
}

/** One line that says what was read and decided, and opens the whole reading. */
function brief(exchange, on) {
  const { classification, decision } = exchange.outcome;
  const intent = classification.intent
    ? [make("code", {}, classification.intent.name), ` ${percent(classification.intent.confidence)}`]
    : text("outOfScope");
  const [action] = text(`actions.${decision.action}`) ?? [decision.action];
  return make("button", {
    type: "button", class: "brief", title: text("showReading"),
    "aria-pressed": exchange.selected ? "true" : "false", onclick: () => on.show(exchange),
  }, intent, make("span", { class: "brief-arrow", "aria-hidden": "true" }, " → "), action);
}

function bot(item, on) {
  const { reply, open, language } = item;
  const choices = reply.choices ?? [];
  return make("article", { class: "entry entry-bot" },
    make("p", { class: "entry-author" }, "Lotse"),
    make("div", { class: "bubble", lang: language }, markdown(reply.text)),
    reply.article &&
      make("p", { class: "source" }, `${text("source")} `, make("cite", { lang: language }, reply.article.title)),
    choices.length > 0 &&
      make("div", { class: "choices", role: "group", "aria-label": text("choose") },
        choices.map((choice) =>
          make("button", {
            type: "button", class: "choice", lang: language, disabled: !open,
            onclick: () => on.choose(choice.value),
          }, choice.label))));
}

function agent({ turn }) {
  return make("article", { class: "entry entry-bot entry-agent" },
    make("p", { class: "entry-author" }, `${text("agent")}${turn.agent ? ` · ${turn.agent}` : ""}`),
    make("div", { class: "bubble" }, markdown(turn.text)));
}
