// Who is here? The sign-in form, and the refusal of those who may not work on conversations.

import { post } from "../common/api.js";
import { add, byId, make } from "../common/dom.js";
import { problem } from "./actions.js";
import { flag } from "./icons.js";
import { languageSwitch, signOut } from "./overview.js";
import { text } from "./texts.js";

/** Remembers that somebody of this name signed in to an open demo, where nobody has to. */
export const DEMO_NAME = "lotse-demo-name";

/** Asks for name and password. `open`: any name will do. `notice`: why it is asked again. */
export function showSignIn({ open = false, notice = null, name = "" } = {}) {
  const wrong = make("p", { class: "form-problem", role: "alert", id: "signin-problem" });
  const nameField = make("input", {
    class: "field", id: "signin-name", name: "username", autocomplete: "username", maxlength: 64, required: true,
    value: name,
    "aria-describedby": "signin-hint signin-problem",
  });
  const password = make("input", {
    class: "field", id: "signin-password", name: "password", type: "password", autocomplete: "current-password",
  });
  const send = make("button", { type: "submit", class: "button button-main wide" }, text("signIn"));
  const form = make("form", { class: "signin-form", novalidate: true },
    notice && make("p", { class: "signin-notice", role: "status" }, notice),
    open && make("p", { class: "signin-open" }, text("openDemo")),
    make("label", { for: "signin-name" }, text("name")), nameField,
    make("p", { class: "muted", id: "signin-hint" }, text("nameHint")),
    !open && [make("label", { for: "signin-password" }, text("password")), password],
    wrong, send);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    signIn({ name: nameField.value.trim(), password: password.value, open }, wrong, send);
  });
  page(make("h1", {}, text("signIn")), make("p", { class: "muted" }, text("signInLead")), form);
  (name && !open ? password : nameField).focus();
}

/** Says that this person has no business here. */
export function showRefusal(name) {
  page(make("h1", {}, text("refusedTitle")), make("p", { role: "alert" }, text("refused", name)),
    make("button", { type: "button", class: "button button-main", onclick: signOut }, text("signOut")));
}

function page(...content) {
  const place = byId("signin");
  byId("desk").hidden = true;
  byId("skip").hidden = true;
  place.hidden = false;
  place.replaceChildren();
  add(place, make("div", { class: "signin-card" },
    make("p", { class: "brand" }, flag(), "Lotse"), content), languageSwitch());
}

async function signIn({ name, password, open }, wrong, send) {
  wrong.textContent = name ? "" : text("nameMissing");
  if (!name) return byId("signin-name").focus();
  send.disabled = true;
  try {
    await post("/v1/session", open ? { name } : { name, password });
    if (open) localStorage.setItem(DEMO_NAME, name);
    goOn();
  } catch (error) {
    wrong.textContent = {
      401: text("wrongPassword"), 429: text("tooManyAttempts", error.retryAfter ?? 60),
    }[error.status] ?? problem(error);
    send.disabled = false;
    byId(open ? "signin-name" : "signin-password").focus();
  }
  return null;
}

/** To where one wanted to go, as far as that is a path of this service; else to the console. */
function goOn() {
  const next = new URLSearchParams(location.search).get("next");
  const target = next?.startsWith("/") ? new URL(next, location.origin) : null;
  if (target?.origin === location.origin) location.assign(target.pathname + target.search + target.hash);
  else location.reload();
}
