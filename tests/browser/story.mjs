// Visitor and agent meet, each in a browser of their own: a question is answered, a harder one is
// handed over, a person takes it and speaks, the visitor sees it without doing anything, and rates it.
//   node tests/browser/story.mjs http://127.0.0.1:8080      (an open demo)

import assert from "node:assert/strict";
import { DESKTOP, PHONE, agent, fitsItsWidth, isAccessible, launch, picture, until, visitor } from "./common.mjs";

const address = process.argv[2];
const browser = await launch();

const STORIES = [
  {
    name: "german", locale: "de-DE", device: DESKTOP,
    easy: "Wie lange kann ich einen Artikel zurückgeben?",
    hard: "Sie haben Rechnung RE-2024-10233 doppelt abgebucht, ich will mein Geld zurück!",
    waits: /Platz \d+/u, reply: "Guten Tag, ich prüfe das sofort.", thanks: "Das ist nett, danke.",
    with: "Anna Berger ist für Sie da", rate: "Wie zufrieden sind Sie?", comment: "Schnell und freundlich", send: "Senden",
    kept: "Vielen Dank für die Rückmeldung.",
  },
  {
    name: "english-phone", locale: "en-GB", device: PHONE,
    easy: "How long do I have to return an item?",
    hard: "You have charged invoice RE-2024-10234 twice, I want my money back!",
    waits: /Place \d+/u, reply: "Hello, I am looking into it right now.", thanks: "Thank you, that is kind.",
    with: "Anna Berger is here for you", rate: "How satisfied are you?", comment: "Quick and friendly", send: "Send",
    kept: "Thank you for your feedback.",
  },
];

for (const story of STORIES) {
  const customer = await visitor(browser, address, { ...story.device, locale: story.locale });
  const { page } = customer;
  const see = (step) => picture(page, `${story.name}-${step}`);

  // An easy question is answered at once, with the article as its source.
  await customer.say(story.easy);
  await customer.log.locator(".turn.bot .source").waitFor();
  await isAccessible(page, "an answer");
  await fitsItsWidth(page, "an answer");
  await see("1-answered");

  // A harder one goes to people; the visitor learns the place in the queue.
  const answered = page.waitForResponse((response) => response.url().endsWith("/v1/messages"));
  await customer.say(story.hard);
  const outcome = await (await answered).json();
  assert.equal(outcome.state, "waiting", JSON.stringify(outcome.decision));
  await page.getByText(story.waits).waitFor();
  await see("2-waiting");

  // An agent takes it, and what she writes is there without a reload.
  const anna = await agent(browser, address, "Anna Berger", { locale: story.locale });
  await anna.page.evaluate((id) => { location.hash = `#/ticket/${id}`; }, outcome.ticket.id);
  await anna.page.locator('[data-action="claim"]').click();
  await page.getByText(story.with).waitFor();
  await anna.reply(story.reply);
  await customer.turn("agent", story.reply).waitFor();
  await see("3-with-a-person");

  // What the visitor says now goes to her alone: the bot is silent.
  const bots = await customer.log.locator(".turn.bot").count();
  await customer.say(story.thanks);
  await anna.page.locator(".turn-customer", { hasText: story.thanks }).waitFor();
  await picture(anna.page, `${story.name}-4-console`);
  assert.equal(await customer.log.locator(".turn.bot").count(), bots);

  // She ends it; the visitor rates it, and the rating is kept.
  const headers = { origin: address };
  const end = { reason: "settled", then: "closed" };
  assert.ok((await anna.page.request.post(`${address}/v1/tickets/${outcome.ticket.id}/resolve`, { data: end, headers })).ok());
  const stars = page.getByRole("group", { name: story.rate });
  await stars.getByRole("button", { name: "5/5" }).click();
  await customer.log.locator("form textarea").fill(story.comment);
  await see("5-rating");
  await isAccessible(page, "the rating");
  await customer.log.getByRole("button", { name: story.send, exact: true }).click();
  await page.getByText(story.kept).waitFor();
  const kept = await (await fetch(`${address}/v1/conversations/${outcome.conversation_id}`)).json();
  assert.deepEqual([kept.state, kept.rating.score, kept.rating.comment], ["closed", 5, story.comment]);

  // A reload shows the same conversation, everything once.
  await page.reload();
  if (story.device === PHONE) await customer.open();
  await until("the conversation is back", async () => (await customer.turn("agent", story.reply).count()) === 1);
  for (const [from, text] of [["customer", story.easy], ["customer", story.hard], ["customer", story.thanks], ["agent", story.reply]]) {
    assert.equal(await customer.turn(from, text).count(), 1, text);
  }
  assert.deepEqual(customer.complaints, []);
  assert.deepEqual(anna.complaints, []);
  await customer.leave();
  await anna.leave();
}

await browser.close();
