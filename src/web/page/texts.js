// What the page says, in its two languages.

const TEXTS = {
  en: {
    skip: "To the message",
    tagline: "Reads every message and steers it.",
    interface: "API",
    languageOfPage: "Language of this page",
    openDemo: "Open demo.",
    openDemoText:
      "Without keys, whoever reaches this address can read and write everything.",
    keyNeeded: "This service needs a key.",
    keyUse: "Use it",
    title: "Try Lotse",
    views: "Views",
    conversation: "Conversation",
    reading: "Reading",
    newConversation: "New conversation",
    log: "Messages",
    welcome: "Write as a customer would.",
    welcomeMore:
      "Lotse answers in approved words, asks back, or hands over to a person, and shows why. Your own words are best; these are a start:",
    message: "Message",
    placeholder: "Write a message …",
    channel: "Channel",
    send: "Send",
    again: "Try again",
    source: "From the article",
    choose: "Choose an answer",
    showReading: "Show the reading of this message",
    writing: "Lotse is reading …",
    tooLong: (over) => `${over} ${over === 1 ? "character" : "characters"} too many`,
    left: (count) => `${count} ${count === 1 ? "character" : "characters"} left`,
    silent: "Nothing is said: a person takes care of it.",
    handedOver: (queue) => `Handed to ${queue}`,
    agent: "Person",

    emptyTitle: "The course of a message",
    emptySteps: [
      ["It is read", "language, intent, mood, tier and the numbers it names, each with its confidence"],
      ["It is decided", "an approved answer, a question back, or a person; with every reason"],
      ["It is handed over", "with a summary in the customer’s own words, so that nobody asks twice"],
    ],

    stopMessage: "Message",
    stopClassification: "Classification",
    stopDecision: "Decision",
    stopTicket: "Ticket",
    intent: "Intent",
    outOfScope: "out of scope",
    noHead: "not part of this model",
    inScope: "In scope",
    alternatives: "Next best",
    sentiment: "Mood",
    sentiments: { negative: "negative", neutral: "neutral", positive: "positive" },
    tier: "Tier",
    tiers: { 1: "standard question", 2: "needs knowledge or a record", 3: "needs a specialist" },
    language: "Language",
    languages: { de: "German", en: "English" },
    reasons: "Why",
    actions: {
      answer: ["Answered", "An approved article says it."],
      clarify: ["Asked back", "One short question settles it."],
      smalltalk: ["Kept courteous", "A fixed phrase, no ticket."],
      escalate: ["Handed over", "A person takes care of it."],
      none: ["Stayed silent", "A person has the conversation."],
    },
    states: {
      bot: "Lotse answers",
      waiting: "Waits for a person",
      human: "With a person",
      closed: "Closed",
    },
    queue: "Queue",
    priority: "Priority",
    priorities: { low: "low", normal: "normal", high: "high", urgent: "urgent" },
    due: "First answer due",
    wish: "Wish",
    facts: "Facts",
    turn: (number) => `turn ${number}`,
    tried: "Already tried",
    mood: "Mood",
    trends: { better: "getting better", steady: "steady", worse: "getting worse" },
    nextStep: "Next step",
    articles: "Articles that may help",
    kinds: {
      order_number: "order", customer_number: "customer", invoice_number: "invoice",
      tracking_number: "tracking", date: "date", amount: "amount", email: "e-mail",
      phone: "phone", iban: "IBAN", device: "device",
    },
    channels: {
      chat: "Chat", email: "E-mail", phone: "Phone", social: "Social", messenger: "Messenger",
      form: "Form",
    },
    timings: { queue: "queue", encode: "encode", search: "search", store: "store" },
    problems: {
      unreachable: "The service cannot be reached. Is it still running?",
      overloaded: "Too much at once. Try again in a moment.",
    },
    examples: [
      ["Standard question", "How long do I have to send something back?"],
      ["Own order", "Where is my order NL-20481? It should have been here last Friday."],
      ["Money", "You charged invoice RE-2024-10233 twice, that is €34.99 too much."],
      ["Fault and anger", "The internet has been dead for three days and nobody calls back! If this goes on I will cancel."],
      ["Small talk", "Hi there!"],
      ["Another matter", "What will the weather be like in Kiel tomorrow?"],
      ["Danger", "My router is smoking and smells burnt!"],
    ],
  },
  de: {
    skip: "Zur Nachricht",
    tagline: "Liest jede Nachricht und lotst sie.",
    interface: "API",
    languageOfPage: "Sprache dieser Seite",
    openDemo: "Offene Demo.",
    openDemoText:
      "Ohne Schlüssel kann jeder, der diese Adresse erreicht, alles lesen und schreiben.",
    keyNeeded: "Dieser Dienst braucht einen Schlüssel.",
    keyUse: "Verwenden",
    title: "Lotse ausprobieren",
    views: "Ansichten",
    conversation: "Gespräch",
    reading: "Auswertung",
    newConversation: "Neues Gespräch",
    log: "Nachrichten",
    welcome: "Schreiben Sie wie ein Kunde.",
    welcomeMore:
      "Lotse antwortet in freigegebenen Worten, fragt zurück oder übergibt an einen Menschen, und zeigt, warum. Am besten eigene Worte; diese sind ein Anfang:",
    message: "Nachricht",
    placeholder: "Nachricht schreiben …",
    channel: "Kanal",
    send: "Senden",
    again: "Noch einmal",
    source: "Aus dem Artikel",
    choose: "Antwort wählen",
    showReading: "Auswertung dieser Nachricht zeigen",
    writing: "Lotse liest …",
    tooLong: (over) => `${over} Zeichen zu viel`,
    left: (count) => `noch ${count} Zeichen`,
    silent: "Es wird nichts gesagt: Ein Mensch kümmert sich.",
    handedOver: (queue) => `Übergeben an ${queue}`,
    agent: "Mensch",

    emptyTitle: "Der Kurs einer Nachricht",
    emptySteps: [
      ["Sie wird gelesen", "Sprache, Anliegen, Stimmung, Stufe und genannte Nummern, jeweils mit Sicherheit"],
      ["Es wird entschieden", "freigegebene Antwort, Rückfrage oder ein Mensch; mit allen Gründen"],
      ["Sie wird übergeben", "mit einer Zusammenfassung in den Worten des Kunden, damit niemand zweimal fragt"],
    ],

    stopMessage: "Nachricht",
    stopClassification: "Einordnung",
    stopDecision: "Entscheidung",
    stopTicket: "Ticket",
    intent: "Anliegen",
    outOfScope: "außerhalb des Gebiets",
    noHead: "nicht Teil dieses Modells",
    inScope: "Im Gebiet",
    alternatives: "Nächstbeste",
    sentiment: "Stimmung",
    sentiments: { negative: "negativ", neutral: "neutral", positive: "positiv" },
    tier: "Stufe",
    tiers: { 1: "Standardfrage", 2: "braucht Wissen oder Kundendaten", 3: "braucht Fachleute" },
    language: "Sprache",
    languages: { de: "Deutsch", en: "Englisch" },
    reasons: "Warum",
    actions: {
      answer: ["Beantwortet", "Ein freigegebener Artikel sagt es."],
      clarify: ["Zurückgefragt", "Eine kurze Frage klärt es."],
      smalltalk: ["Höflich erwidert", "Ein fester Satz, kein Ticket."],
      escalate: ["Übergeben", "Ein Mensch kümmert sich."],
      none: ["Geschwiegen", "Ein Mensch führt das Gespräch."],
    },
    states: {
      bot: "Lotse antwortet",
      waiting: "Wartet auf einen Menschen",
      human: "Bei einem Menschen",
      closed: "Beendet",
    },
    queue: "Warteschlange",
    priority: "Vorrang",
    priorities: { low: "niedrig", normal: "normal", high: "hoch", urgent: "dringend" },
    due: "Erste Antwort fällig",
    wish: "Wunsch",
    facts: "Angaben",
    turn: (number) => `Beitrag ${number}`,
    tried: "Schon versucht",
    mood: "Stimmung",
    trends: { better: "wird besser", steady: "gleichbleibend", worse: "wird schlechter" },
    nextStep: "Nächster Schritt",
    articles: "Artikel, die helfen können",
    kinds: {
      order_number: "Bestellung", customer_number: "Kunde", invoice_number: "Rechnung",
      tracking_number: "Sendung", date: "Datum", amount: "Betrag", email: "E-Mail",
      phone: "Telefon", iban: "IBAN", device: "Gerät",
    },
    channels: {
      chat: "Chat", email: "E-Mail", phone: "Telefon", social: "Soziale Netze",
      messenger: "Messenger", form: "Formular",
    },
    timings: { queue: "Warten", encode: "Lesen", search: "Suchen", store: "Speichern" },
    problems: {
      unreachable: "Der Dienst ist nicht erreichbar. Läuft er noch?",
      overloaded: "Zu viel auf einmal. Bitte gleich noch einmal versuchen.",
    },
    examples: [
      ["Standardfrage", "Wie lange kann ich einen Artikel zurückgeben?"],
      ["Eigene Bestellung", "Wo bleibt meine Bestellung NL-20481? Sie sollte letzten Freitag da sein."],
      ["Geld", "Ihr habt Rechnung RE-2024-10233 doppelt abgebucht, das sind 34,99 € zu viel."],
      ["Störung und Ärger", "Seit drei Tagen ist das Internet tot und niemand meldet sich! Wenn das so weitergeht, kündige ich."],
      ["Small Talk", "Hallo zusammen!"],
      ["Anderes Thema", "Wie wird morgen das Wetter in Kiel?"],
      ["Gefahr", "Mein Router raucht und riecht verbrannt!"],
    ],
  },
};

const CHOICE = "lotse-language";

function preferred() {
  const chosen = localStorage.getItem(CHOICE);
  if (chosen in TEXTS) return chosen;
  return navigator.languages.find((tag) => tag.slice(0, 2) in TEXTS)?.slice(0, 2) ?? "en";
}

let language = preferred();

/** The page's language, `de` or `en`. */
export function pageLanguage() {
  return language;
}

/** Changes the page's language for this and later visits. */
export function setLanguage(code) {
  language = code;
  localStorage.setItem(CHOICE, code);
}

/** The text of this name; a name with points leads into a table. */
export function text(name) {
  return name.split(".").reduce((table, part) => table?.[part], TEXTS[language]);
}

/** A share as a percentage; never 100 % for what is not certain. */
export function percent(share) {
  const nearlyAll = share >= 0.995 && share < 1;
  const digits = nearlyAll ? 1 : 0;
  const form = { style: "percent", minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat(language, form).format(nearlyAll ? Math.min(share, 0.999) : share);
}

/** A number with this many digits after the point or comma. */
export function decimal(value, digits) {
  const form = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat(language, form).format(value);
}

/** A time as `14:32`, with the day where it is not today. */
export function time(timestamp) {
  const date = new Date(timestamp);
  const today = date.toDateString() === new Date().toDateString();
  const form = today ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" };
  return new Intl.DateTimeFormat(language, form).format(date);
}

/** How far away a time is: `in 4 hours`. */
export function distance(timestamp) {
  const seconds = (new Date(timestamp) - Date.now()) / 1000;
  const units = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
  const [unit, length] = units.find(([, size]) => Math.abs(seconds) >= size) ?? units.at(-1);
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  return format.format(Math.round(seconds / length), unit);
}
