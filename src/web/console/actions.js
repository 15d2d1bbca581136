// What can be done with a ticket, and what is said when it does not work?

import { get, path, post } from "../common/api.js";
import { adopt, desk, isMine, leads, loadOpen } from "./desk.js";
import { refresh } from "./live.js";
import { tell, warn } from "./news.js";
import { ownWaiting } from "./own-queues.js";
import { showTicket } from "./place.js";
import { text } from "./texts.js";

/** What this person may do with a ticket as it stands. */
export function allowed(ticket) {
  if (!ticket) return {};
  const { state } = ticket;
  const holds = isMine(ticket);
  const right = holds || (state === "claimed" && leads());
  return {
    claim: state === "open",
    reply: holds,
    release: right,
    transfer: right || state === "open",
    resolve: right,
    reopen: state === "resolved",
  };
}

/** Takes a step and shows what came of it. Returns the ticket, or null if it was refused. */
export async function step(verb, ticketId, body = {}) {
  try {
    const ticket = await post(path("tickets", ticketId, verb), body);
    adopt(ticket);
    refresh("queues", "mine", "list", "open");
    const done = text(`done.${verb}`);
    if (done) tell(done);
    return ticket;
  } catch (error) {
    await explain(error, ticketId);
    return null;
  }
}

let isTaking = false;

/**
 * Gives this person the next ticket of the chosen queue, of the own queues or of all, and opens it: one,
 * however often it is pressed meanwhile.
 */
export async function takeNext() {
  if (isTaking) return;
  isTaking = true;
  await takeOne(desk);
  isTaking = false;
}

/** Where the next ticket may come from: the chosen queue, else my queues, else all. */
function sources({ kind, queue }) {
  if (kind === "queue") return [path("queues", queue, "claim")];
  return ownWaiting()?.map((own) => path("queues", own, "claim")) ?? ["/v1/claim"];
}

async function takeOne({ view }) {
  try {
    let ticket = null;
    for (const source of sources(view)) ticket ??= await post(source);
    if (!ticket) {
      tell(text("nothingWaits"));
      return;
    }
    adopt(ticket);
    refresh("queues", "mine", "list");
    tell(text("done.claim"));
    showTicket(ticket.id);
  } catch (error) {
    warn(problem(error));
  }
}

/** Says in plain words why a step was refused, after looking how things stand now. */
export async function explain(error, ticketId) {
  if (error.status !== 409) {
    warn(problem(error));
    return;
  }
  const ticket = await get(path("tickets", ticketId)).catch(() => null);
  if (ticket) adopt(ticket);
  if (desk.open?.id === ticketId) loadOpen();
  refresh("queues", "mine", "list");
  const holder = ticket?.state === "claimed" && !isMine(ticket) ? ticket.agent : null;
  warn(holder ? text("heldByOther", holder) : text("problem.wrong_state"));
}

/** What an error means, for people. */
export function problem(error) {
  return text(`problem.${error.code}`) ?? text("problemOther");
}
