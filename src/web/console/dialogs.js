// Which windows are there? Transfer, resolve, keyboard shortcuts.

import { get, newId } from "../common/api.js";
import { make } from "../common/dom.js";
import { allowed, problem, step } from "./actions.js";
import { choices, chosen, openDialog } from "./dialog.js";
import { desk } from "./desk.js";
import { queueName } from "./labels.js";
import { names, text } from "./texts.js";

/** Asks whom the ticket goes to, and passes it on. */
export async function transferDialog(ticket) {
  if (!allowed(ticket).transfer) return;
  const people = await get("/v1/agents").then(({ agents }) => agents, () => []);
  const queues = choices("target", text("queues"), desk.queues.map((queue) => ({
    value: `queue ${queue.queue}`,
    label: queueName(queue.queue),
    more: queue.queue === ticket.queue ? text("here") : text("waiting", queue.open, queue.claimed),
    disabled: queue.queue === ticket.queue && ticket.state === "open",
  })));
  const others = people.filter(({ name }) => name !== ticket.agent && name !== desk.me.name)
    .sort((a, b) => Number(b.present) - Number(a.present) || a.name.localeCompare(b.name));
  const persons = others.length > 0
    ? choices("target", text("people"), others.map(({ name, present, claimed }) => ({
      value: `agent ${name}`, label: name, more: `${text(present ? "present" : "absent")} · ${text("holds", claimed)}`,
    })))
    : make("div", { class: "choices" }, make("p", { class: "choices-legend" },
      text("people")), make("p", { class: "muted" }, text("peopleEmpty")));
  const messageId = newId();
  const note = make("textarea", { class: "field", id: "transfer-note", rows: 2 });
  const content = make("div", {},
    make("div", { class: "columns" }, queues, persons),
    make("label", { class: "form-label", for: "transfer-note" }, text("transferNote")), note);
  openDialog({
    title: text("transferTitle"), content, submit: text("transfer"), wide: true,
    onsubmit: async () => {
      const target = chosen(content, "target");
      if (!target) return text("chooseSomeone");
      const [kind, ...name] = target.split(" ");
      const body = { [kind]: name.join(" ") };
      if (note.value.trim()) Object.assign(body, { note: note.value.trim(), message_id: messageId });
      // What was typed stays where the step was refused; the news says why.
      return (await step("transfer", ticket.id, body)) ? null : text("notDone");
    },
  });
}

/** Asks what was done, and resolves the ticket. */
export function resolveDialog(ticket) {
  if (!allowed(ticket).resolve) return;
  const other = make("input", { class: "field", id: "other-reason", maxlength: 200, autocomplete: "off" });
  const reasons = choices("reason", text("reasonLabel"), [
    ...text("reasons").map((reason) => ({ value: reason, label: reason })),
    { value: "", label: text("otherReason") },
  ], { onchoose: (value) => value === "" && other.focus() });
  other.addEventListener("input", () => {
    reasons.querySelector('input[value=""]').checked = true;
  });
  const then = choices("then", text("afterwards"), [
    { value: "bot", label: text("thenBot") },
    { value: "closed", label: text("thenClosed") },
  ], { chosen: "bot" });
  const content = make("div", {},
    reasons, make("label", { class: "unseen", for: "other-reason" }, text("otherReason")), other, then);
  openDialog({
    title: text("resolveTitle"), content, submit: text("resolve"),
    onsubmit: async () => {
      const reason = chosen(content, "reason") || other.value.trim();
      if (!reason) return text("reasonMissing");
      const done = await step("resolve", ticket.id, { reason, then: chosen(content, "then") });
      return done ? null : text("notDone");
    },
  });
}

/** Shows what the keys do. */
export function shortcutsDialog() {
  if (document.querySelector("dialog[open]")) return;
  const isApple = /Mac|iPhone|iPad/u.test(navigator.platform);
  const rows = names("keys").map((key) => [key.split(" "), text(`keys.${key}`)]);
  rows.push([[isApple ? "⌘" : text("keyCtrl"), "Enter"], text("send")]);
  const content = make("dl", { class: "keys" }, rows.map(([pressed, what]) =>
    make("div", { class: "keys-row" },
      make("dt", {}, pressed.map((key) => make("kbd", {}, key))), make("dd", {}, what))));
  openDialog({ title: text("shortcuts"), content });
}

/** Why a list could not be loaded, with a button that tries again. */
export function problemNotice(error, again) {
  return make("div", { class: "notice", role: "alert" },
    make("p", {}, problem(error)),
    make("button", { type: "button", class: "button", onclick: again }, text("again")));
}
