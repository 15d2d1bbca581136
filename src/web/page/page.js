// The page: keeps the conversation, sends messages, and lets the other files show what came of them.

import { follow, newId, sendMessage, useKey } from "./api.js";
import { entry } from "./conversation.js";
import { add, byId, make } from "./dom.js";
import { reading, timings } from "./reading.js";
import { pageLanguage, setLanguage, text } from "./texts.js";

/** Longest text that the service takes, in characters. */
const MOST_CHARACTERS = 20_000;
/** From here on the number of characters left is shown. */
const NEARLY_FULL = 18_000;

const page = byId("page");
const composer = byId("composer");
const field = byId("text");
const log = byId("log");
const root = document.documentElement;

/** What is shown; everything on the page follows from it. */
const now = { conversation: null, holder: "bot", queue: null, items: [], selected: null, busy: false, listening: null };

// ---- sending ----

async function say(words) {
  const message = words.trim();
  if (!message || now.busy || length(message) > MOST_CHARACTERS) return;
  const exchange = { id: newId(), text: message, channel: byId("channel").value, outcome: null };
  field.value = "";
  resize();
  append({ kind: "customer", exchange });
  await send(exchange);
}

async function send(exchange) {
  setBusy(true);
  showProblem(null);
  try {
    const { outcome, timings: spent } = await sendMessage({
      channel: exchange.channel,
      text: exchange.text,
      message_id: exchange.id,
      ...(now.conversation && { conversation_id: now.conversation }),
    });
    Object.assign(exchange, { outcome, timings: spent });
    take(exchange);
  } catch (error) {
    showProblem(error, exchange);
  } finally {
    setBusy(false);
    field.focus({ preventScroll: true });
  }
}

/** Takes in what became of a message. */
function take(exchange) {
  const { outcome } = exchange;
  now.conversation = outcome.conversation_id;
  const isNew = outcome.ticket && now.queue !== outcome.ticket.queue;
  now.queue = outcome.ticket?.queue ?? null;
  for (const item of now.items) item.open = false;
  if (outcome.reply) {
    const language = outcome.classification.language;
    now.items.push({ kind: "bot", reply: outcome.reply, language, open: true });
  }
  if (isNew) now.items.push({ kind: "handed", queue: outcome.ticket.queue });
  hold(outcome.state);
  select(exchange);
}

/** Notes who holds the conversation, and listens for a person where one will speak. */
function hold(state) {
  now.holder = state;
  const listens = state === "waiting" || state === "human";
  if (listens && !now.listening) {
    now.listening = new AbortController();
    follow(now.conversation, now.listening.signal, hear);
  }
}

function hear(kind, event) {
  if (kind === "message" && event.payload.turn.from === "agent") {
    append({ kind: "agent", turn: event.payload.turn });
  } else if (kind === "state") {
    hold(event.payload.state);
    showState();
  }
}

function begin() {
  now.listening?.abort();
  Object.assign(now, { conversation: null, holder: "bot", queue: null, items: [], selected: null, listening: null });
  showProblem(null);
  showAll();
  field.focus();
}

// ---- showing ----

const on = {
  choose: (value) => say(value),
  show: (exchange) => {
    select(exchange);
    view("reading");
  },
};

function append(item) {
  now.items.push(item);
  showLog();
}

function select(exchange) {
  if (now.selected) now.selected.selected = false;
  now.selected = exchange;
  exchange.selected = true;
  showLog();
  showReading();
  showState();
}

function showLog() {
  byId("welcome").hidden = now.items.length > 0;
  byId("new").hidden = now.items.length === 0;
  const shown = now.items.map((item) => entry(item, on));
  if (now.busy) shown.push(make("p", { class: "entry entry-busy" }, text("writing")));
  // Entries are kept where they are, so that a screen reader hears only what is new.
  const known = log.querySelectorAll(".entry");
  shown.forEach((element, index) => {
    const old = known[index];
    if (!old) add(log, element);
    else if (!old.isEqualNode(element)) old.replaceWith(element);
    else if (old.querySelector("button")) old.replaceWith(element);
  });
  for (const old of Array.from(known).slice(shown.length)) old.remove();
  log.scrollTop = now.items.length > 0 ? log.scrollHeight : 0;
}

function showReading() {
  byId("course").replaceChildren(...reading(now.selected).filter(Boolean));
  byId("course").scrollTop = 0;
  byId("timing").textContent = timings(now.selected);
}

function showState() {
  const state = byId("state");
  state.dataset.state = now.holder;
  state.textContent = now.conversation ? text(`states.${now.holder}`) : "";
}

function showProblem(error, exchange) {
  const box = byId("problem");
  box.hidden = !error;
  if (!error) return;
  byId("key-form").hidden = error.code !== "unauthorized";
  const message = text(`problems.${error.code}`) ?? error.message;
  box.replaceChildren(
    make("p", {}, message, " ", make("code", {}, error.code)),
    make("button", { type: "button", class: "button quiet", onclick: () => send(exchange) }, text("again")));
}

function setBusy(busy) {
  now.busy = busy;
  byId("send").disabled = busy;
  showLog();
}

function showExamples() {
  const items = text("examples").map(([kind, words]) =>
    make("li", {},
      make("button", { type: "button", class: "example", onclick: () => say(words) },
        make("span", { class: "example-kind" }, kind), make("span", {}, words))));
  byId("examples").replaceChildren(...items);
}

function showChannels() {
  const select = byId("channel");
  const chosen = select.value || "chat";
  const options = Object.entries(text("channels")).map(([name, label]) =>
    make("option", { value: name, selected: name === chosen }, label));
  select.replaceChildren(...options);
}

/** Says everything in the page's language. */
function showTexts() {
  root.lang = pageLanguage();
  const say = (attribute, apply) => {
    for (const element of document.querySelectorAll(`[data-${attribute}]`)) {
      apply(element, text(element.dataset[attribute]));
    }
  };
  say("text", (element, words) => { element.textContent = words; });
  say("label", (element, words) => element.setAttribute("aria-label", words));
  say("placeholder", (element, words) => { element.placeholder = words; });
  for (const button of document.querySelectorAll("button[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === pageLanguage()));
  }
}

function showAll() {
  showTexts();
  showExamples();
  showChannels();
  showLog();
  showReading();
  showState();
  count();
}

/** On narrow screens one of the two panels is shown. */
function view(name) {
  page.dataset.view = name;
  for (const button of document.querySelectorAll(".views button")) {
    button.setAttribute("aria-pressed", String(button.dataset.view === name));
  }
}

// ---- writing ----

function length(words) {
  return Array.from(words).length;
}

function count() {
  const left = MOST_CHARACTERS - length(field.value);
  const words = left < 0 ? text("tooLong")(-left) : text("left")(left);
  byId("count").textContent = left > MOST_CHARACTERS - NEARLY_FULL ? "" : words;
  byId("count").classList.toggle("over", left < 0);
}

function resize() {
  field.style.blockSize = "auto";
  field.style.blockSize = `${Math.min(field.scrollHeight + 2, 220)}px`;
  count();
}

composer.addEventListener("submit", (event) => {
  event.preventDefault();
  say(field.value);
});
field.addEventListener("input", resize);
field.addEventListener("keydown", (event) => {
  // While an input method composes a word, Enter belongs to it.
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    say(field.value);
  }
});
byId("new").addEventListener("click", begin);
byId("key-form").addEventListener("submit", (event) => {
  event.preventDefault();
  useKey(byId("key").value.trim());
  byId("key-form").hidden = true;
  const last = now.items.findLast((item) => item.kind === "customer" && !item.exchange.outcome);
  if (last) send(last.exchange);
});
for (const button of document.querySelectorAll("button[data-language]")) {
  button.addEventListener("click", () => {
    setLanguage(button.dataset.language);
    showAll();
  });
}
for (const button of document.querySelectorAll(".views button")) {
  button.addEventListener("click", () => view(button.dataset.view));
}

byId("open-demo").hidden = root.dataset.access !== "open";
byId("key-form").hidden = root.dataset.access !== "keys";
showAll();
