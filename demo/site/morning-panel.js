// What does the visitor see of the morning? Counts, bars by channel and the latest lines, all from what the
// service answered; a button stops it.

import { Refusal, casesWaiting, play } from "./morning.js";
import { texts } from "./texts.js";

/** Lines kept in the feed. */
const LINES = 60;

/** Characters of a message that a line shows. */
const QUOTE = 56;

/** How an action of the service counts. Who got a friendly word back was answered. */
const COUNTED = { answer: "answered", smalltalk: "answered", clarify: "askedBack", escalate: "handedOver", none: "added" };
const COUNTS = ["received", "answered", "askedBack", "handedOver", "added"];
const CHANNELS = ["chat", "phone", "email", "messenger", "social", "form"];

const byId = (id) => document.getElementById(id);
let stop = null; // of the play in progress
let seen = nothing();

function nothing() {
  const counts = () => Object.fromEntries(COUNTS.map((name) => [name, 0]));
  const channels = Object.fromEntries(CHANNELS.map((name) => [name, counts()]));
  return { counts: counts(), channels, lines: [], minute: null, share: 0, result: null };
}

/** Makes the buttons work. */
export function prepareMorning() {
  byId("morning-play").addEventListener("click", begin);
  byId("morning-stop").addEventListener("click", () => stop?.abort());
  byId("morning-close").addEventListener("click", () => {
    byId("morning").hidden = true;
    byId("morning-play").focus();
  });
}

async function begin() {
  if (stop) return;
  stop = new AbortController();
  seen = nothing();
  byId("morning").hidden = false;
  showMorning();
  byId("morning-stop").focus();
  announce(texts().started);
  seen.result = await run(stop.signal);
  stop = null;
  showMorning();
  announce(seen.result());
  byId("morning-close").focus();
}

/** Plays; gives what there is to say at the end, as a function so that it follows the page's language. */
async function run(signal) {
  try {
    const response = await fetch("/morning.json");
    if (!response.ok) throw new TypeError(`morning.json: ${response.status}`);
    const failures = await play(await response.json(), take, signal);
    const waiting = await casesWaiting();
    return () => [texts().finished(seen.counts, waiting), failures && texts().failures(failures)].filter(Boolean).join(" ");
  } catch (problem) {
    if (signal.aborted) return () => texts().stopped(seen.counts);
    if (problem instanceof Refusal) return () => (problem.status === 401 || problem.status === 403 ? texts().refused : problem.message);
    if (problem instanceof TypeError) return () => texts().unreachable;
    throw problem;
  }
}

/** Takes in what happened. */
function take(event) {
  if (event.kind === "clock") {
    seen.minute = event.minute;
    seen.share = event.share;
    showClock();
    return;
  }
  if (event.kind === "message") {
    const channel = seen.channels[event.channel];
    for (const name of ["received", COUNTED[event.outcome.decision.action]]) {
      seen.counts[name] += 1;
      channel[name] += 1;
    }
    showCounts();
  }
  seen.lines = [event, ...seen.lines].slice(0, LINES);
  const feed = byId("morning-feed");
  feed.prepend(line(event));
  if (feed.childElementCount > LINES) feed.lastElementChild.remove();
}

/** Shows all of it anew, as after a change of language. */
export function showMorning() {
  const words = texts();
  byId("morning-play").disabled = Boolean(stop);
  byId("morning-play").textContent = seen.result && !stop ? words.playAgain : words.play;
  byId("morning-stop").hidden = !stop;
  byId("morning-close").hidden = Boolean(stop);
  byId("morning-end").hidden = !seen.result;
  byId("morning-result").textContent = seen.result ? seen.result() : "";
  byId("morning-feed").replaceChildren(...seen.lines.map(line));
  showClock();
  showCounts();
}

function showClock() {
  byId("morning-clock").textContent = seen.minute === null ? "" : time(seen.minute);
  byId("morning-progress").value = seen.share;
}

function showCounts() {
  const words = texts();
  byId("morning-counts").replaceChildren(...COUNTS.map((name) => {
    const group = make("div", `count count-${name}`);
    group.append(make("dt", "", words[name]), make("dd", "", String(seen.counts[name])));
    return group;
  }));
  const most = Math.max(1, ...CHANNELS.map((name) => seen.channels[name].received));
  byId("morning-channels").replaceChildren(...CHANNELS.map((name) => channelRow(name, seen.channels[name], most)));
}

/** A channel's name, its bar in parts by what became of the messages, and their number. */
function channelRow(name, counts, most) {
  const row = make("li", "channel");
  const bar = make("span", "bar");
  bar.setAttribute("aria-hidden", "true");
  for (const part of COUNTS.slice(1).filter((name) => counts[name] > 0)) {
    const piece = make("span", `bar-part bar-${part}`);
    piece.style.width = `${(100 * counts[part]) / most}%`;
    bar.append(piece);
  }
  row.append(make("span", "channel-name", texts().channels[name]), bar, make("span", "channel-number", String(counts.received)));
  return row;
}

/** A line of the feed: time, channel, what was said, what became of it. */
function line(event) {
  const words = texts();
  const item = make("li", `line line-${event.kind === "message" ? COUNTED[event.outcome.decision.action] : "person"}`);
  const place = make("span", "line-place", `${time(event.minute)} · ${words.channels[event.channel]}`);
  const what = make("span", "line-what");
  if (event.kind === "message") {
    const said = make("q", "", words.quote(excerpt(event.text)));
    said.lang = event.outcome.classification.language;
    what.append(said, " → ", make("strong", "", outcomeWords(event.outcome)));
  } else {
    what.append(make("strong", "", stepWords(event)));
    if (event.text) what.append(` ${words.quote(excerpt(event.text))}`);
  }
  item.append(place, what);
  return item;
}

function outcomeWords(outcome) {
  const words = texts();
  switch (outcome.decision.action) {
    case "answer": return words.toArticle(outcome.reply.article.title);
    case "smalltalk": return words.toSmalltalk;
    case "clarify": return outcome.decision.reasons.some((reason) => reason.code === "out_of_scope") ? words.toNobody : words.toChoices;
    case "escalate": return words.toQueue(queueName(outcome.ticket.queue), words.priorities[outcome.ticket.priority]);
    default: return outcome.state === "human" ? words.toHuman : words.toWaiting;
  }
}

function stepWords(event) {
  const words = texts();
  switch (event.kind) {
    case "claimed": return words.claimed(queueName(event.ticket.queue));
    case "transferred": return words.transferred(queueName(event.ticket.queue));
    case "rated": return words.rated(event.score);
    case "thumb": return event.helpful ? words.helpful : words.notHelpful;
    case "failed": return `${words.failed} ${event.message}`;
    default: return words[event.kind];
  }
}

// An operator may have renamed Nordlicht's queues; then the queue's own name stands there.
const queueName = (queue) => texts().queues[queue] ?? queue;

const time = (minute) => `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(Math.floor(minute % 60)).padStart(2, "0")}`;

/** The beginning of a text on one line, cut between words. An e-mail's subject says enough. */
function excerpt(text) {
  const subject = text.match(/^(?:Betreff|Subject): (.*)$/m);
  const flat = (subject ? subject[1] : text).replace(/\s+/g, " ").trim();
  if (flat.length <= QUOTE) return flat;
  return `${flat.slice(0, flat.lastIndexOf(" ", QUOTE))} …`;
}

function announce(text) {
  byId("morning-status").textContent = text;
}

function make(name, className, text) {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}
