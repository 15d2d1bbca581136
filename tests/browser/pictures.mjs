// Makes the README's pictures from a freshly started open demo (an empty store):
//   node tests/browser/pictures.mjs http://127.0.0.1:8080 demo/pictures

import { agent, launch, visit, visitor } from "./common.mjs";

const [address, folder] = process.argv.slice(2);
const browser = await launch();
const picture = (page, name) => page.screenshot({ path: `${folder}/${name}.png` });
const DESK = { viewport: { width: 1280, height: 800 }, locale: "en-GB" };

// The morning leaves conversations, tickets and figures behind.
const morning = await visit(browser, address, "/", DESK);
await morning.page.getByRole("button", { name: "Play a morning" }).click();
await morning.page.waitForFunction(() => document.querySelector("#morning-progress")?.value === 1, null, { timeout: 180_000 });
await morning.leave();

// A question that is answered, and one that a person takes.
const customer = await visitor(browser, address, DESK);
await customer.say("How long do I have to return an item?");
await customer.log.locator(".turn.bot .source").waitFor();
const handedOver = customer.page.waitForResponse((response) => response.url().endsWith("/v1/messages"));
await customer.say("You have charged invoice RE-2024-10234 twice, I want my money back!");
const { ticket } = await (await handedOver).json();
const anna = await agent(browser, address, "Anna Berger", DESK);
await anna.page.evaluate((id) => { location.hash = `#/ticket/${id}`; }, ticket.id);
await anna.page.locator('[data-action="claim"]').click();
await anna.reply("Hello, I can see both charges and am sending one back right now.");
await customer.log.locator(".turn.agent").waitFor();
await customer.page.waitForTimeout(500);
await picture(customer.page, "widget");
await anna.page.waitForTimeout(6_000); // Short news go away by themselves.
await picture(anna.page, "console");

const lead = await visit(browser, address, "/reports?lang=en", DESK);
await lead.page.waitForTimeout(500);
await picture(lead.page, "reports");
await browser.close();
