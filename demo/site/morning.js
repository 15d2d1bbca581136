// How does the prepared morning run through the real interface? play() sends what its customers say, does
// what its agents do, and reports each outcome as the service gave it. It knows nothing of the page.

/** Seconds that the morning takes where the service keeps up. */
const SECONDS = 55;

/** Requests in flight at once; while more want to go, the morning's clock stands still. */
const AT_ONCE = 3;

/** Times that a request is made again before it counts as failed. */
const ATTEMPTS = 8;

/** The service answered, but not as wished. */
export class Refusal extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/**
 * Plays the morning; resolves with the number of failed requests when its last conversation has ended.
 * `report` gets {kind, minute, channel, …} for each thing that happened and {kind: "clock", minute,
 * share} as time goes by. Rejects with a Refusal where the caller may not do this, with the reason of
 * `signal` when stopped, and with a TypeError when the service cannot be reached.
 */
export async function play(morning, report, signal) {
  const ends = new AbortController();
  const stopped = AbortSignal.any([signal, ends.signal]);
  const clock = new Clock(minutes(morning.begins), minutes(morning.ends), stopped);
  const service = new Service(clock, stopped);
  const customers = new Map();
  let failures = 0;
  clock.start((minute, share) => report({ kind: "clock", minute, share }));

  const follow = async (conversation) => {
    const story = { conversation, clock, service, customer: customerNumber(customers, conversation.customer) };
    const tell = (kind, more) => report({ kind, minute: clock.minute, channel: conversation.channel, ...more });
    try {
      await clock.until(minutes(conversation.at));
      for (const step of conversation.steps) {
        if (step.after) await clock.until(clock.minute + step.after);
        await take(step, story, tell);
      }
    } catch (problem) {
      if (!(problem instanceof Refusal) || problem.status === 401 || problem.status === 403) throw problem;
      // A colleague at the console was faster; the rest of this story is theirs.
      if (problem.status === 409) return tell("elsewhere");
      failures += 1;
      tell("failed", { message: problem.message });
    }
  };
  try {
    await Promise.all(morning.conversations.map(follow));
    report({ kind: "clock", minute: minutes(morning.ends), share: 1 });
  } finally {
    ends.abort();
  }
  return failures;
}

/** One step of a conversation. Steps that the outcome so far leaves no room for are left out. */
async function take(step, story, tell) {
  if (step.say || step.choose) await say(step, story, tell);
  else if (step.rate || "helpful" in step) await judge(step, story, tell);
  else if (story.ticket) await work(step, story, tell);
}

/** The customer writes, or takes up a choice of the question back. */
async function say(step, story, tell) {
  const text = step.say ?? story.outcome.reply?.choices?.[step.choose - 1]?.value;
  if (!text) return;
  const message = { channel: story.conversation.channel, text, message_id: uuid() };
  if (story.customer) message.customer_id = story.customer;
  if (story.outcome) message.conversation_id = story.outcome.conversation_id;
  story.outcome = await story.service.ask("POST", "/v1/messages", message);
  story.ticket = story.outcome.ticket ?? story.ticket;
  tell("message", { text, outcome: story.outcome });
}

/** The customer says how it was: the conversation, or the article that the bot said last. */
async function judge(step, { service, outcome }, tell) {
  const conversation = `/v1/conversations/${outcome.conversation_id}`;
  if (step.rate) {
    await service.ask("POST", `${conversation}/rating`, { score: step.rate, comment: step.comment });
    tell("rated", { score: step.rate, text: step.comment });
    return;
  }
  const { turns } = await service.ask("GET", conversation);
  const answer = turns.findLast((turn) => turn.article_id);
  if (!answer) return;
  await service.ask("POST", `${conversation}/turns/${answer.id}/helpful`, { helpful: step.helpful });
  tell("thumb", { helpful: step.helpful });
}

/** An agent works on the ticket, in the name of whoever is at the browser. */
async function work(step, story, tell) {
  const act = (what, body) => story.service.ask("POST", `/v1/tickets/${story.ticket.id}/${what}`, body);
  if (step.claim) {
    tell("claimed", { ticket: await act("claim", {}) });
  } else if (step.reply) {
    tell("replied", { text: step.reply, ticket: await act("reply", { text: step.reply, message_id: uuid() }) });
  } else if (step.note) {
    tell("noted", { text: step.note, ticket: await act("note", { text: step.note, message_id: uuid() }) });
  } else if (step.transfer) {
    tell("transferred", { ticket: await act("transfer", { queue: step.transfer }) });
  } else if (step.resolve) {
    tell("resolved", { text: step.resolve, ticket: await act("resolve", { reason: step.resolve, then: step.then }) });
    story.ticket = undefined;
  }
}

/** The cases that wait in all queues together. */
export async function casesWaiting() {
  const { queues } = await answerOf(await fetch("/v1/queues"));
  return queues.reduce((sum, queue) => sum + queue.open, 0);
}

/** Makes requests, a few at a time, again where the service asks for patience. */
class Service {
  constructor(clock, signal) {
    this.clock = clock;
    this.signal = signal;
    this.free = AT_ONCE;
    this.queue = [];
  }

  async ask(method, path, body) {
    await this.enter();
    try {
      return await this.attempts(method, path, body);
    } finally {
      this.leave();
    }
  }

  async attempts(method, path, body) {
    const request = { method, signal: this.signal };
    if (body) Object.assign(request, { headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    for (let attempt = 1; ; attempt += 1) {
      try {
        const response = await fetch(path, request);
        if (![429, 503].includes(response.status) || attempt === ATTEMPTS) return await answerOf(response);
        await this.patience(Number(response.headers.get("retry-after")) || 1);
      } catch (problem) {
        // A lost connection; message ids keep what arrived from being recorded twice.
        if (!(problem instanceof TypeError) || attempt === ATTEMPTS) throw problem;
        await this.patience(1);
      }
    }
  }

  /** Waits, and the morning with it. */
  async patience(seconds) {
    this.clock.hold();
    try {
      await pause(seconds * 1000, this.signal);
    } finally {
      this.clock.letGo();
    }
  }

  async enter() {
    if (this.free > 0) {
      this.free -= 1;
      return;
    }
    this.clock.hold();
    try {
      await new Promise((resolve) => this.queue.push(resolve));
    } finally {
      this.clock.letGo();
    }
  }

  leave() {
    const next = this.queue.shift();
    if (next) next();
    else this.free += 1;
  }
}

/** The time of the story. It stands still while anyone holds it. */
class Clock {
  constructor(begin, end, signal) {
    this.minute = begin;
    this.begin = begin;
    this.end = end;
    this.signal = signal;
    this.holders = 0;
    this.sleepers = [];
  }

  start(tell) {
    let before = performance.now();
    const timer = setInterval(() => {
      const now = performance.now();
      // A page in the background ticks seldom; the story then goes on from where it was.
      const seconds = Math.min((now - before) / 1000, 1);
      before = now;
      if (this.holders > 0) return;
      this.minute += ((this.end - this.begin) * seconds) / SECONDS;
      tell(Math.min(this.minute, this.end), Math.min(1, (this.minute - this.begin) / (this.end - this.begin)));
      this.wake();
    }, 40);
    this.signal.addEventListener("abort", () => {
      clearInterval(timer);
      this.wake();
    });
  }

  wake() {
    const due = this.sleepers.filter((sleeper) => this.signal.aborted || sleeper.minute <= this.minute);
    this.sleepers = this.sleepers.filter((sleeper) => !due.includes(sleeper));
    for (const sleeper of due) {
      if (this.signal.aborted) sleeper.reject(this.signal.reason);
      else sleeper.resolve();
    }
  }

  until(minute) {
    if (this.signal.aborted) return Promise.reject(this.signal.reason);
    return new Promise((resolve, reject) => this.sleepers.push({ minute, resolve, reject }));
  }

  hold() { this.holders += 1; }

  letGo() { this.holders -= 1; }
}

/** What a response says; a Refusal where it is an error. */
async function answerOf(response) {
  const text = await response.text();
  let body = null;
  try { body = JSON.parse(text); } catch { /* 204 has none, and an error between here and there is no JSON */ }
  if (response.ok) return body;
  throw new Refusal(response.status, body?.error?.code, body?.error?.message ?? `${response.status}`);
}

function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => { clearTimeout(timer); reject(signal.reason); });
  });
}

const minutes = (time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/** The number of a named customer, the same throughout one play and another in the next. */
function customerNumber(customers, name) {
  if (!name) return undefined;
  if (!customers.has(name)) {
    const [random] = crypto.getRandomValues(new Uint32Array(1));
    customers.set(name, `K-${100_000 + (random % 900_000)}`);
  }
  return customers.get(name);
}

/** A random UUID. crypto.randomUUID() is only there on https and on one's own machine. */
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
