// Uses the chat widget as a visitor of a foreign site does: a site with a strict content policy, or
// with styles that break everything. Run with the address of a service that is an open demo:
//   node tests/browser/widget.mjs http://127.0.0.1:8080
// Ends with status 0 if all holds, else with the first thing that does not. With SCREENSHOTS=DIR,
// pictures of each state are kept there.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { request } from "playwright-core";
import { isAccessible, launch, picture as keep, watch } from "./common.mjs";

const address = process.argv[2];

// ---- the foreign site ----

const STYLES = {
  "/friendly.css": "body { margin: 0; background: #e9ecef; color: #222; font: 16px/1.6 Georgia, serif } main { max-width: 40rem; margin: 3rem auto; padding: 0 1rem }",
  "/hostile.css": `
    html { font-size: 3px !important; color: #f00 !important; direction: rtl !important }
    * { letter-spacing: 1em !important; text-transform: uppercase !important; line-height: 3 !important; font-size: 50px !important; box-sizing: content-box !important; animation: none !important }
    lotse-chat, :not(html, head, head *, body, main, main *) { display: none !important; visibility: hidden !important; opacity: 0 !important; position: static !important;
      transform: scale(0) !important; filter: blur(9px) !important; pointer-events: none !important; z-index: -1 !important; width: 0 !important; height: 0 !important; overflow: hidden !important; contain: strict !important }
    div, p, span, form, button, textarea, ul, svg, path { all: unset !important; color: #f00 !important; background: #f00 !important; border: 9px solid #f00 !important }`,
};
const PAGES = { "/": "/friendly.css", "/hostile": "/hostile.css", "/bare": null };
const BY_HAND = `<lotse-chat key="widget" title="Nordlicht hilft" text-human="Lieber ein Mensch"></lotse-chat>`;

/** A page that embeds the widget; the query's parameters become attributes of the script. */
function page(path, attributes) {
  const sheet = PAGES[path] ? `<link rel="stylesheet" href="${PAGES[path]}">` : "";
  const isByHand = path === "/by-hand";
  const data = isByHand ? [] : [["key", "widget"], ...attributes].map(([name, value]) => ` data-${name}="${value}"`);
  return `<!doctype html><html lang="${attributes.get("language") ?? "de"}"><head><meta charset="utf-8"><title>Laden</title>
    <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">${sheet}
    <script src="${address}/widget.js"${data.join("")} async></script></head>
    <body><main><h1>Ein Laden in Kiel</h1><p>Router, Telefone und Kopfhörer.</p></main>${isByHand ? BY_HAND : ""}</body></html>`;
}

const site = createServer((incoming, answer) => {
  const { pathname, searchParams } = new URL(incoming.url, "http://site");
  const style = STYLES[pathname];
  if (!style && !(pathname in PAGES) && pathname !== "/by-hand") return answer.writeHead(204).end();
  answer.writeHead(200, {
    "content-type": style ? "text/css" : "text/html; charset=utf-8",
    "content-security-policy": `default-src 'none'; style-src ${PAGES[pathname] ? "'self'" : "'none'"}; script-src ${address}; connect-src ${address}; ` +
      "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  });
  answer.end(style ?? page(pathname, searchParams));
});
await new Promise((ready) => site.listen(0, "127.0.0.1", ready));
const home = `http://127.0.0.1:${site.address().port}`;

// ---- visitors and agents ----

const browser = await launch();

/** A fresh visitor in front of a page of the site. */
async function visit(path, options) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, locale: "de-DE", timezoneId: "Europe/Berlin", ...options });
  const tab = await context.newPage();
  const complaints = watch(tab, address, home);
  await tab.goto(home + path);
  return { context, tab, complaints, ...widget(tab) };
}

/** The widget's parts, as people find them. */
function widget(tab) {
  const dialog = tab.getByRole("dialog");
  const log = tab.getByRole("log");
  return {
    dialog,
    log,
    field: dialog.getByRole("textbox", { name: /Ihre Nachricht|Your message/ }),
    press: (name) => dialog.getByRole("button", { name, exact: true }).click(),
    open: () => tab.getByRole("button", { name: /Chat öffnen|Open chat/ }).click(),
    turns: (from) => log.locator(`.turn.${from}`),
    bar: dialog.locator(".bar"),
    badge: tab.locator("lotse-chat .badge"),
    /** Says something with the field and waits for the outcome. */
    async say(text) {
      const answered = outcome(tab);
      await dialog.getByRole("textbox").last().fill(text);
      await tab.keyboard.press("Enter");
      return answered;
    },
  };
}

const isMessage = (sent) => sent.url() === `${address}/v1/messages` && sent.method() === "POST";
const outcome = (tab) => tab.waitForResponse((response) => isMessage(response.request())).then((response) => response.json());

/** The conversation as the service tells it to a widget. */
async function conversation(id) {
  const response = await fetch(`${address}/v1/conversations/${id}`, { headers: { authorization: "Bearer widget" } });
  assert.equal(response.status, 200);
  return response.json();
}

/** Anna Berger, who signs in and works on tickets. */
const office = await request.newContext({ extraHTTPHeaders: { origin: address } });
assert.ok((await office.post(`${address}/v1/session`, { data: { name: "Anna Berger" } })).ok());
async function work(ticket, step, data = {}) {
  const response = await office.post(`${address}/v1/tickets/${ticket.id}/${step}`, { data });
  assert.ok(response.ok(), `${step}: ${await response.text()}`);
}

// ---- what is looked at everywhere ----

let pictures = 0;
async function picture(tab, name) {
  await tab.waitForTimeout(250); // The panel rises for a moment.
  await keep(tab, `${String(++pictures).padStart(2, "0")}-${name}`);
}

/** All that can be pressed is big enough for a finger. */
async function pressable(dialog, what) {
  for (const button of await dialog.locator("button:visible, summary:visible, textarea:visible").all()) {
    const { width, height } = await button.boundingBox();
    assert.ok(width >= 44 && height >= 44, `${what}: ${await button.evaluate((node) => node.outerHTML)} is ${width} × ${height}`);
  }
}

const HARD = { de: "Mein Paket NL-20481 ist beschädigt angekommen und das schon zum zweiten Mal!", en: "My parcel NL-20481 arrived broken, for the second time!" };

// ---- the file ----
{
  const response = await fetch(`${address}/widget.js`);
  assert.match(response.headers.get("content-type"), /javascript/);
  const { byteLength } = await response.arrayBuffer();
  assert.ok(byteLength < 25_000, `widget.js has ${byteLength} bytes`);
}

// ---- a German visitor: answer, question back, hand-over, a person, the end ----
{
  const { context, tab, complaints, dialog, log, open, say, press, turns, bar, badge, field } = await visit("/?name=Nordlicht");
  await picture(tab, "closed");
  await isAccessible(tab, "closed");
  await open();
  assert.equal(await dialog.getAttribute("aria-label"), "Nordlicht");
  assert.match(await dialog.locator(".head").innerText(), /Bot/);
  assert.match(await turns("bot").innerText(), /ich bin ein Bot/);
  await picture(tab, "greeting");
  await isAccessible(tab, "greeting");

  // A standard question is answered with its source; the visitor says whether it helped.
  const first = await say("Wie lange kann ich etwas zurückgeben?");
  await log.getByText(`Quelle: ${first.reply.article.title}`).waitFor();
  assert.equal(await turns("customer").count(), 1);
  const judged = tab.waitForResponse((response) => response.url().endsWith("/helpful") && response.request().method() === "POST");
  await press("Hilfreich");
  assert.equal((await judged).status(), 204);
  assert.deepEqual((await judged).request().postDataJSON(), { helpful: true });
  assert.equal(await dialog.getByRole("button", { name: "Hilfreich", exact: true }).getAttribute("aria-pressed"), "true");
  await picture(tab, "answer");

  // An unclear one is asked back; a button settles it.
  const unclear = await say("Wann sind Sie erreichbar?");
  assert.equal(unclear.decision.action, "clarify");
  const [choice] = unclear.reply.choices;
  await dialog.getByRole("button", { name: choice.label }).waitFor();
  await picture(tab, "choices");
  await isAccessible(tab, "choices");
  await pressable(dialog, "choices");
  const settled = outcome(tab);
  await press(choice.label);
  const { article } = (await settled).reply;
  await log.getByText(`Quelle: ${article.title}`).waitFor();
  assert.equal(await dialog.getByRole("button", { name: choice.label }).count(), 0);
  assert.ok(await field.evaluate((node) => node.matches(":focus")), "the field has the focus again");

  // A hard one goes to a person: place, and a time that is kept.
  const { conversation_id: id, ticket } = await say(HARD.de);
  await bar.waitFor();
  const { waiting } = await conversation(id);
  const promise = waiting.open ? "(Antwort bis \\d\\d:\\d\\d|Es dauert länger als geplant)" : "Wir sind ab .*\\d\\d:\\d\\d wieder da";
  assert.match(await bar.textContent(), new RegExp(`^Platz ${waiting.position} · ${promise}$`));
  assert.ok(!(await dialog.getByRole("button", { name: "Mit einem Menschen sprechen" }).isVisible()));
  await picture(tab, "waiting");
  await isAccessible(tab, "waiting");

  // A person takes over and speaks, and the visitor sees it without doing anything.
  await work(ticket, "claim");
  await dialog.getByText("Anna Berger ist für Sie da").waitFor();
  assert.ok(!(await bar.isVisible()));
  await work(ticket, "reply", { text: "Guten Tag, ich **kümmere** mich.\nEinen Moment bitte." });
  await turns("agent").locator("strong", { hasText: "kümmere" }).waitFor();
  assert.match(await turns("agent").innerText(), /^Anna Berger/);
  await picture(tab, "person");
  await isAccessible(tab, "person");

  // Another page of the site, or the same one again: all is still there.
  const before = await log.locator(".bubble").allInnerTexts();
  await tab.reload();
  await turns("agent").waitFor();
  assert.deepEqual(await log.locator(".bubble").allInnerTexts(), before);
  assert.ok(await dialog.isVisible(), "an open panel stays open");
  assert.deepEqual(complaints, []);

  // In a tunnel: what both sides say meanwhile arrives afterwards, and once.
  await context.setOffline(true);
  await work(ticket, "reply", { text: "Ihr Ersatz ist unterwegs." });
  await field.fill("Sind Sie noch da?");
  await field.press("Enter");
  await dialog.getByText("Nicht gesendet.").waitFor();
  await bar.getByText("Keine Verbindung").waitFor();
  await picture(tab, "offline");
  await isAccessible(tab, "offline");
  await context.setOffline(false);
  await log.getByText("Ihr Ersatz ist unterwegs.").waitFor();
  await dialog.getByText("Nicht gesendet.").waitFor({ state: "detached" });
  await bar.waitFor({ state: "hidden" });
  assert.equal(await log.getByText("Ihr Ersatz ist unterwegs.").count(), 1);
  assert.equal(await log.getByText("Sind Sie noch da?").count(), 1);
  const { turns: kept } = await conversation(id);
  assert.equal(kept.filter(({ text }) => text === "Sind Sie noch da?").length, 1);
  assert.ok(complaints.every((text) => text.includes("ERR_INTERNET_DISCONNECTED")), complaints.join("\n"));
  complaints.length = 0;

  // Closed: the launcher counts what is new.
  await tab.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  await work(ticket, "reply", { text: "Kann ich sonst noch etwas für Sie tun?" });
  await badge.getByText("1", { exact: true }).waitFor();
  await picture(tab, "badge");
  await isAccessible(tab, "badge");
  await open();
  await log.getByText("Kann ich sonst noch etwas für Sie tun?").waitFor();
  assert.ok(!(await badge.isVisible()));

  // The end: a rating, and a new beginning.
  await work(ticket, "resolve", { reason: "Ersatz verschickt", then: "closed" });
  await dialog.getByText("Diese Unterhaltung ist beendet.").waitFor();
  await press("4/5");
  await dialog.getByRole("textbox", { name: "Anmerkung" }).fill("Schnell und freundlich");
  await picture(tab, "rating");
  await isAccessible(tab, "rating");
  await pressable(dialog, "rating");
  await press("Senden");
  await dialog.getByText("Vielen Dank").waitFor();
  const { score, comment } = (await conversation(id)).rating;
  assert.deepEqual({ score, comment }, { score: 4, comment: "Schnell und freundlich" });
  await press("Neue Unterhaltung");
  assert.equal(await turns("customer").count(), 0);
  const second = await say("Wie lange dauert die Lieferung?");
  assert.notEqual(second.conversation_id, id);
  assert.deepEqual(complaints, []);
  await context.close();
}

// ---- English on a phone, in the dark: the whole screen ----
{
  const viewport = { width: 390, height: 844 };
  const options = { viewport, locale: "en-GB", isMobile: true, hasTouch: true, deviceScaleFactor: 2, colorScheme: "dark" };
  const { context, tab, complaints, dialog, log, open, say, bar } = await visit("/?language=en&name=Nordlicht", options);
  await open();
  await tab.waitForTimeout(250);
  assert.deepEqual(await dialog.boundingBox(), { x: 0, y: 0, ...viewport });
  const { reply } = await say("How long can I return an item?");
  await log.getByText(`Source: ${reply.article.title}`).waitFor();
  await picture(tab, "phone-answer");
  await isAccessible(tab, "phone");
  const asked = outcome(tab);
  await dialog.getByRole("button", { name: "Talk to a person" }).tap();
  const { state, conversation_id: id } = await asked;
  assert.equal(state, "waiting");
  await bar.getByText(/^Place \d+ · /).waitFor();
  await pressable(dialog, "phone");
  await picture(tab, "phone-waiting");

  // The menu leads to a rating at any time.
  await dialog.locator("summary").tap();
  await dialog.getByRole("button", { name: "Rate this conversation" }).tap();
  await dialog.getByRole("button", { name: "5/5" }).tap();
  await dialog.getByRole("button", { name: "Send", exact: true }).first().tap();
  await dialog.getByText("Thank you").waitFor();
  assert.equal((await conversation(id)).rating.score, 5);
  await isAccessible(tab, "phone, rated");
  const over = await tab.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(over <= 0, `${over} pixels too wide`);
  await dialog.getByRole("button", { name: "Close chat" }).tap();
  await tab.getByRole("button", { name: "Open chat" }).waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
}

// ---- styles of the site change nothing, and none need be allowed ----
{
  /** Where the parts are, and what they look like. */
  const appearance = (dialog) => dialog.locator("xpath=//*").or(dialog).evaluateAll((nodes) => nodes.map((node) => {
    const { x, y, width, height } = node.getBoundingClientRect();
    const { color, font, letterSpacing, textTransform, direction, opacity, visibility } = getComputedStyle(node);
    return { node: `${node.localName}.${node.className}`, x, y, width, height, color, font, letterSpacing, textTransform, direction, opacity, visibility };
  }));
  const seen = {};
  for (const path of Object.keys(PAGES)) {
    const { context, tab, complaints, dialog, log, open, say } = await visit(`${path}?name=Nordlicht`);
    await open();
    const { reply } = await say("Welche Zahlungsarten gibt es?");
    await log.getByText(`Quelle: ${reply.article.title}`).waitFor();
    assert.ok((await log.locator("li").count()) > 1, "a list is a list");
    await picture(tab, `style${path.replace("/", "-")}`);
    await tab.waitForTimeout(250);
    await tab.mouse.move(0, 0);
    await log.locator(".foot", { hasText: "Gesendet" }).evaluate((foot) => foot.replaceChildren("Gesendet"));
    seen[path] = await appearance(dialog);
    assert.ok(seen[path].length > 30);
    assert.deepEqual(seen[path], seen["/"], `appearance on ${path}`);
    assert.deepEqual(complaints, []);
    await context.close();
  }
}

// ---- another accent on the other side: what is written on it can be read ----
for (const theme of ["light", "dark"]) {
  const { context, tab, complaints, dialog, say, log } = await visit(`/?name=Nordlicht&color=%23f2b705&position=left&theme=${theme}&open&greeting=Moin!`);
  await dialog.waitFor();
  assert.ok((await dialog.boundingBox()).x < 100);
  assert.ok(await log.getByText("Moin!").isVisible());
  await say("Versandkosten?");
  await log.getByText(/^Quelle/).waitFor();
  await isAccessible(tab, `yellow, ${theme}`);
  await picture(tab, `yellow-${theme}`);
  assert.deepEqual(complaints, []);
  await context.close();
}

// ---- with the keyboard alone; what looks like markup is only text ----
{
  const { context, tab, complaints, dialog, log, field, turns } = await visit("/?name=Nordlicht");
  await tab.evaluate(() => {
    window.heard = [];
    window.addEventListener("keydown", ({ key }) => window.heard.push(key));
  });
  await tab.keyboard.press("Tab");
  await tab.keyboard.press("Enter");
  await dialog.waitFor();
  assert.ok(await field.evaluate((node) => node.matches(":focus")));
  await tab.evaluate(() => { window.heard = []; });
  await tab.keyboard.type("<img src=x onerror=alert(1)> Wie lange kann ich etwas zurückgeben?");
  await tab.keyboard.press("Shift+Enter");
  await tab.keyboard.type("Danke");
  // An input method that composes takes this Enter for itself.
  await field.evaluate((node) => node.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true, composed: true })));
  assert.equal(await turns("customer").count(), 0);
  const answered = outcome(tab);
  await tab.keyboard.press("Enter");
  await answered;
  assert.match(await turns("customer").innerText(), /<img src=x onerror=alert\(1\)> Wie lange.*\nDanke/s);
  assert.equal(await log.locator("img").count(), 0);
  await tab.keyboard.type("   ");
  await tab.keyboard.press("Enter");
  assert.equal(await turns("customer").count(), 1);
  assert.deepEqual(await tab.evaluate(() => window.heard), [], "shortcuts of the site hear nothing");

  // The whole panel can be reached, and Escape leads back to where one came from.
  const reached = new Set();
  for (let presses = 0; presses < 15; presses++) {
    await tab.keyboard.press("Tab");
    reached.add(await tab.evaluate(() => {
      const { activeElement } = document.querySelector("lotse-chat").shadowRoot;
      return activeElement?.title || activeElement?.ariaLabel || activeElement?.textContent;
    }));
  }
  for (const name of ["Menü", "Chat schließen", "Nordlicht", "Mit einem Menschen sprechen", "Ihre Nachricht", "Senden"]) assert.ok(reached.has(name), `${name} among ${[...reached]}`);
  await field.focus();
  await tab.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  assert.equal(await tab.evaluate(() => document.querySelector("lotse-chat").shadowRoot.activeElement.ariaLabel), "Chat öffnen");
  assert.deepEqual(complaints, []);
  await context.close();
}

// ---- an answer that is lost on the way: asked again, said once ----
{
  const { context, tab, open, dialog, log, turns, field } = await visit("/");
  await open();
  const sent = [];
  tab.on("request", (message) => isMessage(message) && sent.push(message.postDataJSON()));
  await tab.route(`${address}/v1/messages`, async (route) => {
    if (isMessage(route.request())) await route.fetch();
    await route.abort();
  });
  await field.fill("Wie lange dauert die Lieferung?");
  await field.press("Enter");
  await dialog.getByText("Nicht gesendet.").waitFor();
  await tab.unroute(`${address}/v1/messages`);
  const answered = outcome(tab);
  await dialog.getByRole("button", { name: "Erneut versuchen" }).click();
  const { conversation_id: id } = await answered;
  await log.getByText(/^Quelle/).waitFor();
  assert.equal(await turns("customer").count(), 1);
  assert.ok(sent.length > 1 && sent.every(({ message_id }) => message_id === sent[0].message_id));
  assert.equal((await conversation(id)).turns.filter(({ from }) => from === "customer").length, 1);
  await context.close();
}

// ---- placed by hand, with a text of its own, opened and closed by the site ----
{
  const { context, tab, complaints, dialog, field } = await visit("/by-hand");
  await tab.waitForFunction(() => window.Lotse);
  assert.ok(!(await dialog.isVisible()));
  await tab.evaluate(() => window.Lotse.open());
  assert.equal(await dialog.getAttribute("aria-label"), "Nordlicht hilft");
  assert.ok(await dialog.getByRole("button", { name: "Lieber ein Mensch" }).isVisible());
  assert.ok(await field.evaluate((node) => node.matches(":focus")));
  await tab.evaluate(() => window.Lotse.close());
  assert.ok(!(await dialog.isVisible()));
  assert.deepEqual(complaints, []);
  await context.close();
}

// ---- two tabs speak in one conversation ----
{
  const { context, tab, open, say, log } = await visit("/?name=Nordlicht");
  await open();
  const other = await context.newPage();
  const complaints = watch(other, address, home);
  await other.goto(`${home}/?name=Nordlicht&open`);
  const there = widget(other);
  const { conversation_id: id } = await say("Wie lange kann ich etwas zurückgeben?");
  await there.log.getByText(/^Quelle/).waitFor();
  assert.equal((await there.say(HARD.de)).conversation_id, id);
  await log.getByText(HARD.de).waitFor();
  assert.equal(await there.turns("customer").count(), 2);
  assert.deepEqual(complaints, []);
  await context.close();
}

await office.dispose();
await browser.close();
site.close();
