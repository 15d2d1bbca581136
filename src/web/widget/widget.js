// The chat widget: how does a visitor of any web site talk with Lotse?
//   <script src="https://lotse.example/widget.js" data-key="…" async></script>
// Also data-language, -name, -title, -greeting, -color, -position, -theme, -open, and -text-NAME for any text below;
// <lotse-chat key="…"> by hand takes the same. No content policy and no style of the site gets in its way.
(() => {
const script = document.currentScript ?? document.querySelector('script[src*="/widget.js"]');
if (customElements.get("lotse-chat")) return;
const server = new URL(".", script.src).href;

const TEXTS = `
bot|Bot · antwortet sofort|Bot · replies at once
greeting|Guten Tag, ich bin ein Bot und antworte sofort. Wo ich nicht weiterweiß, übernimmt ein Mensch aus unserem Team.|Hello, I am a bot and answer right away. Where I cannot help, a person from our team takes over.
open|Chat öffnen|Open chat
close|Chat schließen|Close chat
unread|Ungelesene Nachrichten: {}|Unread messages: {}
menu|Menü|Menu
rate|Unterhaltung bewerten|Rate this conversation
new|Neue Unterhaltung|New conversation
human|Mit einem Menschen sprechen|Talk to a person
wish|Ich möchte mit einem Menschen sprechen.|I would like to talk to a person.
message|Ihre Nachricht|Your message
send|Senden|Send
you|Sie|You
team|Unser Team|Our team
source|Quelle: {}|Source: {}
helpful|War das hilfreich?|Was this helpful?
yes|Hilfreich|Helpful
no|Nicht hilfreich|Not helpful
typing|Der Bot schreibt|The bot is writing
sent|Gesendet {}|Sent {}
failed|Nicht gesendet.|Not sent.
again|Erneut versuchen|Try again
place|Platz {}|Place {}
due|Antwort bis {}|Answer by {}
late|Es dauert länger als geplant|It is taking longer than planned
opens|Wir sind ab {} wieder da|We are back from {}
with|{} ist für Sie da|{} is here for you
offline|Keine Verbindung, wir versuchen es weiter|No connection, we keep trying
closed|Diese Unterhaltung ist beendet.|This conversation has ended.
ask|Wie zufrieden sind Sie?|How satisfied are you?
comment|Anmerkung (freiwillig)|Comment (optional)
thanks|Vielen Dank für die Rückmeldung.|Thank you for your feedback.
`;

const ICONS = {
	chat: "M5 4h14a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-7l-5 4v-4H5a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2Z",
	close: "M6 6l12 12M18 6 6 18",
	more: "M5 12h.01M12 12h.01M19 12h.01",
	send: "M12 19V5M6 11l6-6 6 6",
	bot: "M12 3v3M7 6h10a3 3 0 0 1 3 3v7a3 3 0 0 1-3 3H7a3 3 0 0 1-3-3V9a3 3 0 0 1 3-3ZM9.5 11v2M14.5 11v2",
	thumb: "M7 11v9H4v-9h3Zm0 0 4-8a2 2 0 0 1 2 2v4h5.5a2 2 0 0 1 2 2.3l-1.2 7A2 2 0 0 1 17.3 20H7",
	star: "m12 3.5 2.6 5.3 5.9.9-4.3 4.1 1 5.8-5.2-2.7-5.2 2.7 1-5.8L3.5 9.7l5.9-.9L12 3.5Z",
};

// What anybody wrote is only ever set as text.
function make(kind, properties, ...children) {
	const [tag, ...classes] = kind.split(".");
	const node = Object.assign(document.createElement(tag || "div"), { className: classes.join(" ") }, properties);
	node.append(...children);
	return node;
}

function icon(name) {
	const [svg, path] = ["svg", "path"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
	svg.setAttribute("viewBox", "0 0 24 24");
	svg.ariaHidden = true;
	path.setAttribute("d", ICONS[name]);
	svg.append(path);
	return svg;
}

const MARKS = /\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*|\[([^\]]+)\]\(((?:https?:\/\/|mailto:)[^\s)]+)\)|(https?:\/\/[^\s<>]*[^\s<>.,;:!?)])/g;

function inline(text) {
	const nodes = [];
	for (const parts = text.split(MARKS); parts.length;) {
		const [plain, bold, italic, label, target, address] = parts.splice(0, 6);
		nodes.push(plain);
		if (bold) nodes.push(make("strong", {}, ...inline(bold)));
		else if (italic) nodes.push(make("em", {}, italic));
		else if (target || address) nodes.push(make("a", { href: target || address, target: "_blank", rel: "noopener noreferrer" }, label || address));
	}
	return nodes;
}

/** The Markdown of articles: paragraphs, lists, bold, italics, links; anything else stays as written. */
function markdown(text) {
	const blocks = [];
	for (const piece of text.trim().split(/\n\s*\n|\n(?=\s*(?:[-*]|\d+[.)]) )/)) {
		const [mark, number] = /^\s*(?:[-*]|(\d+)[.)]) +/.exec(piece) ?? [""];
		const tag = number ? "ol" : "ul";
		if (mark && blocks.at(-1)?.localName !== tag) blocks.push(make(tag, number && { start: number }));
		if (mark) blocks.at(-1).append(make("li", {}, ...inline(piece.slice(mark.length))));
		else blocks.push(make("p", {}, ...inline(piece)));
	}
	return blocks;
}

const STYLE = `
:host{all:initial!important;direction:ltr!important;position:fixed!important;z-index:2147483647!important}
*{box-sizing:border-box;margin:0;padding:0}
[hidden]{display:none!important}
.root{--surface:#fff;--soft:#eff3f5;--ink:#14212b;--muted:#51606c;--line:#d9e1e6;--edge:#84929d;--bad:#a1231b;color-scheme:light;font:15px/1.5 system-ui,sans-serif}
.dark{--surface:#121c25;--soft:#1f2c38;--ink:#e6edf2;--muted:#a3b2be;--line:#33424e;--edge:#6a7b88;--bad:#ff9e92;color-scheme:dark}
.unseen,.customer .who{position:absolute;clip-path:inset(50%)}
svg{width:20px;fill:var(--fill,none);fill-opacity:.3;stroke:currentColor;stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round}
button,summary,textarea{border:1px solid transparent;border-radius:12px;background:none;font:inherit;color:inherit}
button,summary{display:inline-grid;place-items:center;min-width:44px;min-height:44px;cursor:pointer}
:is(button,summary):hover{background:var(--soft)}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.root .filled{background:var(--accent);color:var(--on);font-weight:600}
.link{padding:4px 12px;color:var(--link);font-weight:500}
.launcher,.panel{position:fixed;right:20px;box-shadow:0 2px 8px #0002,0 12px 40px #0003}
.left>*{right:auto;left:20px}
.launcher{bottom:20px;width:56px;height:56px;border-radius:50%}
.badge{position:absolute;top:-4px;right:-4px;min-width:22px;border-radius:11px;background:#b3261e;color:#fff;font-size:12px;line-height:22px}
.panel,.menu,.card{border:1px solid var(--line);border-radius:16px;background:var(--surface);color:var(--ink)}
.panel{bottom:92px;display:flex;flex-direction:column;width:400px;height:min(680px,100dvh - 112px);overflow:hidden;animation:rise .18s}
@keyframes rise{0%{opacity:0;transform:translateY(8px)}}
.head{position:relative;display:flex;align-items:center;padding:12px 8px 12px 16px;border-bottom:1px solid var(--line)}
.avatar{display:grid;place-items:center;width:40px;height:40px;border-radius:50%}
.names{flex:1;padding:0 12px}
.title{font-size:16px;font-weight:600}
.quiet,summary,.who,.holder,.source,.foot,.ended{color:var(--muted);font-size:13px}
.menu{position:absolute;z-index:1;top:60px;right:12px;padding:4px;box-shadow:0 8px 28px #0003}
.menu,.card,.rest,.ended{display:grid;gap:10px}
.menu button{justify-items:start}
.bar{padding:10px 16px;background:var(--soft);font-size:14px}
.log{position:relative;flex:1;padding:20px 16px 0;overflow:hidden auto;overscroll-behavior:contain}
:is(.log,textarea):focus-visible{outline-offset:-2px}
.turn{display:grid;justify-items:start;margin-bottom:16px}
.customer{justify-items:end}
.who{padding-bottom:4px}
.foot{padding-top:2px}
.bubble{max-width:86%;padding:10px 14px;border:1px solid transparent;border-radius:4px 14px 14px;background:var(--soft);overflow-wrap:anywhere}
.customer .bubble{border-radius:14px 14px 4px;background:var(--accent);color:var(--on);white-space:pre-wrap}
.agent .bubble{background:none;border-color:var(--line);white-space:pre-line}
.bubble>*+*{margin-top:8px}
.bubble a{color:var(--link)}
ul,ol{padding-left:20px}
.source{padding-top:8px;border-top:1px solid var(--line)}
.scale{display:flex;flex-wrap:wrap;align-items:center}
[aria-pressed=true],.star button:has(~[aria-pressed=true]){color:var(--link);--fill:currentColor}
.thumb button+button svg{rotate:180deg}
.star span{width:100%;font-weight:600}
.star svg{width:28px}
.bad{color:var(--bad)}
summary svg,.typing svg{stroke-width:3}
.typing svg{animation:breathe 1.4s infinite}
@keyframes breathe{50%{opacity:.3}}
.choices{display:flex;flex-wrap:wrap;gap:8px}
.choices button{border-color:var(--edge);text-align:start}
.card{margin:16px 0;padding:16px}
textarea{width:100%;min-height:46px;padding:10px 12px;border-color:var(--edge);resize:none}
::placeholder{color:var(--muted);opacity:1}
.base{padding:8px 12px 12px;text-align:center}
.composer{display:flex;gap:8px;align-items:end}
.composer>*{height:46px;max-height:148px}
@media(max-width:480px),(max-height:480px){
.panel{inset:0 0 auto;width:100%;height:100dvh;padding:env(safe-area-inset-top) env(safe-area-inset-right) env(safe-area-inset-bottom) env(safe-area-inset-left);border:0;border-radius:0}
.open .launcher{display:none}
.root{font-size:16px}
}
@media(prefers-reduced-motion){*{animation:none!important}}
`;

let root, live, launcher, badge, panel, avatar, holder, menu, fresh, bar, log, greeting, typing, choice, card, base, human, field, ended; // Nodes.
let host, language, name, KEY, isOpen, offline, following, delivering, offered, none = [], patience = 1, cut = () => {};
let saved = {}; // Kept in this browser: id, state, seen, unsent, at.
let entries = []; // Turns. Without id: not confirmed yet. With status: not sent yet.
let now = {}; // What GET /v1/conversations/{id} says.

const option = (key) => host.getAttribute(`data-${key}`) ?? host.getAttribute(key);
const t = (key, value) => (option(`text-${key}`) ?? TEXTS.match(`\n${key}\\|(.*)\\|(.*)`)[language === "de" ? 1 : 2]).replace("{}", () => value);
const unsent = () => entries.filter(({ status }) => status);
const newest = () => entries.findLast(({ id }) => id)?.id ?? "";
const flat = (text) => text.replace(/[\s\p{Cc}]/gu, "");
const isHuman = () => /waiting|human/.test(saved.state);
const isBusy = () => entries.some(({ id, trouble }) => !id && !trouble);
const isFollowed = () => saved.id && host.isConnected && !document.hidden && (isOpen || isHuman() || isBusy());

function kept(act) {
	try { return act(); } catch { /* It is forbidden. */ }
}

function recall() {
	saved = kept(() => JSON.parse(localStorage.getItem(KEY))) ?? {};
	if (Date.now() - saved.at > 30 * 864e5) saved = {};
}

function remember(change) {
	Object.assign(saved, change, { at: Date.now(), unsent: unsent().map(({ node, foot, ...entry }) => entry) });
	kept(() => localStorage.setItem(KEY, JSON.stringify(saved)));
}

/** Takes in a turn, once; it may be one that was said here and is shown already. */
function merge(turn) {
	let entry = entries.find(({ id, after, text }) => id ? id === turn.id
		: turn.from === "customer" && after < turn.id && flat(text) === flat(turn.text));
	if (!entry) entries.push(entry = {});
	Object.assign(entry, turn, { status: "" });
}

/** Goes over to another conversation; what was not sent yet belongs to it. */
function begin(known = {}) {
	saved = known;
	entries = unsent();
	entries.forEach((entry) => delete entry.to);
	now = {};
	card = undefined;
	cut();
	remember();
	paint(true);
}

async function call(path, body, signal = AbortSignal.timeout(30_000)) {
	const response = await fetch(`${server}v1/${path}`, { method: body ? "POST" : "GET", body: body && JSON.stringify(body), signal, credentials: "omit",
		headers: { authorization: `Bearer ${option("key")}`, "content-type": "application/json" } });
	if (!response.ok) throw { status: response.status, told: +response.headers.get("retry-after"), gone: /n_not_found/.test(await response.text()) };
	return response;
}
const about = (path, ...rest) => call(`conversations/${saved.id}${path}`, ...rest);

const waiters = [];
const pause = (seconds) => new Promise((done) => { waiters.push(done); setTimeout(done, seconds * 1000); });
const wake = () => waiters.splice(0).forEach((done) => done());

function say(text) {
	const key = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, 0)).join("");
	entries.push({ key, from: "customer", text, at: Date.now(), after: newest() });
	card = undefined;
	send(entries.at(-1));
}

function send(entry) {
	Object.assign(entry, { status: "sending", trouble: false });
	paint(true);
	focusField();
	wake();
	deliver();
}

/** Sends what waits, one after the other; again with the same message id, so that nothing is said twice. */
async function deliver() {
	if (delivering) return;
	delivering = true;
	for (let wait = 0, entry; entry = entries.find(({ status }) => status === "sending");) {
		if (!("to" in entry)) entry.to = saved.id; // A repetition names the same conversation, or none.
		remember();
		try {
			const message = { channel: "chat", text: entry.text, message_id: entry.key, conversation_id: entry.to };
			const { conversation_id: id } = await (await call("messages", message)).json();
			Object.assign(entry, { status: "", trouble: false });
			wait = 0;
			remember({ id });
			follow();
		} catch ({ status, told, gone }) {
			if (gone && entry.to) begin();
			else {
				wait = told || Math.min(wait * 2 || 1, 30);
				entry.trouble = true;
				if (/^4(?!04|08|29)/.test(status)) entry.status = "refused";
			}
		}
		paint();
		if (wait) await pause(wait);
	}
	delivering = false;
}

async function load() {
	const { id } = saved;
	const known = await (await about("?turns=1000")).json();
	if (id !== saved.id) return known;
	known.turns.forEach(merge);
	remember({ state: (now = known).state });
	paint();
	return known;
}

/** Hears what others say, for as long as somebody may speak and somebody may read it. */
async function follow() {
	if (following) return wake();
	following = true;
	for (; isFollowed(); patience = Math.min(patience * 2, 30)) {
		try {
			await listen((await load()).last_event);
		} catch ({ gone, name }) {
			offline = !gone && name !== "AbortError";
			offline ? paint() : gone && begin();
		}
		if (isFollowed()) await pause(patience * (0.5 + Math.random()));
	}
	following = false;
}

/** Loads anew at each event that comes after the one with this number. */
async function listen(last) {
	const stop = new AbortController();
	let timer;
	const alive = () => { clearTimeout(timer); timer = setTimeout(cut, 45_000); }; // Something comes every 15 seconds.
	cut = () => stop.abort();
	try {
		alive();
		const { body } = await about(`/events?after=${last}`, undefined, stop.signal);
		offline = false;
		paint();
		const reader = body.pipeThrough(new TextDecoderStream()).getReader();
		for (let part; !(part = await reader.read()).done;) {
			alive(patience = 1);
			if (/[^:\s]/.test(part.value)) await load(); // Not only a sign of life.
		}
	} finally { clearTimeout(timer); }
}

const press = (kind, label, onclick, mark) => make(`button.${kind}`, { type: "button", onclick, title: mark ? label : "" }, mark ? icon(mark) : label);

/** The time, and the day if it is another than today. */
const moment = (at) => new Date(at).toLocaleString(language, { hour: "2-digit", minute: "2-digit",
	...(new Date(at).toDateString() !== Date().slice(0, 15) && { weekday: "short", day: "numeric", month: "short" }) });

/** The place in the queue, and only a promise that the clock can keep. */
function prospect({ position, due_at, open, opens_at }) {
	const due = Math.ceil(Date.parse(due_at) / 6e4) * 6e4;
	return `${t("place", position)} · ${!open && opens_at ? t("opens", moment(opens_at)) : due < Date.now() ? t("late") : t("due", moment(due))}`;
}

function set(node, text) {
	if (node.textContent !== text) node.textContent = text;
	node.hidden = !text;
}

/** The node of a turn. Its words stay untouched, lest a screen reader repeats them. */
function draw(entry) {
	const { from, text, at, agent, status, trouble, article_id } = entry;
	const who = { bot: `${name} · Bot`, agent: `${agent ?? t("team")} · ${moment(at)}`, customer: t("you") };
	const source = now.article_titles?.[article_id];
	entry.node ??= make(`.turn.${from}`, {}, make("p.who", {}, who[from]),
		make(".bubble", { lang: from === "bot" && now.language || language }, ...(from === "customer" ? [text] : markdown(text)), ...(source ? [make("p.source", {}, t("source", source))] : [])),
		entry.foot = make(".foot"));
	const look = `${status}${trouble}`;
	if (look !== entry.look) entry.foot.replaceChildren(...foot(entry));
	entry.look = look;
	return entry.node;
}

function foot(entry) {
	const { from, status, trouble, at, id, article_id } = entry;
	if (trouble && status) return [make("span.bad", {}, t("failed")), press("link", t("again"), () => send(entry))];
	if (from === "customer") return status ? [] : [t("sent", moment(at))];
	const act = (place) => about(`/turns/${id}/helpful`, { helpful: !place }).catch(() => {});
	return article_id ? [scale(t("helpful"), "thumb", [t("yes"), t("no")], act)] : [];
}

/** A question that thumbs or stars answer. */
function scale(question, mark, labels, act) {
	const buttons = labels.map((label, chosen) => press("quiet", label, () => {
		buttons.forEach((button, place) => { button.ariaPressed = place === chosen; });
		act(chosen);
	}, mark));
	return make(`.scale.${mark}`, { role: "group", ariaLabel: question }, make("span", {}, question), ...buttons);
}

function rating() {
	let score;
	const comment = make("textarea", { maxLength: 2000, placeholder: t("comment"), ariaLabel: t("comment") });
	const send = make("button.filled", {}, t("send"));
	const rest = make(".rest", { hidden: true }, comment, send);
	const stars = scale(t("ask"), "star", ["1/5", "2/5", "3/5", "4/5", "5/5"], (place) => {
		score = place + 1;
		rest.hidden = false;
		log.scrollTop = 1e6;
	});
	const onsubmit = (event) => {
		event.preventDefault();
		about("/rating", { score, comment: comment.value.trim() || undefined }).then(() => {
			card.replaceChildren(t("thanks"));
			focusField();
		}, () => { send.textContent = t("again"); });
	};
	return make("form.card", { onsubmit }, stars, rest);
}

function paint(toEnd) {
	const { agent, waiting, choices = none } = now;
	const { state, seen = "" } = saved;
	const isSeen = isOpen && !document.hidden;
	toEnd ||= log.scrollHeight - log.scrollTop - log.clientHeight < 60;
	entries.sort((a, b) => (a.id ?? "z").localeCompare(b.id ?? "z"));
	const offer = isBusy() ? none : choices;
	if (offer !== offered) choice.replaceChildren(...offer.map(({ label, value }) => press("link", label, () => say(value))));
	offered = offer;
	if (state === "closed" && !now.rating) card ??= rating();
	const nodes = [greeting, ...entries].map(draw).concat(isBusy() && !isHuman() ? typing : [], choice, card ?? []);
	nodes.forEach((node, index) => node === log.children[index] || log.insertBefore(node, log.children[index] ?? null));
	while (log.children[nodes.length]) log.lastChild.remove();

	avatar.replaceChildren(agent ? agent.split(" ").map(([letter]) => letter).slice(0, 2).join("") : icon("bot"));
	set(holder, agent ? t("with", agent) : t("bot"));
	set(bar, offline ? t("offline") : waiting ? prospect(waiting) : "");
	menu.hidden = !saved.id;
	human.hidden = fresh.hidden = isHuman();
	ended.hidden = !(base.hidden = state === "closed");
	if (toEnd) log.scrollTop = card ? 1e6 : (entries.at(-1)?.node.offsetTop ?? 0) - 60;
	if (isSeen && newest() > seen) remember({ seen: newest() });
	const unread = !isSeen && entries.filter(({ id, from }) => from !== "customer" && id > seen).length || "";
	set(badge, `${unread}`);
	set(live, unread && t("unread", unread));
	launcher.replaceChildren(icon(isOpen ? "close" : "chat"), badge);
	launcher.ariaLabel = `${t(isOpen ? "close" : "open")} ${live.textContent}`.trim();
	launcher.ariaExpanded = isOpen;
}

function focusField() {
	// A keyboard on the screen would cover what is to be read.
	(matchMedia("(pointer:coarse)").matches || base.hidden ? panel : field).focus({ preventScroll: true });
}

function attend(toEnd) {
	paint(toEnd);
	isFollowed() ? follow() : cut();
}

function show(open, isQuiet) {
	const hadFocus = panel.contains(host.shadowRoot.activeElement);
	panel.hidden = !(isOpen = open);
	root.classList.toggle("open", open);
	kept(() => sessionStorage.setItem(KEY, open || ""));
	attend(open);
	if (open && !isQuiet) focusField();
	else if (hadFocus) launcher.focus();
}

function submit(event) {
	event.preventDefault();
	const text = field.value.trim();
	if (!text) return;
	field.value = "";
	fit();
	say(text);
}

function fit() {
	field.style.height = "";
	field.style.height = `${field.scrollHeight + 2}px`;
}

const dark = matchMedia("(prefers-color-scheme:dark)");

/** Colours: what is written on the accent, or in it, has a contrast of 4.5 or more. */
function tint() {
	const { style, classList } = root;
	const isDark = option("theme") === "dark" || option("theme") !== "light" && dark.matches;
	classList.toggle("dark", isDark);
	style.color = isDark ? "#6bb8da" : "#0b4f6c";
	style.color = option("color") ?? style.color;
	const accent = getComputedStyle(root).color;
	const light = accent.match(/[\d.]+/g).slice(0, 3).reduce((sum, value, index) => sum + [0.2126, 0.7152, 0.0722][index] * (value / 255) ** 2.2, 0);
	style.cssText = `--accent:${accent};--on:${light > 0.18 ? "#000" : "#fff"};--link:${(isDark ? light > 0.3 : light < 0.14) ? accent : "var(--ink)"}`;
}

function build() {
	const title = option("title") ?? name;
	const close = () => show(false);
	const renew = () => { entries = []; begin(); focusField(); };
	const rate = () => { card = rating(); paint(true); card.querySelector("button").focus(); };
	const onkeydown = (event) => { if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) submit(event); };
	greeting = { from: "bot", text: option("greeting") ?? t("greeting") };
	typing = make(".turn.bot.typing", {}, make(".bubble", {}, make("span.unseen", {}, t("typing")), icon("more")));
	choice = make(".choices");
	panel = make(".panel", { role: "dialog", ariaLabel: title, tabIndex: -1 },
		make(".head", {}, avatar = make("span.avatar.filled"),
			make(".names", {}, make("p.title", {}, title), holder = make("p.holder", { role: "status" })),
			menu = make("details", {}, make("summary", { title: t("menu") }, icon("more")),
				make(".menu", {}, press("link", t("rate"), rate), fresh = press("link", t("new"), renew))),
			press("quiet", t("close"), close, "close")),
		bar = make("p.bar", { role: "status" }),
		log = make(".log", { role: "log", ariaLive: "polite", ariaLabel: title, tabIndex: 0 }),
		base = make(".base", {}, human = press("link", t("human"), () => say(t("wish"))),
			make("form.composer", { onsubmit: submit },
				field = make("textarea", { placeholder: t("message"), ariaLabel: t("message"), maxLength: 20_000, enterKeyHint: "send", oninput: fit, onkeydown }),
				make("button.filled", { title: t("send") }, icon("send")))),
		ended = make(".base.ended", {}, t("closed"), press("filled", t("new"), renew)));
	launcher = make("button.launcher.filled", { onclick: () => show(!isOpen) });
	badge = make("span.badge");
	root = make(`.root.${option("position")}`, { role: "region", ariaLabel: "Chat", lang: language }, live = make("p.unseen", { role: "status" }), panel, launcher);
	// Keys typed here are no shortcuts of the site.
	root.onkeydown = root.onkeyup = root.onkeypress = (event) => event.stopPropagation();
	panel.onkeydown = ({ key }) => { if (key === "Escape") menu.open ? menu.open = false : close(); };
	panel.onclick = ({ target }) => { if (!target.closest("summary")) menu.open = false; };
}

function start(element) {
	host = element;
	language = [option("language"), document.documentElement.lang, navigator.language, "en"].find((wish) => /^(de|en)/.test(wish)).slice(0, 2);
	name = option("name") ?? "Lotse";
	KEY = `lotse ${server} ${option("key")}`;
	build();
	const sheet = new CSSStyleSheet();
	sheet.replaceSync(STYLE);
	host.attachShadow({ mode: "open" }).append(root);
	host.shadowRoot.adoptedStyleSheets = [sheet];
	tint();
	recall();
	entries = (saved.unsent ?? []).map((entry) => ({ ...entry, status: "sending", trouble: false }));
	show(innerWidth > 480 && !!(kept(() => sessionStorage.getItem(KEY)) ?? option("open") !== null), true);
	deliver();
	window.Lotse = { open: (text) => { show(true); text && say(text); }, close: () => show(false) };
	dark.onchange = tint;
	document.addEventListener("visibilitychange", () => attend());
	addEventListener("online", wake);
	addEventListener("offline", () => cut());
	addEventListener("storage", ({ key }) => {
		if (key !== KEY) return;
		const { id } = saved;
		recall();
		if (saved.id !== id) begin(saved);
		attend();
	});
	setInterval(() => isOpen && !document.hidden && now.waiting && load().catch(() => paint()), 20_000);
	// The keyboard of a phone covers the page without making it smaller.
	for (const kind of ["resize", "scroll"]) visualViewport.addEventListener(kind, ({ target: { height, offsetTop, scale } }) => {
		panel.style.cssText = innerWidth < 481 && scale === 1 ? `top:${offsetTop}px;height:${height}px` : "";
	});
}

customElements.define("lotse-chat", class extends HTMLElement {
	connectedCallback() { host ? attend() : start(this); }
});
if ("key" in script.dataset) {
	const chat = make("lotse-chat");
	Object.assign(chat.dataset, script.dataset);
	document.documentElement.append(chat);
}
})();
