// What does the console say? One table, German and English side by side.

/** Every text as [German, English]; one with a gap is a function. */
const TEXTS = {
  // Frame
  title: ["Lotse Arbeitsplatz", "Lotse console"],
  skip: ["Zum Gespräch", "Skip to the conversation"],
  language: ["Sprache", "Language"],
  account: ["Konto und Einstellungen", "Account and settings"],
  reports: ["Berichte", "Reports"],
  signOut: ["Abmelden", "Sign out"],
  shortcuts: ["Tastenkürzel", "Keyboard shortcuts"],
  notifyOn: ["Benachrichtigungen einschalten", "Turn notifications on"],
  notifyOff: ["Benachrichtigungen ausschalten", "Turn notifications off"],
  notifyRefused: [
    "Ihr Browser erlaubt keine Benachrichtigungen für diese Seite.",
    "Your browser does not allow notifications for this page.",
  ],
  notifyIsOn: [
    "Sie werden benachrichtigt, wenn diese Seite im Hintergrund ist.",
    "You will be notified while this page is in the background.",
  ],
  back: ["Zurück", "Back"],
  close: ["Schließen", "Close"],
  cancel: ["Abbrechen", "Cancel"],
  loading: ["Wird geladen …", "Loading …"],
  again: ["Noch einmal versuchen", "Try again"],
  copy: [(what) => `${what} kopieren`, (what) => `Copy ${what}`],
  copied: [(what) => `${what} kopiert.`, (what) => `${what} copied.`],
  lost: [
    "Die Verbindung ist unterbrochen. Neues erscheint, sobald sie wieder steht.",
    "The connection is lost. News will appear as soon as it is back.",
  ],
  restored: ["Die Verbindung steht wieder.", "The connection is back."],

  // Sign-in
  signIn: ["Anmelden", "Sign in"],
  signInLead: ["Ihr Arbeitsplatz für Kundengespräche", "Your desk for customer conversations"],
  name: ["Name", "Name"],
  nameHint: ["So sehen Kundinnen und Kunden Sie.", "This is what customers see."],
  password: ["Passwort", "Password"],
  openDemo: [
    "Offene Demo: Jeder Name genügt, ein Passwort ist nicht nötig.",
    "Open demo: any name will do, no password is needed.",
  ],
  nameMissing: ["Bitte geben Sie Ihren Namen ein.", "Please enter your name."],
  wrongPassword: ["Name oder Passwort stimmen nicht.", "Name or password is not right."],
  tooManyAttempts: [
    (seconds) => `Zu viele Versuche. Bitte versuchen Sie es in ${seconds} Sekunden wieder.`,
    (seconds) => `Too many attempts. Please try again in ${seconds} seconds.`,
  ],
  sessionEnded: ["Ihre Anmeldung ist abgelaufen. Bitte melden Sie sich neu an.", "Your session has ended. Please sign in again."],
  refusedTitle: ["Kein Zugang zum Arbeitsplatz", "No access to the console"],
  refused: [
    (name) => `„${name}“ darf keine Kundengespräche bearbeiten. Bitte wenden Sie sich an die Leitung Ihres Teams oder melden Sie sich mit einem anderen Namen an.`,
    (name) => `“${name}” may not work on customer conversations. Please ask the lead of your team, or sign in with another name.`,
  ],

  // Left
  overview: ["Übersicht", "Overview"],
  mine: ["Meine", "Mine"],
  mineEmpty: ["Sie führen gerade kein Gespräch.", "You hold no conversation at the moment."],
  queues: ["Warteschlangen", "Queues"],
  ownQueue: [(queue) => `Meine Warteschlange: ${queue}`, (queue) => `My queue: ${queue}`],
  all: ["Alle", "All"],
  tickets: ["Tickets", "Tickets"],
  search: ["Suchen", "Search"],
  searchTickets: ["Tickets durchsuchen", "Search tickets"],
  results: [(words) => `Suche: ${words}`, (words) => `Search: ${words}`],
  takeNext: ["Nächstes übernehmen", "Take the next"],
  takeNextOf: [(queue) => `Nächstes aus ${queue}`, (queue) => `Next in ${queue}`],
  nothingWaits: ["Hier wartet gerade niemand.", "Nobody is waiting here."],
  nothingWaitsMore: [
    "Sobald sich das ändert, erscheint es von selbst.",
    "As soon as that changes, it appears by itself.",
  ],
  nothingFound: ["Nichts gefunden.", "Nothing found."],
  nothingFoundMore: [
    "Gesucht wird in Gesprächen, Überschriften und Nummern, auch in abgeschlossenen.",
    "Conversations, headlines and numbers are searched, resolved ones too.",
  ],
  nothingResolved: ["Hier ist noch nichts abgeschlossen.", "Nothing is resolved here yet."],
  showActive: ["Aktuell", "Current"],
  showResolved: ["Erledigt", "Resolved"],
  which: ["Welche Tickets", "Which tickets"],
  more: ["Mehr laden", "Load more"],
  mostShown: [
    (count) => `Die ersten ${count} sind gezeigt; die Suche findet auch die übrigen.`,
    (count) => `The first ${count} are shown; search finds the others too.`,
  ],
  unread: [(count) => `${count} ungelesen`, (count) => `${count} unread`],
  waiting: [(open, claimed) => `${open} offen, ${claimed} in Arbeit`, (open, claimed) => `${open} open, ${claimed} in progress`],
  someone: ["Unbekannt", "Unknown customer"],

  // Clock
  due: [(time) => `Erste Antwort in ${time}`, (time) => `First response in ${time}`],
  overdue: [(time) => `Überfällig seit ${time}`, (time) => `Overdue by ${time}`],
  dueAt: [(time) => `Erste Antwort fällig: ${time}`, (time) => `First response due: ${time}`],
  answered: ["Beantwortet", "Answered"],
  answeredAfter: [(time) => `Beantwortet nach ${time}`, (time) => `Answered after ${time}`],
  answeredLate: [(time) => `Beantwortet nach ${time}, zu spät`, (time) => `Answered after ${time}, late`],

  // Middle
  conversation: ["Gespräch", "Conversation"],
  nothingOpen: ["Kein Gespräch geöffnet", "No conversation open"],
  nothingOpenMore: [
    "Wählen Sie links ein Gespräch, oder übernehmen Sie das nächste.",
    "Choose a conversation on the left, or take the next.",
  ],
  allClear: ["Alles erledigt", "All clear"],
  allClearMore: [
    "Niemand wartet. Neue Gespräche erscheinen hier von selbst.",
    "Nobody is waiting. New conversations appear here by themselves.",
  ],
  details: ["Einzelheiten", "Details"],
  claim: ["Übernehmen", "Claim"],
  release: ["Zurücklegen", "Release"],
  transfer: ["Weitergeben", "Transfer"],
  resolve: ["Abschließen", "Resolve"],
  reopen: ["Wieder öffnen", "Reopen"],
  state: {
    open: ["offen", "open"],
    mine: ["bei Ihnen", "with you"],
    resolved: ["abgeschlossen", "resolved"],
  },
  heldBy: [(name) => `bei ${name}`, (name) => `with ${name}`],
  resolvedWith: [(reason) => `Abgeschlossen: ${reason}`, (reason) => `Resolved: ${reason}`],
  priority: {
    low: ["niedrig", "low"], normal: ["normal", "normal"], high: ["hoch", "high"], urgent: ["dringend", "urgent"],
  },
  priorityLabel: [(name) => `Vorrang ${name}`, (name) => `${name} priority`],
  channel: {
    chat: ["Chat", "Chat"], email: ["E-Mail", "E-mail"], phone: ["Telefon", "Phone"],
    social: ["Soziale Netze", "Social"], messenger: ["Messenger", "Messenger"], form: ["Formular", "Form"],
  },
  languages: { de: ["Deutsch", "German"], en: ["Englisch", "English"] },
  from: {
    customer: ["Kunde", "Customer"], bot: ["Lotse", "Lotse"], agent: ["Team", "Team"],
    note: ["Interne Notiz", "Internal note"],
  },
  fromArticle: [(title) => `Artikel: ${title}`, (title) => `Article: ${title}`],
  offered: ["Zur Wahl gestellt", "Offered as choices"],
  earlierTurns: [(count) => `${count} frühere Beiträge zeigen`, (count) => `Show ${count} earlier messages`],
  newBelow: ["Neue Nachricht unten", "New message below"],
  showReading: ["Einordnung dieser Nachricht zeigen", "Show how this message was read"],
  readOnly: ["Früheres Gespräch, nur zum Lesen.", "Earlier conversation, read-only."],
  backToTicket: ["Zurück zum Ticket", "Back to the ticket"],
  rating: [(score) => `Bewertung: ${score} von 5`, (score) => `Rating: ${score} of 5`],
  change: {
    opened: [(who, event) => `Übergeben an ${event.queue}`, (who, event) => `Handed over to ${event.queue}`],
    claimed: [(who) => `${who} hat übernommen`, (who) => `${who} claimed it`],
    transferred: [
      (who, event) => `${who} hat an ${event.to} weitergegeben`,
      (who, event) => `${who} transferred it to ${event.to}`,
    ],
    released: [(who) => `${who} hat zurückgelegt`, (who) => `${who} released it`],
    returned: [(who) => `Zurück in der Warteschlange: ${who} war nicht mehr da`, (who) => `Back in its queue: ${who} was gone`],
    resolved: [
      (who, event) => `${who} hat abgeschlossen: ${event.reason}`,
      (who, event) => `${who} resolved it: ${event.reason}`,
    ],
    reopened: [(who) => `${who} hat wieder geöffnet`, (who) => `${who} reopened it`],
    corrected: [(who) => `${who} hat die Einordnung berichtigt`, (who) => `${who} corrected the reading`],
  },

  // Composer
  reply: ["Antwort", "Reply"],
  note: ["Interne Notiz", "Internal note"],
  mode: ["Art des Beitrags", "Kind of message"],
  replyPlaceholder: ["Antwort schreiben …", "Write a reply …"],
  notePlaceholder: [
    "Notiz für Kolleginnen und Kollegen. Kunden sehen sie nie.",
    "A note for colleagues. Customers never see it.",
  ],
  send: ["Senden", "Send"],
  keyCtrl: ["Strg", "Ctrl"],
  addNote: ["Notiz speichern", "Save note"],
  sending: ["Wird gesendet …", "Sending …"],
  insertDraft: ["Entwurf einfügen", "Insert draft"],
  draftHint: ["Vorschlag", "Suggestion"],
  claimFirst: [
    "Niemand führt dieses Gespräch. Übernehmen Sie es, um zu antworten.",
    "Nobody holds this conversation. Claim it to reply.",
  ],
  heldFirst: [
    (name) => `${name} führt dieses Gespräch. Sie können eine interne Notiz hinterlassen.`,
    (name) => `${name} holds this conversation. You can leave an internal note.`,
  ],
  reopenFirst: [
    "Dieses Ticket ist abgeschlossen. Öffnen Sie es wieder, um zu antworten.",
    "This ticket is resolved. Reopen it to reply.",
  ],
  tooLong: [(over) => `${over} Zeichen zu viel`, (over) => `${over} characters too many`],
  notDone: ["Das hat nicht geklappt. Ihre Eingaben sind noch da.", "That did not work. What you typed is still here."],
  notSent: ["Nicht gesendet. Ihr Text ist noch da.", "Not sent. Your text is still here."],

  // Right
  handOver: ["Übergabe", "Hand-over"],
  wish: ["Wunsch", "Wish"],
  facts: ["Angaben", "Facts"],
  tried: ["Schon versucht", "Already tried"],
  before: ["Vorher", "Before"],
  knownAs: ["Bekannt als", "Known as"],
  mood: ["Stimmung", "Mood"],
  nextStep: ["Nächster Schritt", "Next step"],
  toTurn: ["Zur Nachricht", "Go to the message"],
  trend: {
    better: ["wird besser", "improving"], steady: ["gleichbleibend", "steady"],
    worse: ["wird schlechter", "getting worse"],
  },
  sentiment: { negative: ["negativ", "negative"], neutral: ["neutral", "neutral"], positive: ["positiv", "positive"] },
  kind: {
    order_number: ["Bestellung", "Order"], customer_number: ["Kunde", "Customer"],
    invoice_number: ["Rechnung", "Invoice"], tracking_number: ["Sendung", "Tracking"], date: ["Datum", "Date"],
    amount: ["Betrag", "Amount"], email: ["E-Mail", "E-mail"], phone: ["Telefon", "Phone"], iban: ["IBAN", "IBAN"],
    callback_number: ["Rückruf unter", "Call back on"],
    device: ["Gerät", "Device"], name: ["Name", "Name"],
  },
  articles: ["Wissen", "Knowledge"],
  searchKnowledge: ["Wissen durchsuchen", "Search knowledge"],
  articlesEmpty: ["Kein passender Artikel.", "No article fits."],
  insert: ["In die Antwort", "Insert into reply"],
  inserted: ["In die Antwort eingefügt.", "Inserted into the reply."],
  notUsable: ["nicht freigegeben", "not approved"],
  customer: ["Kunde", "Customer"],
  earlier: ["Frühere Gespräche", "Earlier conversations"],
  earlierEmpty: ["Keine früheren Gespräche bekannt.", "No earlier conversations known."],
  conversationState: {
    bot: ["beim Bot", "with the bot"], waiting: ["wartet", "waiting"], human: ["bei einem Menschen", "with a person"],
    closed: ["beendet", "closed"],
  },
  reading: ["Einordnung", "Reading"],
  readingOf: [(words) => `Zu: „${words}“`, (words) => `Of: “${words}”`],
  intent: ["Anliegen", "Intent"],
  noIntent: ["keines der bekannten", "none of the known ones"],
  outOfScope: ["außerhalb des Gebiets", "out of scope"],
  inScope: ["Im Gebiet", "In scope"],
  tier: ["Stufe", "Tier"],
  tiers: {
    1: ["Standardfrage", "standard question"],
    2: ["braucht Wissen oder Kundendaten", "needs knowledge or a record"],
    3: ["braucht Fachleute", "needs a specialist"],
  },
  action: {
    answer: [
      "Beantwortet",
      "Answered"], clarify: ["Zurückgefragt", "Asked back"], smalltalk: ["Höflich erwidert", "Kept courteous",
    ],
    escalate: ["Übergeben", "Handed over"], none: ["Geschwiegen", "Stayed silent"],
  },
  why: ["Warum", "Why"],
  reason: {
    danger: ["Gefahr", "Danger"], choice_made: ["Auswahl getroffen", "Choice made"],
    person_wanted: ["Mensch gewünscht", "A person is wanted"],
    joined_ticket: ["Gehört zu einem offenen Anliegen", "Belongs to an open case"], smalltalk: ["Höflichkeit", "Small talk"],
    out_of_scope: ["Außerhalb des Gebiets", "Out of scope"],
    question_not_settled: ["Rückfrage klärte es nicht", "The question back did not settle it"],
    negative_sentiment: ["Negative Stimmung", "Negative mood"], tier_three: ["Braucht Fachleute", "Needs a specialist"],
    answers_off: ["Antworten sind aus", "Answering is off"], no_article: ["Kein Artikel", "No article"],
    answer_confidence_reached: ["Sicher genug für eine Antwort", "Sure enough to answer"],
    answer_confidence_low: ["Nicht sicher genug für eine Antwort", "Not sure enough to answer"],
    article: [
      "Artikel gefunden",
      "Article found"], article_score_low: ["Artikel passt nicht gut genug", "The article does not fit well enough",
    ],
    article_depends_on_customer: ["Antwort hängt vom Kunden ab", "The answer depends on the customer"],
    answered_before: ["Schon einmal so beantwortet", "Answered like that before"],
    answers_used_up: ["Genug Antworten zu diesem Thema", "Enough answers on this topic"],
    articles_close: ["Zwei Artikel liegen nah beieinander", "Two articles are close"],
    intents_close: ["Zwei Anliegen liegen nah beieinander", "Two intents are close"],
    human_holds: ["Ein Mensch führt das Gespräch", "A person holds the conversation"],
    waiting: ["Wartet schon auf einen Menschen", "Already waits for a person"],
    read_in_context: ["Im Zusammenhang gelesen", "Read in context"], route: ["Weg", "Route"],
    overflow: ["Überlauf", "Overflow"], call_back_offered: ["Rückruf angeboten", "Call-back offered"],
    call_back_wanted: ["Rückruf gewünscht", "A call-back is wanted"],
    call_back_number: ["Rückruf notiert", "Call-back noted"],
    no_reply: ["Absender nimmt keine Antworten an", "The sender takes no answers"],
    own_address: ["Von uns selbst weitergeleitet", "Passed on by ourselves"],
    maybe_automatic: ["Vielleicht von einem Programm", "Perhaps written by a program"],
    many_answers: ["Schon viele Antworten an den Absender", "Many answers to the sender already"],
    mail_bounced: ["Unsere E-Mail kam zurück", "Our mail came back"],
    mail_undelivered: ["Antwort nicht verschickt", "The answer was not sent"],
  },
  threshold: [(value) => `Schwelle ${value}`, (value) => `threshold ${value}`],
  correct: ["Der Bot lag falsch", "The bot was wrong"],
  correctLead: [
    "Ein Klick genügt; die Nachricht wird zum Trainingsbeispiel.",
    "One click is enough; the message becomes a training example.",
  ],
  correctIntent: ["Richtiges Anliegen", "Correct intent"],
  correctTier: ["Richtige Stufe", "Correct tier"],
  correctSentiment: ["Richtige Stimmung", "Correct mood"],
  filterIntents: ["Anliegen filtern", "Filter intents"],
  asRead: ["so gelesen", "as read"],
  correctThanks: [
    "Danke, gemerkt. Der Bot lernt daraus beim nächsten Training.",
    "Thank you, noted. The bot learns from it in its next training.",
  ],
  correctedTo: [(what, who) => `Berichtigt: ${what} (${who})`, (what, who) => `Corrected: ${what} (${who})`],

  // Dialogs
  transferTitle: ["Gespräch weitergeben", "Transfer the conversation"],
  people: ["Personen", "People"],
  peopleEmpty: ["Außer Ihnen ist niemand angemeldet.", "Nobody but you is signed in."],
  present: ["anwesend", "present"],
  absent: ["abwesend", "away"],
  holds: [(count) => `${count} in Arbeit`, (count) => `${count} in progress`],
  here: ["hier", "here"],
  transferNote: ["Notiz dazu (freiwillig)", "Note (optional)"],
  chooseSomeone: ["Bitte wählen Sie eine Warteschlange oder Person.", "Please choose a queue or a person."],
  resolveTitle: ["Gespräch abschließen", "Resolve the conversation"],
  reasonLabel: ["Was wurde getan?", "What was done?"],
  reasons: [
    ["Frage beantwortet", "Auftrag ausgeführt", "Erstattung veranlasst", "Ersatz oder Reparatur veranlasst", "Kein Handlungsbedarf"],
    ["Question answered", "Request carried out", "Refund arranged", "Replacement or repair arranged", "No action needed"],
  ],
  otherReason: ["Anderer Grund", "Another reason"],
  reasonMissing: ["Bitte wählen oder nennen Sie einen Grund.", "Please choose or give a reason."],
  afterwards: ["Danach", "Afterwards"],
  thenBot: ["Der Bot antwortet wieder", "The bot answers again"],
  thenClosed: ["Gespräch ist beendet", "The conversation is closed"],
  keys: {
    "j k": ["Nächstes, voriges Ticket", "Next, previous ticket"], "Enter": ["Ticket öffnen", "Open the ticket"],
    "n": ["Nächstes übernehmen", "Take the next"], "c": ["Übernehmen", "Claim"], "r": ["Antworten", "Reply"],
    "i": ["Interne Notiz", "Internal note"], "t": ["Weitergeben", "Transfer"], "e": ["Abschließen", "Resolve"],
    "/": ["Suchen", "Search"], "Esc": ["Feld oder Fenster verlassen", "Leave a field or window"],
    "?": ["Diese Übersicht", "This overview"],
  },

  // News
  newsMessage: [(headline) => `Neue Nachricht: ${headline}`, (headline) => `New message: ${headline}`],
  newsTransferred: [
    (who, headline) => `${who} hat Ihnen weitergegeben: ${headline}`,
    (who, headline) => `${who} transferred to you: ${headline}`,
  ],
  newsClaimed: [(who) => `${who} hat dieses Gespräch übernommen.`, (who) => `${who} has claimed this conversation.`],
  newsReturned: [(headline) => `Zurück in der Warteschlange: ${headline}`, (headline) => `Back in its queue: ${headline}`],
  newsTaken: [
    (who, headline) => `Nicht mehr bei Ihnen (${who}): ${headline}`,
    (who, headline) => `No longer with you (${who}): ${headline}`,
  ],
  done: {
    claim: ["Übernommen.", "Claimed."], release: ["Zurückgelegt.", "Released."], transfer: ["Weitergegeben.", "Transferred."],
    resolve: [
      "Abgeschlossen.",
      "Resolved."], reopen: ["Wieder geöffnet.", "Reopened."], note: ["Notiz gespeichert.", "Note saved.",
    ],
  },

  // Problems
  problem: {
    unreachable: [
      "Der Dienst ist nicht erreichbar. Bitte versuchen Sie es gleich noch einmal.",
      "The service cannot be reached. Please try again in a moment.",
    ],
    wrong_state: [
      "Das geht im jetzigen Zustand nicht; die Ansicht ist jetzt aktuell.",
      "That is not possible as things stand; the view is up to date now.",
    ],
    forbidden: ["Dazu fehlt Ihnen die Berechtigung.", "You are not allowed to do that."],
    ticket_not_found: ["Dieses Ticket gibt es nicht (mehr).", "There is no such ticket (any more)."],
    conversation_not_found: ["Dieses Gespräch gibt es nicht (mehr).", "There is no such conversation (any more)."],
    queue_not_found: ["Diese Warteschlange gibt es nicht.", "There is no such queue."],
    text_too_long: ["Der Text ist zu lang.", "The text is too long."],
    overloaded: ["Zu viel auf einmal. Bitte gleich noch einmal.", "Too much at once. Please try again in a moment."],
    stopping: [
      "Der Dienst startet gerade neu. Bitte gleich noch einmal.",
      "The service is restarting. Please try again in a moment.",
    ],
  },
  problemOther: ["Das hat nicht geklappt. Bitte versuchen Sie es noch einmal.", "That did not work. Please try again."],
  heldByOther: [
    (name) => `${name} hat dieses Gespräch schon übernommen.`,
    (name) => `${name} has already claimed this conversation.`,
  ],
};

const CHOICE = "lotse-language";
const LANGUAGES = ["de", "en"];

function preferred() {
  const chosen = localStorage.getItem(CHOICE);
  if (LANGUAGES.includes(chosen)) return chosen;
  const spoken = navigator.languages.map((tag) => tag.slice(0, 2));
  return spoken.find((tag) => LANGUAGES.includes(tag)) ?? "en";
}

/** The console's language, `de` or `en`; it stays as it is until the page is loaded again. */
export const language = preferred();

/** Changes the language for this and later visits. */
export function changeLanguage(code) {
  localStorage.setItem(CHOICE, code);
  location.reload();
}

const column = LANGUAGES.indexOf(language);

/** The text of this name, with its gaps filled; undefined where the table has none. */
export function text(name, ...gaps) {
  const entry = name.split(".").reduce((table, part) => table?.[part], TEXTS)?.[column];
  return typeof entry === "function" ? entry(...gaps) : entry;
}

/** The names in a table of texts, in its order. */
export const names = (table) => Object.keys(TEXTS[table]);
