// Works at the agent console as two agents do. Run with the address of a service that is an open demo:
//   node tests/browser/console.mjs http://127.0.0.1:8080
// Ends with status 0 if all holds, else with the first thing that does not. With SCREENSHOTS set to
// a directory, it leaves a picture of every main view there.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { agent as signIn, fitsItsWidth, isAccessible, launch, picture, until, visit as open } from "./common.mjs";

const address = process.argv[2];
const browser = await launch();

const visit = (options, path = "/console") => open(browser, address, path, { viewport: { width: 1440, height: 900 }, ...options });
const agent = (name, options) => signIn(browser, address, name, { viewport: { width: 1440, height: 900 }, ...options });

/** Complaints but for the lines that browsers write for a refusal of the service, which is tested here. */
const serious = (complaints) => complaints.filter((text) => !/the server responded with a status of 4\d\d/u.test(text));

/** What a customer says; the answer of the service. */
async function customer(text, more = {}) {
  const body = { channel: "chat", text, message_id: randomUUID(), ...more };
  const response = await fetch(`${address}/v1/messages`, {
    method: "POST", headers: { "content-type": "application/json", origin: address }, body: JSON.stringify(body),
  });
  assert.equal(response.status, 200, await response.clone().text());
  return response.json();
}

/** A conversation as its customer sees it (role widget), or as an agent does. */
async function conversation(id, { asCustomer = false } = {}) {
  const headers = asCustomer ? { authorization: "Bearer widget" } : {};
  return (await fetch(`${address}/v1/conversations/${id}`, { headers })).json();
}

const ticketOf = async (page, id) => (await page.request.get(`${address}/v1/tickets/${id}`)).json();
const openTicket = (page, id) => page.evaluate((hash) => { location.hash = hash; }, `#/ticket/${id}`);
const steps = (page, verb) => page.waitForResponse((response) => response.request().method() === "POST" && response.url().endsWith(`/${verb}`));

const word = `Zettel${randomUUID().slice(0, 8)}`;
const BILLING = `Ihr habt Rechnung RE-2024-10233 doppelt abgebucht, das sind 34,99 € zu viel. ${word}`;
const FAULT = "The internet has been dead for three days and nobody calls back! If this goes on I will cancel.";

// Whoever comes without a name is asked for one, and then led to where they wanted to go, if that is here.
{
  const { page, complaints, leave } = await visit({ locale: "de-DE" }, "/console?next=/docs/");
  await page.getByText("Offene Demo", { exact: false }).waitFor();
  assert.equal(await page.locator("#signin-password").count(), 0);
  await isAccessible(page, "the sign-in form");
  await picture(page, "signin");
  await page.keyboard.press("Enter");
  await page.getByText("Bitte geben Sie Ihren Namen ein.").waitFor();
  await page.locator("#signin-name").fill("Anna Berger");
  await page.getByRole("button", { name: "Anmelden" }).click();
  await page.waitForURL(`${address}/docs/`);
  await page.goto(`${address}/console`);
  await page.locator(".account").click();
  await picture(page, "account");
  await page.getByRole("button", { name: "Abmelden" }).click();
  await page.locator("#signin-name").waitFor();
  await page.goto(`${address}/console?next=//elsewhere.example/`);
  await page.locator("#signin-name").fill("Anna Berger");
  await page.keyboard.press("Enter");
  await page.locator("#take-next").waitFor();
  assert.equal(new URL(page.url()).origin, address);
  assert.deepEqual(serious(complaints), []);
  await leave();
}

// Two agents at work, one in German, one in English.
{
  const anna = await agent("Anna Berger", { locale: "de-DE" });
  const ben = await agent("Ben Carter", { locale: "en-GB", colorScheme: "dark" });
  assert.equal(await anna.page.locator("html").getAttribute("lang"), "de");
  assert.equal(await ben.page.locator("html").getAttribute("lang"), "en");
  const row = (page, id) => page.locator(`a.row[href="#/ticket/${id}"]`);
  const mine = (page, id) => page.locator(`#overview-mine a[href="#/ticket/${id}"]`);
  const toQueue = async (page, queue) => {
    const entry = `#overview-queues a[href="#/queue/${queue}"]`;
    await page.locator(entry).click();
    // Until then the list still shows what was chosen before.
    await page.locator(`${entry}[aria-current="true"]`).waitFor();
  };
  const waiting = async (page) => Number(await page.locator('#overview-queues a[href="#/queue/billing"] .count').textContent());

  // A queue that Ben makes his stands first from then on.
  const queues = (page) => page.locator("#overview-queues a").evaluateAll((rows) => rows.map((row) => row.hash));
  await ben.page.getByRole("button", { name: "My queue: Privacy" }).click();
  assert.deepEqual((await queues(ben.page)).slice(0, 2), ["#/all", "#/queue/privacy"]);
  await ben.page.reload();
  await until("the queue is still his", async () => (await queues(ben.page))[1] === "#/queue/privacy");
  assert.equal((await queues(anna.page))[1], "#/queue/first_line");
  await ben.page.getByRole("button", { name: "My queue: Privacy" }).click();
  assert.equal((await queues(ben.page))[1], "#/queue/first_line");

  // A message arrives: the count rises and the row appears, without anybody doing anything.
  await toQueue(ben.page, "billing");
  await anna.page.locator('#overview-queues a[href="#/queue/billing"]').waitFor();
  const before = await waiting(anna.page);
  const first = await customer(BILLING, { customer_id: "K-883201" });
  assert.equal(first.ticket.queue, "billing");
  await until("the count rises", async () => (await waiting(anna.page)) === before + 1);
  await row(ben.page, first.ticket.id).waitFor();

  // Anna takes the next of the queue by keyboard; Ben sees it at once.
  await toQueue(anna.page, "billing");
  await row(anna.page, first.ticket.id).waitFor();
  await anna.page.keyboard.press("j");
  assert.ok(await anna.page.evaluate(() => document.activeElement.matches("a.row")));
  const claimed = steps(anna.page, "claim");
  await anna.page.keyboard.press("n");
  const ticket = await (await claimed).json();
  await mine(anna.page, ticket.id).waitFor();
  await row(ben.page, ticket.id).getByText("with Anna Berger").waitFor();
  await anna.page.locator("#words").waitFor();
  await isAccessible(anna.page, "a conversation");
  await picture(anna.page, "conversation");

  // What is taken meanwhile is refused with the name of who has it, also where it still looked open.
  const second = await customer(FAULT);
  await openTicket(ben.page, second.ticket.id);
  const claim = await ben.page.waitForSelector('[data-action="claim"]');
  assert.ok((await anna.page.request.post(`${address}/v1/tickets/${second.ticket.id}/claim`, { data: {}, headers: { origin: address } })).ok());
  await claim.evaluate((button) => button.click());
  await ben.page.getByText("Anna Berger has already claimed this conversation.").waitFor();
  await ben.page.getByText("Anna Berger holds this conversation.", { exact: false }).waitFor();
  await picture(ben.page, "held-dark");
  await isAccessible(ben.page, "a conversation in the dark");

  // A reply whose answer was lost on the way is sent again, and arrives once.
  const answer = `Guten Tag, das prüfe ich gern. ${randomUUID()}`;
  await anna.page.route("**/reply", async (route) => {
    await route.fetch();
    await route.abort();
  }, { times: 1 });
  await anna.page.keyboard.press("r");
  await anna.page.keyboard.type(answer);
  await anna.page.keyboard.press("Control+Enter");
  await anna.page.getByText("Ihr Text ist noch da.", { exact: false }).waitFor();
  assert.equal(await anna.page.locator("#words").inputValue(), answer);
  await anna.page.keyboard.press("Control+Enter");
  await until("the field is empty", async () => (await anna.page.locator("#words").inputValue()) === "");
  await anna.page.locator(".turn-agent", { hasText: answer }).waitFor();
  const said = (await conversation(ticket.conversation_id)).turns.filter((turn) => turn.text === answer);
  assert.equal(said.length, 1);
  assert.equal(said[0].agent, "Anna Berger");
  assert.equal(await anna.page.locator(".turn-agent", { hasText: answer }).count(), 1);
  await until("the clock stops", async () => /Beantwortet/u.test(await anna.page.locator("#head .due").textContent()));

  // A note is for colleagues only.
  const remark = `Rückruf zugesagt ${randomUUID()}`;
  await anna.page.locator("#thread").focus();
  await anna.page.keyboard.press("i");
  await anna.page.keyboard.type(remark);
  await anna.page.keyboard.press("Control+Enter");
  await anna.page.locator(".turn-note", { hasText: remark }).waitFor();
  assert.ok((await conversation(ticket.conversation_id)).turns.some((turn) => turn.text === remark && turn.from === "note"));
  const seen = await conversation(ticket.conversation_id, { asCustomer: true });
  assert.ok(seen.turns.some((turn) => turn.text === answer));
  assert.ok(!JSON.stringify(seen).includes(remark));
  await picture(anna.page, "note");

  // Passed on to Ben, it is on his desk at once, unread; reading it takes the mark away.
  await ben.page.evaluate(() => { location.hash = "#/all"; });
  await anna.page.locator("#thread").focus();
  await anna.page.keyboard.press("t");
  await anna.page.getByRole("dialog").getByLabel("Ben Carter").check();
  const plea = `Bitte prüfen ${randomUUID()}`;
  await anna.page.getByLabel("Notiz dazu").fill(plea);
  await isAccessible(anna.page, "the transfer window");
  await picture(anna.page, "transfer");
  await anna.page.getByRole("dialog").getByRole("button", { name: "Weitergeben" }).click();
  await mine(ben.page, ticket.id).locator(".unread").waitFor();
  await mine(anna.page, ticket.id).waitFor({ state: "detached" });
  assert.match(await ben.page.title(), /^\(1\) /u);
  await mine(ben.page, ticket.id).click();
  await ben.page.locator(".turn-note", { hasText: plea }).waitFor();
  await mine(ben.page, ticket.id).locator(".unread").waitFor({ state: "detached" });
  assert.doesNotMatch(await ben.page.title(), /^\(/u);

  // The customer writes while Ben looks elsewhere: it is marked; while he looks, it appears.
  await openTicket(ben.page, second.ticket.id);
  await ben.page.locator(".turn", { hasText: FAULT }).waitFor();
  await customer("Ist da noch jemand?", { conversation_id: ticket.conversation_id, customer_id: ticket.customer_id });
  await mine(ben.page, ticket.id).locator(".unread").waitFor();
  await mine(ben.page, ticket.id).click();
  const call = `Hallo? ${randomUUID()}`;
  await customer(call, { conversation_id: ticket.conversation_id, customer_id: ticket.customer_id });
  await ben.page.locator(".turn-customer", { hasText: call }).waitFor();

  // Two clicks say what the bot should have read.
  await ben.page.getByRole("button", { name: "The bot was wrong" }).click();
  await picture(ben.page, "correction-dark");
  await isAccessible(ben.page, "the correction window");
  const corrected = steps(ben.page, "correct");
  await ben.page.getByRole("dialog").getByRole("button", { name: "Refund wanted", exact: true }).click();
  assert.equal((await corrected).status(), 200);
  await ben.page.getByText("Thank you, noted.", { exact: false }).first().waitFor();
  const { events } = await ticketOf(ben.page, ticket.id);
  assert.equal(events.find((event) => event.kind === "corrected").detail.intent, "get_refund");

  // Resolved with a reason; opened again it waits in its queue.
  await ben.page.locator("#thread").focus();
  await ben.page.keyboard.press("e");
  await ben.page.getByRole("dialog").getByRole("button", { name: "Resolve" }).click();
  await ben.page.getByText("Please choose or give a reason.").waitFor();
  await ben.page.getByLabel("Refund arranged").check();
  await picture(ben.page, "resolve-dark");
  await ben.page.keyboard.press("Control+Enter");
  await ben.page.getByText("Resolved: Refund arranged", { exact: true }).waitFor();
  assert.equal((await ticketOf(ben.page, ticket.id)).resolution, "Refund arranged");
  await ben.page.locator('[data-action="reopen"]').click();
  await ben.page.locator('[data-action="claim"]').waitFor();
  assert.equal((await ticketOf(ben.page, ticket.id)).state, "open");

  // What was asked for before a claim, and comes after it, does not take the field away again.
  const late = await customer(FAULT);
  await toQueue(anna.page, late.ticket.queue);
  await row(anna.page, late.ticket.id).waitFor();
  const release = [];
  const hold = (pattern) => {
    let isFirst = true;
    return anna.page.route(pattern, async (route) => {
      if (isFirst) await new Promise((resolve) => {
        isFirst = false;
        release.push(resolve);
      });
      await route.continue();
    });
  };
  await hold(`**/v1/tickets/${late.ticket.id}/context`);
  await openTicket(anna.page, late.ticket.id);
  await until("the first look is under way", () => release.length === 1);
  await hold(`**/v1/tickets/${late.ticket.id}`);
  await anna.page.locator('[data-action="claim"]').click();
  await anna.page.locator("#words").fill("Guten Tag!");
  await until("the second look is under way", () => release.length === 2);
  const looked = anna.page.waitForResponse((response) => response.url().endsWith("/context"));
  release[0]();
  await looked;
  await anna.page.locator(".turn", { hasText: FAULT }).waitFor();
  assert.ok(await anna.page.locator("#words").isVisible());
  release[1]();
  await anna.reply("Guten Tag!");
  await anna.page.locator("#thread").focus();

  // Search finds a conversation by a word that was said in it.
  await anna.page.keyboard.press("/");
  await anna.page.keyboard.type(word);
  await anna.page.keyboard.press("Enter");
  await until("only what was found is listed", async () => (await anna.page.locator("a.row").count()) === 1);
  await row(anna.page, first.ticket.id).waitFor();
  await picture(anna.page, "search");

  // The ready draft: first as a suggestion, then in the field; it survives another conversation and a reload.
  const third = await customer(`Meine Bestellung NL-20481 ist noch nicht da, wo bleibt sie? ${word}`, { channel: "email", customer_id: "K-883201" });
  assert.ok(third.ticket, "the message was handed over");
  await openTicket(anna.page, third.ticket.id);
  await anna.page.locator('[data-action="claim"]').click();
  const { draft } = await (await anna.page.request.get(`${address}/v1/tickets/${third.ticket.id}/context`)).json();
  assert.ok(draft.text.length > 0);
  await until("the draft is suggested", async () => (await anna.page.locator("#words").getAttribute("placeholder")).includes(draft.text));
  await anna.page.getByRole("button", { name: "Entwurf einfügen" }).click();
  await anna.page.keyboard.type(" Noch nicht gesendet.");
  const unsent = await anna.page.locator("#words").inputValue();
  assert.equal(unsent, `${draft.text} Noch nicht gesendet.`);
  await mine(anna.page, second.ticket.id).click();
  await until("the other field is empty", async () => (await anna.page.locator("#words").inputValue()) === "");
  await mine(anna.page, third.ticket.id).click();
  await until("the text is back", async () => (await anna.page.locator("#words").inputValue()) === unsent);
  await anna.page.reload();
  await anna.page.locator(".turn", { hasText: word }).waitFor();
  assert.equal(new URL(anna.page.url()).hash, `#/ticket/${third.ticket.id}`);
  assert.equal(await anna.page.locator("#words").inputValue(), unsent);

  // The customer's earlier conversations can be read; nothing can be said in them.
  await anna.page.locator(`#body-earlier a[href$="/earlier/${first.conversation_id}"]`).click();
  await anna.page.locator(".turn", { hasText: BILLING }).waitFor();
  assert.ok(!(await anna.page.locator("#words").isVisible()));
  await anna.page.getByRole("link", { name: "Zurück zum Ticket" }).click();
  await anna.page.locator("#words").waitFor();

  // An article is found, read and put into the reply.
  const found = anna.page.waitForResponse((response) => response.url().includes("/v1/knowledge/search"));
  await anna.page.locator("#search-knowledge").fill("Rückgabe Frist");
  await anna.page.keyboard.press("Enter");
  const [{ title }] = (await (await found).json()).hits;
  const article = anna.page.locator("#articles details").first();
  await article.getByText(title, { exact: true }).first().waitFor();
  await article.locator("summary").click();
  await article.getByRole("button", { name: "In die Antwort" }).click();
  assert.ok((await anna.page.locator("#words").inputValue()).length > unsent.length);

  // Single keys do nothing while somebody types, and the sheet says what they do otherwise.
  await anna.page.locator("#words").fill("");
  await anna.page.keyboard.type("nte?");
  assert.equal(await anna.page.locator("dialog").count(), 0);
  assert.equal(await anna.page.locator("#words").inputValue(), "nte?");
  await anna.page.keyboard.press("Escape");
  await anna.page.keyboard.press("?");
  await anna.page.getByRole("dialog", { name: "Tastenkürzel" }).waitFor();
  await isAccessible(anna.page, "the keyboard shortcuts");
  await picture(anna.page, "keys");
  await anna.page.keyboard.press("Escape");

  // The language changes for this and later visits.
  await anna.page.locator(".account").click();
  await anna.page.getByRole("button", { name: "English" }).click();
  await anna.page.getByRole("button", { name: "Take the next", exact: false }).waitFor();
  assert.equal(await anna.page.locator("html").getAttribute("lang"), "en");

  assert.deepEqual(anna.complaints.filter((complaint) => !complaint.includes("ERR_FAILED")), []);
  assert.deepEqual(serious(ben.complaints), []);
  await anna.leave();
  await ben.leave();
}

// Without events the console says so; when they are back, it shows what it has missed.
{
  const { page, complaints, leave } = await visit({ locale: "en-GB" });
  await page.locator("#signin-name").fill("Clara Diaz");
  await page.route("**/v1/events*", (route) => route.abort());
  await page.keyboard.press("Enter");
  await page.getByText("The connection is lost.", { exact: false }).waitFor();
  await page.locator("#overview-queues a.overview-row").first().waitFor();
  const { ticket } = await customer(BILLING);
  await page.unroute("**/v1/events*");
  await page.locator(`a.row[href="#/ticket/${ticket.id}"]`).waitFor();
  await page.locator("#connection").waitFor({ state: "hidden" });
  assert.deepEqual(serious(complaints).filter((complaint) => !complaint.includes("ERR_FAILED")), []);
  await leave();
}

// On a phone: one column at a time, nothing wider than the screen, in light and in dark.
for (const colorScheme of ["light", "dark"]) {
  const { ticket } = await customer(BILLING);
  const { page, complaints, leave } = await agent("Dora Ebner", {
    locale: "de-AT", viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, colorScheme,
  });
  await page.locator(`a.row[href="#/ticket/${ticket.id}"]`).waitFor();
  await fitsItsWidth(page, "the list");
  await isAccessible(page, "the list on a phone");
  await picture(page, `phone-list-${colorScheme}`);
  await page.locator(`a.row[href="#/ticket/${ticket.id}"]`).tap();
  await page.locator(".turn", { hasText: "doppelt abgebucht" }).waitFor();
  assert.ok(!(await page.locator("#list").isVisible()));
  await fitsItsWidth(page, "the conversation");
  await isAccessible(page, "the conversation on a phone");
  await picture(page, `phone-conversation-${colorScheme}`);
  await page.getByRole("button", { name: "Einzelheiten" }).tap();
  await page.locator("#section-summary").waitFor();
  assert.ok(!(await page.locator("#thread").isVisible()));
  await fitsItsWidth(page, "the details");
  await isAccessible(page, "the details on a phone");
  await picture(page, `phone-details-${colorScheme}`);
  await page.getByRole("button", { name: "Zurück" }).tap();
  await page.getByRole("link", { name: "Zurück" }).tap();
  await page.locator("#list").waitFor();
  assert.deepEqual(serious(complaints), []);
  await leave();
}

await browser.close();
