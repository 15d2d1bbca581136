// What shall be said? The field for replies and internal notes; unsent words survive everything.

import { path, post } from "../common/api.js";
import { add, byId, make } from "../common/dom.js";
import { allowed, explain, problem, step } from "./actions.js";
import { adopt, desk, isMine, loadOpen, on } from "./desk.js";
import { icon } from "./icons.js";
import { refresh } from "./live.js";
import { tell, warn } from "./news.js";
import { showPane } from "./place.js";
import { text } from "./texts.js";
import { keepUnsent, messageId, unsent } from "./unsent.js";

/** The longest text that the service takes. */
const MOST = 20_000;
const isApple = /Mac|iPhone|iPad/u.test(navigator.platform);

let ticketId = null;
let words = unsent("");
let isSending = false;
let parts = null;

/** Builds the field once; it follows which ticket is open. */
export function startComposer() {
  const mode = (name, sign) => make("button", { type: "button", "data-mode": name, onclick: () => compose(name) },
    icon(sign), text(name));
  parts = {
    modes: make("div", { class: "modes", role: "group", "aria-label": text("mode") },
      mode("reply", "reply"), mode("note", "note")),
    field: make("textarea", { id: "words", rows: 3, oninput: typed, onkeydown: keyed }),
    barred: make("div", { class: "barred" }),
    draft: make("button", { type: "button", class: "button button-bare", onclick: insertDraft },
      icon("article"), text("insertDraft")),
    count: make("span", { class: "form-problem", role: "status" }),
    send: make("button", { type: "button", class: "button button-main", onclick: send }),
    problem: make("p", { class: "form-problem", role: "alert", hidden: true }),
  };
  const hint = make("span", { class: "muted send-hint" }, make("kbd", {},
    isApple ? "⌘" : text("keyCtrl")), make("kbd", {}, "Enter"));
  add(byId("composer"),
    parts.modes,
    make("label", { class: "unseen", for: "words", id: "words-label" }),
    make("div", { class: "words-box" }, parts.field,
      make("div", { class: "composer-foot" },
        parts.draft, parts.count, make("span", { class: "space" }), hint, parts.send)),
    parts.barred,
    parts.problem);
  on("open", draw);
}

function draw() {
  const id = desk.open?.ticket ? desk.open.id : null;
  if (id !== ticketId) {
    ticketId = id;
    words = unsent(id ?? "");
    parts.field.value = words[words.mode];
    parts.problem.hidden = true;
  }
  if (id === null) return;
  const { ticket } = desk.open;
  const { mode } = words;
  const bars = mode === "reply" && !isMine(ticket);
  byId("composer").dataset.mode = mode;
  for (const button of parts.modes.children) button.setAttribute("aria-pressed", String(button.dataset.mode === mode));
  byId("words-label").textContent = text(mode);
  parts.field.closest(".words-box").hidden = bars;
  parts.barred.hidden = !bars;
  if (bars) drawBarred(ticket);
  const draft = mode === "reply" ? wantedDraft(desk.open) : null;
  parts.field.placeholder = draft ? `${text("draftHint")}: ${draft}` : text(`${mode}Placeholder`);
  parts.draft.hidden = !draft || words.reply.includes(draft);
  drawSend();
}

/** The ready reply, as long as the customer has had the last word. */
function wantedDraft({ conversation, context }) {
  const last = conversation?.turns.findLast(({ from }) => from === "customer" || from === "agent");
  return last?.from === "customer" ? context?.draft?.text : null;
}

function drawSend() {
  const { mode } = words;
  const over = parts.field.value.length > MOST ? Array.from(parts.field.value).length - MOST : 0;
  parts.count.textContent = over > 0 ? text("tooLong", over) : "";
  parts.send.textContent = isSending ? text("sending") : text(mode === "note" ? "addNote" : "send");
  parts.field.readOnly = isSending;
  parts.send.disabled = isSending || over > 0 || parts.field.value.trim() === "";
}

/** Why no reply can be written, and what would help. */
function drawBarred(ticket) {
  const { state, agent, version } = ticket;
  const mark = JSON.stringify([ticket.id, state, agent, version]);
  if (parts.barred.dataset.mark === mark) return;
  parts.barred.dataset.mark = mark;
  const why = { open: text("claimFirst"), resolved: text("reopenFirst") }[state] ?? text("heldFirst", agent);
  const help = { open: "claim", resolved: "reopen" }[state];
  parts.barred.replaceChildren();
  add(parts.barred, make("p", {}, why),
    help && allowed(ticket)[help] && make("button", {
      type: "button", class: "button", onclick: () => step(help, ticket.id),
    }, text(help)));
}

function typed() {
  words[words.mode] = parts.field.value;
  keepWords();
  parts.problem.hidden = true;
  draw();
}

function keepWords() {
  keepUnsent(ticketId, { ...unsent(ticketId), mode: words.mode, reply: words.reply, note: words.note });
}

function keyed(event) {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) {
    event.preventDefault();
    send();
  } else if (event.key === "Escape") {
    byId("thread").focus();
  }
}

/** Lets the person write a `reply` or a `note`. */
export function compose(mode) {
  if (!ticketId) return;
  words.mode = mode;
  keepWords();
  parts.field.value = words[mode];
  draw();
  showPane("conversation");
  if (!parts.field.closest(".words-box").hidden) parts.field.focus();
}

function insertDraft() {
  insertText(desk.open.context.draft.text);
}

/** Puts a text into the reply, where the cursor is. */
export function insertText(inserted) {
  compose("reply");
  const { field } = parts;
  const before = field.value.slice(0, field.selectionStart);
  const gap = before === "" || before.endsWith("\n") ? "" : "\n\n";
  field.setRangeText(gap + inserted, field.selectionStart, field.selectionEnd, "end");
  typed();
  field.scrollTop = field.scrollHeight;
}

async function send() {
  const [id, { mode }, value] = [ticketId, words, parts.field.value];
  if (isSending || parts.send.disabled) return;
  isSending = true;
  drawSend();
  try {
    const body = { text: value, message_id: messageId(id, mode, value) };
    const ticket = await post(path("tickets", id, mode), body);
    sent(id, mode, value);
    adopt(ticket);
    loadOpen();
    refresh("mine");
    if (mode === "note") tell(text("done.note"));
  } catch (error) {
    if (error.status === 409) await explain(error, id);
    else if (ticketId === id) failed(error);
    else warn(`${text("notSent")} ${problem(error)}`);
  }
  isSending = false;
  draw();
}

/** Forgets words that have arrived; what was typed meanwhile, or elsewhere, stays. */
function sent(id, mode, value) {
  const kept = unsent(id);
  if (kept[mode] === value) kept[mode] = "";
  delete kept.sent[mode];
  keepUnsent(id, kept);
  if (ticketId !== id) return;
  words = unsent(id);
  parts.field.value = words[words.mode];
}

function failed(error) {
  parts.problem.textContent = `${text("notSent")} ${problem(error)}`;
  parts.problem.hidden = false;
}
