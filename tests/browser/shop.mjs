// Uses the demo company's page as a visitor does, and plays its morning. Run with the address of a service
// that is an open demo with the demo's articles and model:
//   node tests/browser/shop.mjs http://127.0.0.1:8080
// Ends with status 0 if all holds, else with the first thing that does not.

import assert from "node:assert/strict";
import { fitsItsWidth, isAccessible, launch, picture, visit as open } from "./common.mjs";

const address = process.argv[2];
const browser = await launch();

/** A fresh visitor; requests that failed are noted as well. */
async function visit(options) {
  const visitor = await open(browser, address, "/", options);
  visitor.page.on("response", (response) => {
    if (response.status() >= 400) visitor.complaints.push(`${response.status()} ${response.url()}`);
  });
  return visitor;
}

const waiting = async () => {
  const { queues } = await (await fetch(`${address}/v1/queues`)).json();
  return new Map(queues.map((queue) => [queue.queue, queue.open]));
};

const question = { de: "Wie lange kann ich einen Artikel zurückgeben?", en: "How long can I return an item?" };

// The page speaks the browser's language, light or dark, on a desktop and on a phone; nothing is left unsaid.
for (const [locale, language] of [["de-AT", "de"], ["en-GB", "en"]]) {
  for (const colorScheme of ["light", "dark"]) {
    for (const [device, viewport] of [["desktop", { width: 1280, height: 860 }], ["phone", { width: 390, height: 844 }]]) {
      const what = `${language}-${colorScheme}-${device}`;
      const { page, complaints, leave } = await visit({ locale, colorScheme, viewport });
      assert.equal(await page.locator("html").getAttribute("lang"), language);
      const unsaid = await page.locator("[data-text]").evaluateAll((all) => all.filter((one) => !one.textContent).map((one) => one.dataset.text));
      assert.deepEqual(unsaid, [], what);
      assert.ok(await page.getByRole("button", { name: question[language] }).isVisible());
      // Pictures further down load when they come near.
      for (const image of await page.locator("main img").all()) {
        await image.scrollIntoViewIfNeeded();
        await image.evaluate((element) => element.decode());
      }
      await page.evaluate(() => window.scrollTo({ top: 0, behavior: "instant" }));
      await fitsItsWidth(page, what);
      await isAccessible(page, what);
      await picture(page, what);
      await picture(page, `${what}-whole`, { fullPage: true });
      assert.deepEqual(complaints, [], what);
      await leave();
    }
  }
}

// The switch changes the language, and the browser keeps the choice. The links lead where they say.
{
  const { page, complaints, leave } = await visit({ locale: "de-DE" });
  await page.getByRole("button", { name: "EN", exact: true }).click();
  assert.equal(await page.locator("html").getAttribute("lang"), "en");
  assert.ok(await page.getByRole("heading", { name: "Devices" }).isVisible());
  await page.reload();
  assert.equal(await page.locator("html").getAttribute("lang"), "en");
  for (const [name, path] of [["Agent console", "/console"], ["Reports", "/reports"], ["API", "/docs"]]) {
    assert.equal(await page.getByRole("link", { name, exact: true }).getAttribute("href"), path);
    assert.ok((await page.request.get(address + path)).ok(), `${path} is there`);
  }
  for (const anchor of await page.locator(".nav a").all()) {
    assert.equal(await page.locator(await anchor.getAttribute("href")).count(), 1);
  }
  assert.deepEqual(complaints, []);
  await leave();
}

// An example question opens the chat and is answered there.
{
  const { page, complaints, leave } = await visit({ locale: "en-GB" });
  await page.waitForFunction(() => typeof window.Lotse?.open === "function");
  const answered = page.waitForResponse((response) => response.url().endsWith("/v1/messages"));
  await page.getByRole("button", { name: question.en }).click();
  const outcome = await (await answered).json();
  assert.equal(outcome.decision.action, "answer");
  await page.locator("lotse-chat").getByText(/30 days/).first().waitFor();
  await picture(page, "chat");
  assert.deepEqual(complaints, []);
  await leave();
}

// Where the chat's script is missing, the page says so.
{
  const { page, leave } = await visit({ locale: "de-DE" });
  await page.route("**/widget.js", (route) => route.abort());
  await page.reload();
  await page.getByRole("button", { name: question.de }).click();
  await page.getByRole("alert").getByText("Der Chat ist gerade nicht da").waitFor();
  await leave();
}

// The morning plays to its end without a failed request and leaves work in several queues.
{
  const before = await waiting();
  const { page, complaints, leave } = await visit({ locale: "de-DE" });
  await page.getByRole("button", { name: "Einen Vormittag abspielen" }).click();
  await page.locator("#morning-feed .line-handedOver").first().waitFor();
  await page.waitForFunction(() => document.querySelector("#morning-progress").value > 0.5, null, { timeout: 120_000 });
  await isAccessible(page, "the morning in play");
  await picture(page, "morning");
  await page.locator("#morning-end").waitFor({ timeout: 240_000 });
  assert.match(await page.locator("#morning-result").textContent(), /^Fertig: \d+ Nachrichten, .* Fälle\.$/);
  await isAccessible(page, "the morning at its end");
  await picture(page, "morning-end");

  const count = async (name) => Number(await page.locator(`.count-${name} dd`).textContent());
  const prepared = (await (await fetch(`${address}/morning.json`)).json()).conversations;
  const received = await count("received");
  assert.ok(received >= prepared.length, `${received} messages of ${prepared.length} conversations`);
  assert.equal(received, (await count("answered")) + (await count("askedBack")) + (await count("handedOver")) + (await count("added")));
  const share = (await count("answered")) / received;
  assert.ok(share > 0.3 && share < 0.6, `${share} answered`);
  const after = await waiting();
  const added = [...after].map(([queue, open]) => open - before.get(queue));
  assert.ok(added.reduce((sum, number) => sum + number, 0) >= 12, `waiting more than before: ${added}`);
  assert.ok(added.filter((number) => number > 0).length >= 4, `in several queues: ${added}`);
  assert.deepEqual(complaints, []);

  // The feed changes its language with the page; the panel can be closed.
  await page.getByRole("button", { name: "EN", exact: true }).click();
  await page.getByRole("button", { name: "Play another morning" }).waitFor();
  assert.match(await page.locator("#morning-result").textContent(), /^Done: /);
  await page.locator("#morning-feed").getByText("answered with").first().waitFor();
  await page.getByRole("button", { name: "Close", exact: true }).first().click();
  assert.ok(!(await page.locator("#morning").isVisible()));
  await leave();
}

// It can be stopped, also on a phone; nothing is sent after that.
{
  const { page, leave } = await visit({ locale: "en-GB", viewport: { width: 390, height: 844 } });
  await page.getByRole("button", { name: "Play a morning" }).click();
  await page.locator("#morning-feed li").nth(2).waitFor();
  await fitsItsWidth(page, "the morning on a phone");
  await isAccessible(page, "the morning on a phone");
  await picture(page, "morning-phone", { fullPage: true });
  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByText(/^Stopped after \d+ messages\.$/).first().waitFor();
  let sent = 0;
  page.on("request", () => { sent += 1; });
  await page.waitForTimeout(4000);
  assert.equal(sent, 0, "nothing is sent after Stop");
  await leave();
}

// A service that asks for patience is given it; one that refuses is taken at its word.
{
  const { page, leave } = await visit({ locale: "en-GB" });
  let refusals = 0;
  await page.route("**/v1/messages", (route) => {
    refusals += 1;
    if (refusals > 1) return route.fallback();
    return route.fulfill({ status: 429, headers: { "retry-after": "1" }, json: { error: { code: "overloaded", message: "Later." } } });
  });
  await page.getByRole("button", { name: "Play a morning" }).click();
  await page.locator("#morning-feed .line-answered").first().waitFor();
  assert.ok(refusals > 1, "it came back");
  await page.getByRole("button", { name: "Stop" }).click();
  await page.unroute("**/v1/messages");
  await page.route("**/v1/messages", (route) => route.fulfill({ status: 401, json: { error: { code: "unauthorized", message: "A key." } } }));
  await page.getByRole("button", { name: "Play another morning" }).click();
  await page.getByText("This service has keys.").first().waitFor();
  await leave();
}

await browser.close();
