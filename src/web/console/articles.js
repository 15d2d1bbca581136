// Which approved words could help? Suggested articles, and a search in all of them.

import { get } from "../common/api.js";
import { add, byId, keep, make } from "../common/dom.js";
import { markdown } from "../common/markdown.js";
import { allowed, problem } from "./actions.js";
import { insertText } from "./composer.js";
import { desk } from "./desk.js";
import { icon } from "./icons.js";
import { tell, warn } from "./news.js";
import { text } from "./texts.js";

let found = null;
let foundFor = null;

/** Builds the search field once. */
export function startArticles() {
  const field = make("input", {
    type: "search", class: "field", id: "search-knowledge", placeholder: text("searchKnowledge"),
    "aria-label": text("searchKnowledge"),
    autocomplete: "off", enterkeyhint: "search",
  });
  field.addEventListener("input", () => field.value === "" && forget());
  add(byId("body-articles"),
    make("form", {
      role: "search", class: "search", "aria-label": text("searchKnowledge"), onsubmit: (event) => search(event, field),
    }, icon("search"), field),
    make("div", { class: "articles", id: "articles", "aria-live": "polite" }));
}

async function search(event, field) {
  event.preventDefault();
  const words = field.value.trim();
  if (!words) return;
  const { id, ticket } = desk.open;
  try {
    const answer = await get("/v1/knowledge/search", { q: words, language: ticket.language });
    [found, foundFor] = [answer.hits ?? answer.articles, id];
    drawArticles();
  } catch (error) {
    warn(problem(error));
  }
}

function forget() {
  found = null;
  drawArticles();
}

/** Shows what was searched for, else what is suggested for the open ticket. */
export function drawArticles() {
  const { id, ticket, context } = desk.open;
  if (foundFor !== id) {
    if (found) byId("search-knowledge").value = "";
    [found, foundFor] = [null, id];
  }
  const articles = found ?? context?.articles ?? null;
  const place = byId("articles");
  if (!articles) return keep(place, [{ key: "loading", mark: "", build: () => make("p", { class: "muted" },
    text("loading")) }]);
  if (articles.length === 0) return keep(place, [{ key: "none", mark: "", build: () => make("p", { class: "muted" },
    text("articlesEmpty")) }]);
  const may = Boolean(allowed(ticket).reply);
  return keep(place, articles.map((article) => ({
    key: `${id} ${article.id}`, mark: String(may), build: () => articleEntry(article, may),
  })));
}

function articleEntry(article, may) {
  const insert = () => {
    insertText(article.text.trim());
    tell(text("inserted"));
  };
  return make("details", { class: "article" },
    make("summary", {}, icon("forward"), make("span", { lang: article.language },
      article.title), article.usable === false && make("span", { class: "badge" }, text("notUsable"))),
    make("div", { class: "article-text", lang: article.language }, markdown(article.text)),
    may && make("button", { type: "button", class: "button", onclick: insert }, icon("reply"), text("insert")));
}
