// What does the shop page do? It speaks the visitor's language, opens the chat with a question, and plays
// the morning.

import { preferredLanguage, rememberLanguage, texts } from "./texts.js";
import { prepareMorning, showMorning } from "./morning-panel.js";

const byId = (id) => document.getElementById(id);

/** Puts the words of a language into the page. */
function speak(language) {
  document.documentElement.lang = language;
  const words = texts();
  document.title = words.title;
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = words[element.dataset.text];
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", words[element.dataset.label]);
  for (const element of document.querySelectorAll("[data-alternative]")) element.alt = words[element.dataset.alternative];
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === language));
  }
  byId("questions").replaceChildren(...words.questions.map(questionButton));
  showMorning();
}

function questionButton(question) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = question;
  button.addEventListener("click", () => openChat(question));
  item.append(button);
  return item;
}

/** Opens the chat and, with a question, asks it. Without the chat's script, the page says so. */
function openChat(question) {
  const chat = window.Lotse;
  byId("no-chat").hidden = Boolean(chat);
  if (chat) chat.open(question);
  else byId("no-chat").scrollIntoView({ block: "nearest" });
}

for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => {
    rememberLanguage(button.dataset.language);
    speak(button.dataset.language);
  });
}
for (const button of document.querySelectorAll("[data-open]")) button.addEventListener("click", () => openChat());
for (const button of document.querySelectorAll("[data-ask]")) {
  button.addEventListener("click", () => openChat(texts()[button.dataset.ask]));
}
prepareMorning();
speak(preferredLanguage());
