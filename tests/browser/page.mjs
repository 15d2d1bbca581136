// Uses the page as a visitor does. Run with the address of a service that is an open demo:
//   node tests/browser/page.mjs http://127.0.0.1:8080
// Ends with status 0 if all holds, else with the first thing that does not.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const address = process.argv[2];
const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });

/** A fresh visitor; everything that the browser complains of, or loads from elsewhere, is noted. */
async function visit(options, path = "/") {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol !== "data:" && origin !== address) complaints.push(`loads ${request.url()}`);
  });
  await page.goto(address + path);
  return { page, complaints, leave: () => context.close() };
}

const outcomeOf = (page) =>
  page.waitForResponse((response) => response.url().endsWith("/v1/messages")).then((response) => response.json());

async function fitsItsWidth(page, what) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(over <= 0, `${what}: ${over} pixels too wide`);
}

// A German visitor clicks an example and reads what became of it.
{
  const { page, complaints, leave } = await visit({ locale: "de-DE", viewport: { width: 1280, height: 860 } });
  assert.equal(await page.locator("html").getAttribute("lang"), "de");
  assert.ok(await page.getByText("Offene Demo.").isVisible());
  const answered = outcomeOf(page);
  await page.getByRole("button", { name: /RE-2024-10233/ }).click();
  const outcome = await answered;
  assert.equal(outcome.state, "waiting");
  const course = page.locator("#course");
  await course.getByText("Übergeben", { exact: true }).waitFor();
  assert.ok(await course.getByText(outcome.ticket.summary.headline).isVisible());
  assert.equal(await course.locator("mark.entity").first().evaluate((mark) => mark.firstChild.data), "RE-2024-10233");
  assert.equal(await course.locator(".reasons li").count(), outcome.decision.reasons.length);
  assert.match(await page.locator("#timing").textContent(), /Lesen .* ms/);

  // A person takes the ticket and speaks; the visitor sees it at once.
  await page.getByText("Wartet auf einen Menschen").waitFor();
  const ask = (path, body) =>
    page.request.post(`${address}/v1/tickets/${outcome.ticket.id}/${path}`, { data: body, headers: { origin: address } });
  assert.ok((await ask("claim", {})).ok());
  await page.getByText("Bei einem Menschen").waitFor();
  assert.ok((await ask("reply", { text: "Guten Tag, ich **kümmere** mich." })).ok());
  await page.locator(".entry-agent strong", { hasText: "kümmere" }).waitFor();

  // The language changes, and what was said stays.
  await page.getByRole("button", { name: "EN", exact: true }).click();
  assert.equal(await page.locator("html").getAttribute("lang"), "en");
  await page.getByText("With a person").waitFor();
  assert.equal(await page.locator(".entry-customer").count(), 1);
  await page.getByRole("button", { name: "New conversation" }).click();
  assert.equal(await page.locator(".entry").count(), 0);
  assert.deepEqual(complaints, []);
  await leave();
}

// With the keyboard alone; what looks like markup is only text.
{
  const { page, complaints, leave } = await visit({ locale: "en-GB" });
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "text");
  await page.keyboard.type("<img src=x onerror=alert(1)> How long can I return an item?");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("Thanks");
  const answered = outcomeOf(page);
  await page.keyboard.press("Enter");
  await answered;
  const bubble = page.locator(".entry-customer .bubble");
  assert.match(await bubble.textContent(), /<img src=x onerror=alert\(1\)> How long.*\nThanks/s);
  assert.equal(await page.locator("#log img").count(), 0);
  await page.locator(".verdict-title").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), "text", "the field keeps the focus");

  // A blank message is not sent; one that is too long cannot be.
  await page.keyboard.type("   ");
  await page.keyboard.press("Enter");
  await page.locator("#text").fill("a".repeat(20_001));
  assert.equal(await page.locator("#count").textContent(), "1 character too many");
  await page.keyboard.press("Enter");
  assert.equal(await page.locator(".entry-customer").count(), 1);
  assert.deepEqual(complaints, []);
  await leave();
}

// On a phone: one panel at a time, nothing wider than the screen, in light and in dark.
for (const colorScheme of ["light", "dark"]) {
  const viewport = { width: 390, height: 844 };
  const { page, complaints, leave } = await visit({ locale: "de-AT", viewport, isMobile: true, hasTouch: true, colorScheme });
  await fitsItsWidth(page, "the examples");
  assert.ok(await page.locator("#conversation").isVisible());
  assert.ok(!(await page.locator("#reading").isVisible()));
  const answered = outcomeOf(page);
  await page.getByRole("button", { name: /NL-20481/ }).tap();
  await answered;
  await fitsItsWidth(page, "the conversation");
  await page.locator(".brief").tap();
  assert.ok(await page.locator("#reading").isVisible());
  assert.ok(!(await page.locator("#conversation").isVisible()));
  await fitsItsWidth(page, "the reading");
  assert.deepEqual(complaints, []);
  await leave();
}

// When the service is away, the page says so, and sends again what was not taken.
{
  const { page, leave } = await visit({ locale: "en-GB" });
  await page.route("**/v1/messages", (route) => route.abort());
  await page.locator("#text").fill("Hello");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.getByRole("alert").getByText("cannot be reached").waitFor();
  await page.unroute("**/v1/messages");
  const answered = outcomeOf(page);
  await page.getByRole("button", { name: "Try again" }).click();
  await answered;
  await page.locator(".entry-bot").waitFor();
  assert.ok(!(await page.getByRole("alert").isVisible()));
  await leave();
}

// The documentation lists the main route.
{
  const { page, complaints, leave } = await visit({}, "/docs/");
  await page.getByText("/v1/messages").first().waitFor();
  assert.deepEqual(complaints, []);
  await leave();
}

await browser.close();
