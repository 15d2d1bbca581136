// How should this message have been read? A window in which one click says it.

import { make } from "../common/dom.js";
import { step } from "./actions.js";
import { openDialog } from "./dialog.js";
import { intentName, labels } from "./labels.js";
import { tell } from "./news.js";
import { text } from "./texts.js";

const OUT_OF_SCOPE = "out_of_scope";

/** Opens the window for a message; the first click on a label sends it. */
export function openCorrection(ticket, turn, classification) {
  const choose = (correction) => async () => {
    close();
    const body = turn ? { turn_id: turn.id, ...correction } : correction;
    if (await step("correct", ticket.id, body)) tell(text("correctThanks"));
  };
  const { intent, alternatives, tier, sentiment } = classification;
  const content = make("div", { class: "correction" },
    make("p", { class: "muted" }, text("correctLead")),
    make("div", { class: "correction-small" },
      group("correctTier", labels.tiers.map((level) =>
        label(`${level}: ${text(`tiers.${level}`) ?? ""}`, tier?.level === level, choose({ tier: level })))),
      group("correctSentiment", labels.sentiments.map((name) =>
        label(text(`sentiment.${name}`) ?? name, sentiment?.name === name, choose({ sentiment: name }))))),
    intents(intent?.name ?? OUT_OF_SCOPE, alternatives.map(({ name }) => name), choose));
  const close = openDialog({ title: text("correct"), content, wide: true });
}

function group(title, buttons) {
  return make("section", {}, make("h3", { class: "correction-title" },
    text(title)), make("div", { class: "labels" }, buttons));
}

function label(words, isRead, onclick) {
  return make("button", { type: "button", class: "label", disabled: isRead, onclick },
    words, isRead && make("span", { class: "label-read" }, ` (${text("asRead")})`));
}

/** The likeliest intents first, then all others by name, with a field that narrows them down. */
function intents(read, likely, choose) {
  const named = new Set([read, ...likely, OUT_OF_SCOPE, ...[...labels.intents].sort((one, other) => intentName(one).localeCompare(intentName(other)))]);
  const words = (name) => (name === OUT_OF_SCOPE ? text("noIntent") : intentName(name));
  const buttons = [...named].map((name) => label(words(name), name === read, choose({ intent: name })));
  const filter = make("input", {
    type: "search", class: "field", placeholder: text("filterIntents"), "aria-label": text("filterIntents"),
    autocomplete: "off",
  });
  filter.addEventListener("input", () => {
    const wanted = filter.value.trim().toLowerCase();
    for (const button of buttons) button.hidden = !button.textContent.toLowerCase().includes(wanted);
  });
  filter.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  return make("section", {},
    make("div", { class: "correction-head" }, make("h3", { class: "correction-title" }, text("correctIntent")), filter),
    make("div", { class: "labels labels-intents" }, buttons));
}
