// The service is killed in the middle of a conversation. What it had confirmed is there when it is
// back; what was said meanwhile arrives then, once; nobody has to reload or to sign in again.
// Starts the services itself: LOTSE names the program, HOME_OF_STORE a folder for the store.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { agent, launch, picture, until, visitor } from "./common.mjs";

const port = await new Promise((resolve) => {
  const server = createServer().listen(0, "127.0.0.1", () => {
    const { port: free } = server.address();
    server.close(() => resolve(free));
  });
});
const address = `http://127.0.0.1:${port}`;
let service;

async function start() {
  service = spawn(process.env.LOTSE, ["serve", "--dir", "demo", "--listen", `127.0.0.1:${port}`], {
    env: { ...process.env, LOTSE_STORE__PATH: `${process.env.HOME_OF_STORE}/lotse.sqlite` }, stdio: "ignore",
  });
  for (let tries = 0; tries < 1200; tries += 1) {
    const ready = await fetch(`${address}/readyz`).catch(() => null);
    if (ready?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail("the service was not ready in time");
}

async function kill() {
  service.kill("SIGKILL");
  await once(service, "exit");
}

await start();
const browser = await launch();
try {
  const customer = await visitor(browser, address, { locale: "de-DE" });
  const answered = customer.page.waitForResponse((response) => response.url().endsWith("/v1/messages"));
  await customer.say("Sie haben Rechnung RE-2024-10233 doppelt abgebucht, ich will mein Geld zurück!");
  const outcome = await (await answered).json();
  assert.equal(outcome.state, "waiting");
  const anna = await agent(browser, address, "Anna Berger", { locale: "de-DE" });
  await anna.page.evaluate((id) => { location.hash = `#/ticket/${id}`; }, outcome.ticket.id);
  await anna.page.locator('[data-action="claim"]').click();
  await anna.reply("Guten Tag, ich prüfe das sofort.");
  await customer.turn("agent", "Guten Tag, ich prüfe das sofort.").waitFor();

  await kill();
  await customer.say("Sind Sie noch da?");
  await customer.turn("customer", "Sind Sie noch da?").waitFor();
  await picture(customer.page, "down-visitor");
  await picture(anna.page, "down-console");
  await start();

  // The widget sends again by itself, the console hears of it by itself.
  await anna.page.locator(".turn-customer", { hasText: "Sind Sie noch da?" }).waitFor({ timeout: 60_000 });
  await anna.reply("Ja, ich bin noch da.");
  await customer.turn("agent", "Ja, ich bin noch da.").waitFor({ timeout: 60_000 });
  await picture(customer.page, "back-visitor");

  const kept = await (await fetch(`${address}/v1/conversations/${outcome.conversation_id}`)).json();
  const said = kept.turns.filter((turn) => turn.from !== "bot").map((turn) => turn.text);
  assert.deepEqual(said, [
    "Sie haben Rechnung RE-2024-10233 doppelt abgebucht, ich will mein Geld zurück!",
    "Guten Tag, ich prüfe das sofort.",
    "Sind Sie noch da?",
    "Ja, ich bin noch da.",
  ]);
  assert.deepEqual([kept.state, kept.agent], ["human", "Anna Berger"]);
  await until("everything is shown once", async () => (await customer.log.locator(".turn.agent").count()) === 2);
  assert.equal(await customer.log.locator(".turn.customer").count(), 2);
} finally {
  service.kill("SIGKILL");
  await browser.close();
}
