// What happens while I look? Follows the service's events, and comes back after a break.

import { get } from "../common/api.js";
import { adoptTurn, changed, desk, isMine, loadAll, loadList, loadMine, loadOpen, loadQueues } from "./desk.js";
import { customerName, oneLine } from "./format.js";
import { notify, tell } from "./news.js";
import { text } from "./texts.js";
import { markUnread } from "./unread.js";

/** More missed events than this are not gone through; the lists are right without them. */
const FAR_BEHIND = 2000;
const LOADERS = { queues: loadQueues, mine: loadMine, list: loadList, open: loadOpen };
/** Time between two signs of life. */
const SIGN_OF_LIFE = 45_000;
/** Lists are loaded at most this often, however much happens. */
const PAUSE = 900;

let source = null;
let last = 0;
let caughtUpAt = 0;
let attempts = 0;
let lastContact = Date.now();

const place = () => `lotse-event:${desk.me.name}`;

/** Begins after the last event that this browser has seen, or after `lastEvent` of the service. */
export function startLive(lastEvent = 0) {
  const seen = Number(localStorage.getItem(place()));
  last = seen > 0 && seen <= lastEvent && lastEvent - seen <= FAR_BEHIND ? seen : lastEvent;
  caughtUpAt = lastEvent;
  connect();
  setInterval(showPresence, SIGN_OF_LIFE);
  document.addEventListener("visibilitychange", lookAgain);
  window.addEventListener("online", () => !desk.connected && reconnect());
}

function connect() {
  source?.close();
  source = new EventSource(`/v1/events?after=${last}`);
  source.onopen = () => {
    lastContact = Date.now();
    attempts = 0;
    if (desk.connected) return;
    desk.connected = true;
    changed("connection");
    tell(text("restored"));
    loadAll();
  };
  source.onerror = () => {
    source.close();
    if (desk.connected) {
      desk.connected = false;
      changed("connection");
    }
    attempts += 1;
    setTimeout(reconnect, Math.min(15_000, 500 * 2 ** attempts));
  };
  for (const kind of ["message", "note", "state", "ticket"]) {
    source.addEventListener(kind, ({ data }) => handle(JSON.parse(data)));
  }
}

let asking = false;

/** An EventSource does not say why it failed: the session is asked whether it still holds. */
async function reconnect() {
  if (asking || desk.connected) return;
  asking = true;
  try {
    await get("/v1/session");
    connect();
  } catch (error) {
    if (error.status === 401) return;
    attempts += 1;
    setTimeout(reconnect, Math.min(15_000, 500 * 2 ** attempts));
  } finally {
    asking = false;
  }
}

/**
 * Tells the service that somebody is here: who is not, loses the tickets. An EventSource does not
 * notice a connection whose other end is gone; this does.
 */
async function showPresence() {
  try {
    await get("/v1/agents");
  } catch (error) {
    if (error.code === "unreachable" && desk.connected) source.onerror();
  }
}

/** A computer that slept may have missed the end of its connection. */
function lookAgain() {
  if (document.hidden) {
    lastContact = Date.now();
    return;
  }
  if (desk.connected && Date.now() - lastContact > 60_000) {
    connect();
    loadAll();
  }
}

function handle(event) {
  // The service repeats what it does not know to have arrived.
  if (event.seq <= last) return;
  last = event.seq;
  lastContact = Date.now();
  localStorage.setItem(place(), String(last));
  if (event.kind === "ticket") ticketChanged(event);
  else if (event.kind === "message" || event.kind === "note") said(event);
  else if (isOpen(event)) refresh("open");
}

// A conversation may go by several identifiers, its ticket by one.
const isOpen = (event) => desk.open?.ticket?.id === event.ticket_id
  || desk.open?.ticket?.conversation_id === event.conversation_id;
const isNews = (event) => event.seq > caughtUpAt;

/** Whether the person has the ticket before their eyes. */
const isSeen = (ticketId) => desk.open?.id === ticketId && document.visibilityState === "visible";

function said(event) {
  const { turn, choices } = event.payload;
  if (!turn) return;
  if (isOpen(event)) {
    adoptTurn(turn, choices);
    refresh("open");
  }
  const ticket = desk.mine.find(({ id }) => id === event.ticket_id);
  if (!ticket || turn.from !== "customer") return;
  refresh("mine");
  if (isSeen(ticket.id)) return;
  markUnread(ticket.id, event.seq);
  if (!isNews(event)) return;
  tell(text("newsMessage", oneLine(ticket.summary.headline, 60)));
  notify(text("newsMessage", customerName(ticket)), turn.text, ticket.id);
}

function ticketChanged(event) {
  const { ticket_id: id, queue, payload } = event;
  const wasMine = desk.mine.some((ticket) => ticket.id === id);
  const shown = isShown(id) || concernsList(queue, payload);
  patch(id, { queue, ...facts(payload) });
  if (isNews(event)) announce(event, wasMine);
  refresh("queues");
  if (wasMine || payload.agent === desk.me.name) refresh("mine");
  if (shown) refresh("list");
  if (desk.open?.id === id) refresh("open");
}

/** What an event tells of its ticket. */
function facts({ state, agent, priority, due_at }) {
  const told = { state, agent: agent ?? null, priority, due_at };
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined));
}

const isShown = (id) => desk.list.tickets?.some((ticket) => ticket.id === id);

function concernsList(queue, { agent }) {
  const { view } = desk;
  if (view.kind === "queue") return view.queue === queue;
  return view.kind === "all" || (view.kind === "mine" && agent === desk.me.name);
}

/** Shows a change at once; the lists that are loaded soon after may know more. */
function patch(id, facts) {
  const update = (ticket) => (ticket.id === id ? { ...ticket, ...facts } : ticket);
  desk.list.tickets = desk.list.tickets?.map(update) ?? null;
  desk.mine = desk.mine.map(update).filter(isMine);
  if (desk.open?.id === id && desk.open.ticket) desk.open.ticket = update(desk.open.ticket);
  changed("list", "mine", "open");
}

function announce({ seq, ticket_id: id, payload }, wasMine) {
  const { change, actor, agent } = payload;
  const headline = oneLine(payload.headline ?? "", 60);
  if (actor === desk.me.name) return;
  if (agent === desk.me.name && !wasMine) {
    const words = text("newsTransferred", actor, headline);
    if (!isSeen(id)) markUnread(id, seq);
    tell(words);
    notify(words, "", id);
  } else if (change === "returned" && wasMine) {
    tell(text("newsReturned", headline));
  } else if (wasMine && agent !== desk.me.name) {
    tell(text("newsTaken", actor, headline));
  } else if (change === "claimed" && desk.open?.id === id) {
    tell(text("newsClaimed", actor));
  }
}

const wanted = new Set();
let timer = null;
let loadedAt = 0;

/** Loads a list soon; many wishes within a moment are one. */
export function refresh(...names) {
  names.forEach((name) => wanted.add(name));
  timer ??= setTimeout(load, Math.max(80, loadedAt + PAUSE - Date.now()));
}

async function load() {
  const names = [...wanted];
  wanted.clear();
  loadedAt = Date.now();
  // What fails here is tried again with the next event, or when the connection is back.
  await Promise.allSettled(names.map((name) => LOADERS[name]()));
  timer = wanted.size > 0 ? setTimeout(load, PAUSE) : null;
}
