// How is the person told what has just happened?

import { byId, make } from "../common/dom.js";
import { icon } from "./icons.js";
import { text } from "./texts.js";

const WISH = "lotse-notify";
const SHOWN = 6000;

/** Says something in passing; screen readers read it when they have finished their sentence. */
export function tell(words) {
  show(byId("news"), words, "news");
}

/** Says what did not work; it stays until it is closed or has surely been read. */
export function warn(words) {
  show(byId("alarm"), words, "news news-bad");
}

function show(place, words, kind) {
  for (const shown of place.children) if (shown.dataset.words === words) shown.remove();
  const close = make("button", {
    type: "button", class: "icon-button", "aria-label": text("close"), onclick: () => note.remove(),
  }, icon("close"));
  const note = make("div", { class: kind, "data-words": words }, make("p", {}, words), close);
  place.append(note);
  while (place.children.length > 3) place.firstChild.remove();
  setTimeout(() => note.remove(), place.id === "alarm" ? 2 * SHOWN : SHOWN);
}

/** Whether the person asked to be notified, and the browser allows it. */
export function notifies() {
  return "Notification" in window && Notification.permission === "granted" && localStorage.getItem(WISH) === "yes";
}

/** Turns notifications on or off. The browser is asked only here, after a click. */
export async function toggleNotifications() {
  if (notifies()) {
    localStorage.removeItem(WISH);
    return;
  }
  const answer = "Notification" in window ? await Notification.requestPermission() : "denied";
  if (answer !== "granted") {
    warn(text("notifyRefused"));
    return;
  }
  localStorage.setItem(WISH, "yes");
  tell(text("notifyIsOn"));
}

/** A notification of the system, only while the page is in the background. */
export function notify(title, body, ticketId) {
  if (!notifies() || document.visibilityState === "visible") return;
  const notification = new Notification(title, { body, tag: ticketId, lang: document.documentElement.lang });
  notification.onclick = () => {
    window.focus();
    location.hash = `#/ticket/${encodeURIComponent(ticketId)}`;
    notification.close();
  };
}
