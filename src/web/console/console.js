// How does the console begin? Who is here decides; then each column is built and follows its own.

import { get, onSignedOut } from "../common/api.js";
import { add, byId, make } from "../common/dom.js";
import { problem } from "./actions.js";
import { startClocks } from "./clock.js";
import { startConversation } from "./conversation.js";
import { desk, loadMine, loadQueues, on } from "./desk.js";
import { startDetails } from "./details.js";
import { startKeyboard } from "./keyboard.js";
import { loadLabels } from "./labels.js";
import { startList, viewTitle } from "./list.js";
import { startLive } from "./live.js";
import { startOverview } from "./overview.js";
import { startPlace } from "./place.js";
import { DEMO_NAME, showRefusal, showSignIn } from "./signin.js";
import { language, text } from "./texts.js";
import { forgetOthers, startUnread, unreadOfAll } from "./unread.js";

const MAY_WORK = ["agent", "lead", "admin"];

document.documentElement.lang = language;
document.title = text("title");
byId("title").textContent = text("title");
byId("skip").textContent = text("skip");
byId("skip").addEventListener("click", (event) => {
  event.preventDefault();
  byId("conversation").focus();
});
begin();

async function begin() {
  try {
    const session = await get("/v1/session");
    // Whoever reaches an open demo is let in as "demo"; customers should see a person's name.
    const isNobody = session.open && session.name === "demo" && localStorage.getItem(DEMO_NAME) !== "demo";
    if (isNobody) showSignIn({ open: true });
    else if (!MAY_WORK.includes(session.role)) showRefusal(session.name);
    else {
      // Names of queues and intents stand all over the page.
      await Promise.all([loadLabels(), loadQueues()]);
      work(session);
    }
  } catch (error) {
    if (error.status === 401) showSignIn();
    else unreachable(error);
  }
}

function unreachable(error) {
  const place = byId("signin");
  place.hidden = false;
  place.replaceChildren();
  add(place, make("div", { class: "signin-card", role: "alert" },
    make("h1", {}, "Lotse"), make("p", {}, problem(error)),
    make("button", { type: "button", class: "button", onclick: () => location.reload() }, text("again"))));
}

async function work(session) {
  desk.me = session;
  byId("signin").hidden = true;
  byId("skip").hidden = false;
  byId("desk").hidden = false;
  onSignedOut(() => showSignIn({ notice: text("sessionEnded"), name: session.name, open: session.open }));
  startUnread();
  startOverview();
  startList();
  startConversation();
  startDetails();
  startKeyboard();
  startClocks();
  on("unread mine list", drawTitle);
  on("connection", drawConnection);
  startPlace();
  await Promise.allSettled([loadQueues(), loadMine()]);
  forgetOthers();
  startLive(session.last_event);
}

function drawTitle() {
  const unread = unreadOfAll();
  document.title = `${unread > 0 ? `(${unread}) ` : ""}${viewTitle(desk.view)} · Lotse`;
}

function drawConnection() {
  const place = byId("connection");
  place.hidden = desk.connected;
  place.textContent = text("lost");
}
