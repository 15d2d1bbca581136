// What the scenarios share: a browser that notes its complaints, pictures, and checks of pages.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const DESKTOP = { viewport: { width: 1280, height: 860 } };
export const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

export const launch = () => chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });

/** Notes what a page's browser complains of, and what is loaded from elsewhere than these addresses. */
export function watch(page, ...addresses) {
  const complaints = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol !== "data:" && !addresses.includes(origin)) complaints.push(`loads ${request.url()}`);
  });
  return complaints;
}

/** A person with a browser of their own, whose complaints are noted. */
export async function visit(browser, address, path, options) {
  const context = await browser.newContext({ ...DESKTOP, ...options });
  const page = await context.newPage();
  const complaints = watch(page, address);
  await page.goto(address + path);
  return { page, complaints, leave: () => context.close() };
}

/** Waits until a condition holds, for at most twenty seconds. */
export async function until(what, holds) {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail(`did not happen: ${what}`);
}

export async function isAccessible(page, what) {
  await page.evaluate(axe);
  // Elements that are just fading in have no contrast of their own yet.
  await page.waitForTimeout(300);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join("\n  ")}`);
  assert.deepEqual(found, [], `${what} is not accessible`);
}

export async function fitsItsWidth(page, what) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(over <= 0, `${what}: ${over} pixels too wide`);
}

export async function picture(page, name, options) {
  if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/${name}.png`, ...options });
}

/** A visitor with the chat of the shop page open. */
export async function visitor(browser, address, options) {
  const visit_ = await visit(browser, address, "/", options);
  const { page } = visit_;
  const isGerman = options.locale.startsWith("de");
  const open = () => page.getByRole("button", { name: isGerman ? "Chat öffnen" : "Open chat", exact: true }).click();
  await open();
  const field = page.getByRole("textbox", { name: isGerman ? "Ihre Nachricht" : "Your message" });
  const say = async (text) => {
    await field.fill(text);
    await field.press("Enter");
  };
  const log = page.getByRole("log");
  return { ...visit_, open, say, log, turn: (from, text) => log.locator(`.turn.${from}`, { hasText: text }) };
}

/** An agent at the console, signed in under this name. */
export async function agent(browser, address, name, options) {
  const visit_ = await visit(browser, address, "/console", options);
  await visit_.page.locator("#signin-name").fill(name);
  await visit_.page.keyboard.press("Enter");
  await visit_.page.locator("#take-next").waitFor();
  const { page } = visit_;
  const reply = async (text) => {
    await page.locator("#words").fill(text);
    await page.locator("#words").press("Control+Enter");
    await page.locator(".turn-agent", { hasText: text }).waitFor();
  };
  return { ...visit_, reply };
}
