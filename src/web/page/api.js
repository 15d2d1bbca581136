// Speaks with the service.

const KEY = "lotse-key";

/** An answer of the service that is an error: its stable code, its text, when to try again. */
export class ServiceError extends Error {
  constructor(code, message, retryAfter) {
    super(message);
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

/** Keeps the caller's key for as long as this tab is open. */
export function useKey(key) {
  sessionStorage.setItem(KEY, key);
}

function headers(more = {}) {
  const key = sessionStorage.getItem(KEY);
  return key ? { ...more, authorization: `Bearer ${key}` } : more;
}

async function check(response) {
  if (response.ok) return response;
  const body = await response.json().catch(() => null);
  const retryAfter = Number(response.headers.get("retry-after")) || null;
  const error = body?.error;
  throw new ServiceError(error?.code ?? `http_${response.status}`, error?.message ?? "", retryAfter);
}

async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new ServiceError("unreachable", "", null);
  }
  return check(response);
}

/** A new identifier; also where the page was not loaded over a safe connection. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Sends a customer's message. Returns the outcome, and where the time went, in milliseconds. */
export async function sendMessage(message) {
  const response = await ask("/v1/messages", {
    method: "POST",
    headers: headers({ "content-type": "application/json" }),
    body: JSON.stringify(message),
  });
  const timings = {};
  for (const part of (response.headers.get("server-timing") ?? "").split(",")) {
    const [name, duration] = part.trim().split(";dur=");
    if (duration !== undefined) timings[name] = Number(duration);
  }
  return { outcome: await response.json(), timings };
}

/** Calls `on(kind, event)` for every event of a conversation, until `signal` aborts. */
export async function follow(conversationId, signal, on) {
  let last = null;
  while (!signal.aborted) {
    try {
      const path = `/v1/conversations/${encodeURIComponent(conversationId)}/events`;
      const resume = last === null ? {} : { "last-event-id": last };
      const response = await check(await fetch(path, { headers: headers(resume), signal }));
      for await (const event of events(response.body)) {
        last = event.id ?? last;
        if (event.data) on(event.kind, JSON.parse(event.data));
      }
    } catch (error) {
      if (signal.aborted || error instanceof ServiceError) return;
    }
    // The connection ended: the service was restarted, or the network failed.
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}

async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    buffer += value;
    let end;
    while ((end = buffer.indexOf("\n\n")) >= 0) {
      yield readEvent(buffer.slice(0, end));
      buffer = buffer.slice(end + 2);
    }
  }
}

function readEvent(block) {
  const event = { id: null, kind: "message", data: "" };
  for (const line of block.split("\n")) {
    const [, name, value] = /^(\w+): ?(.*)$/u.exec(line) ?? [];
    if (name === "id") event.id = value;
    else if (name === "event") event.kind = value;
    else if (name === "data") event.data += value;
  }
  return event;
}
