// What does the console know, and who is told when it changes?

import { get, path } from "../common/api.js";

/** Tickets loaded at once, and the most that the service gives. */
export const PAGE = 100;
export const MOST = 500;

/** All that is shown. Only the functions of this file and of `live.js` change it. */
export const desk = {
  /** The signed-in person: name and role. */
  me: null,
  queues: [],
  /** The tickets that this person holds. */
  mine: [],
  /** The list in the middle: which tickets, and those loaded so far. */
  view: { kind: "all" },
  resolved: false,
  list: { tickets: null, limit: PAGE, problem: null },
  /** What is open: the ticket, its conversation, what is known around it. */
  open: null,
  connected: true,
};

const listeners = new Map();
const waiting = new Set();

/** Calls `listener` soon after one of the named things has changed. */
export function on(names, listener) {
  for (const name of names.split(" ")) {
    listeners.set(name, [...(listeners.get(name) ?? []), listener]);
  }
}

/** Tells that something has changed; listeners of several changes are called once. */
export function changed(...names) {
  if (waiting.size === 0) queueMicrotask(tell);
  names.forEach((name) => waiting.add(name));
}

function tell() {
  const called = new Set([...waiting].flatMap((name) => listeners.get(name) ?? []));
  waiting.clear();
  called.forEach((listener) => listener());
}

/** Whether this person holds the ticket. */
export const isMine = (ticket) => ticket?.state === "claimed" && ticket.agent === desk.me?.name;

/** Whether this person may see reports, and act on tickets that others hold. */
export const leads = () => ["lead", "admin"].includes(desk.me?.role);

/** The latest request of each kind; an answer that was overtaken is thrown away. */
const latest = {};

async function fresh(kind, request) {
  const token = (latest[kind] = {});
  try {
    const answer = await request();
    return latest[kind] === token ? answer : undefined;
  } catch (error) {
    if (latest[kind] !== token) return undefined;
    throw error;
  }
}

/** Loads the queues with their counts. */
export async function loadQueues() {
  const answer = await fresh("queues", () => get("/v1/queues"));
  if (!answer) return;
  desk.queues = answer.queues;
  changed("queues");
}

/** Loads the tickets that this person holds, the most pressing first. */
export async function loadMine() {
  const query = { agent: desk.me.name, state: "claimed", limit: MOST };
  const answer = await fresh("mine", () => get("/v1/tickets", query));
  if (!answer) return;
  desk.mine = sorted(answer.tickets);
  changed("mine");
}

/** Unanswered ones by the time at which they are due, then the answered ones as they came. */
function sorted(tickets) {
  const rank = (ticket) => (ticket.first_response_at ? 1 : 0);
  return [...tickets].sort((a, b) =>
    rank(a) - rank(b) || (rank(a) ? a.created_at.localeCompare(b.created_at) : a.due_at.localeCompare(b.due_at)));
}

/** Shows other tickets in the list. */
export function chooseView(view, resolved = false) {
  const same = JSON.stringify([view, resolved]) === JSON.stringify([desk.view, desk.resolved]);
  if (same && desk.list.tickets) return;
  Object.assign(desk, { view, resolved, list: { tickets: null, limit: PAGE, problem: null } });
  changed("list", "queues");
  loadList();
}

/** Loads the list as far as it has been asked for. */
export async function loadList() {
  const { list } = desk;
  try {
    const answer = await fresh("list", () => get(...listRequest(list.limit)));
    if (!answer) return;
    list.tickets = inOrder(answer.tickets);
    list.problem = null;
  } catch (error) {
    list.problem = error;
  }
  changed("list");
}

/** What waits comes in the order of work; what is resolved, the latest first. */
function inOrder(tickets) {
  if (desk.resolved) return [...tickets].sort((a, b) => b.updated_at.localeCompare(a.updated_at));
  return desk.view.kind === "mine" ? sorted(tickets) : tickets;
}

function listRequest(limit) {
  const { view, resolved } = desk;
  const state = resolved ? "resolved" : undefined;
  switch (view.kind) {
    case "queue": return [path("queues", view.queue, "tickets"), { state, limit }];
    case "mine": return ["/v1/tickets", { agent: desk.me.name, state: state ?? "claimed", limit }];
    case "search": return ["/v1/tickets", { q: view.words, limit }];
    default: return ["/v1/tickets", { state: state ?? "open", limit }];
  }
}

/** Loads the next part of the list. */
export function loadMore() {
  desk.list.limit = Math.min(MOST, desk.list.limit + PAGE);
  changed("list");
  return loadList();
}

/** Opens a ticket. */
export async function openTicket(id, earlierId = null) {
  if (desk.open?.id !== id) desk.open = { id, ticket: knownTicket(id), turns: PAGE };
  Object.assign(desk.open, { problem: null, earlier: earlierId && { id: earlierId } });
  changed("open");
  await Promise.all([loadOpen(), earlierId && loadEarlier(earlierId)]);
}

/** Opens nothing. */
export function openNothing() {
  desk.open = null;
  changed("open");
}

/** The ticket as the lists know it, so that something is there at once. */
function knownTicket(id) {
  return [...desk.mine, ...(desk.list.tickets ?? [])].find((ticket) => ticket.id === id) ?? null;
}

/** Loads the open ticket anew, with conversation and context. */
export async function loadOpen() {
  const { open } = desk;
  if (!open) return;
  try {
    const ticket = await fresh("ticket", () => get(path("tickets", open.id)));
    if (!ticket) return;
    // The context changes with what the customer says; the old one stays until the new one is there.
    const [conversation, context] = await fresh("around", () => Promise.all([
      get(path("conversations", ticket.conversation_id), { turns: open.turns }),
      get(path("tickets", open.id, "context")).catch(() => null),
    ])) ?? [];
    if (desk.open !== open || !conversation) return;
    Object.assign(open, { conversation, problem: null, context: context ?? open.context });
    // A step taken while this loaded has given a newer ticket, which stays.
    open.ticket ??= ticket;
    adopt(ticket);
  } catch (error) {
    if (desk.open !== open) return;
    open.problem = error;
  }
  changed("open");
}

async function loadEarlier(id) {
  const { open } = desk;
  try {
    const conversation = await get(path("conversations", id), { turns: MOST });
    if (desk.open === open && open.earlier?.id === id) open.earlier = { id, conversation };
  } catch (error) {
    if (desk.open === open && open.earlier?.id === id) open.earlier = { id, problem: error };
  }
  changed("open");
}

/** Takes over a ticket as the service has given it, unless an answer that came earlier was newer. */
export function adopt(ticket) {
  const isSame = (known) => known?.id === ticket.id;
  const shown = [...desk.mine, ...(desk.list.tickets ?? []), desk.open?.ticket].filter(isSame);
  if (shown.some(({ version }) => version > ticket.version)) return;
  const update = (known) => (isSame(known) ? { ...known, ...ticket } : known);
  desk.list.tickets = desk.list.tickets?.map(update) ?? null;
  const others = desk.mine.filter((known) => !isSame(known));
  desk.mine = isMine(ticket) ? sorted([...others, ticket]) : others;
  if (desk.open) desk.open.ticket = update(desk.open.ticket);
  changed("mine", "list", "open");
}

/** Adds a turn that was just said to the open conversation; one that is known stays single. */
export function adoptTurn(turn, choices) {
  const conversation = desk.open?.conversation;
  if (!conversation) return;
  if (conversation.turns.some((known) => known.id === turn.id)) return;
  conversation.turns.push(turn);
  conversation.choices = choices;
  changed("open");
}

/** Loads everything anew: after the connection was lost, nobody knows what has changed. */
export function loadAll() {
  return Promise.allSettled([loadQueues(), loadMine(), loadList(), loadOpen()]);
}
