// How are numbers, times and names written for people?

import { language, text } from "./texts.js";

/** How this person's browser writes times in the console's language. */
const locale =
  navigator.languages.find((tag) => tag.startsWith(`${language}-`)) ?? { de: "de-DE", en: "en-GB" }[language];

/** A share as a percentage; never 100 % for what is not certain. */
export function percent(share) {
  const nearlyAll = share >= 0.995 && share < 1;
  const digits = nearlyAll ? 1 : 0;
  const form = { style: "percent", minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat(locale, form).format(nearlyAll ? Math.min(share, 0.999) : share);
}

const CLOCK = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" });
const FULL = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
const DATE = new Intl.DateTimeFormat(locale, { dateStyle: "medium" });

/** `14:32` */
export const clock = (timestamp) => CLOCK.format(new Date(timestamp));

/** `12 Mar 2026, 14:32` */
export const fullTime = (timestamp) => FULL.format(new Date(timestamp));

/** `12 Mar 2026` */
export const date = (timestamp) => DATE.format(new Date(timestamp));

/** Today, yesterday, or `Thursday, 12 March`. */
export function day(timestamp) {
  const midnight = (time) => new Date(time).setHours(0, 0, 0, 0);
  const days = Math.round((midnight(timestamp) - midnight(Date.now())) / 86_400_000);
  if (days < -1 || days > 0) return DAY.format(new Date(timestamp));
  const words = new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(days, "day");
  return words[0].toUpperCase() + words.slice(1);
}

/** A length of time, exact to the second below ten minutes: `4:05`, `38 min`, `3 h 20 min`, `2 d`. */
export function duration(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const [minutes, hours] = [Math.floor(seconds / 60), Math.floor(seconds / 3600)];
  if (seconds < 600) return `${minutes}:${String(seconds % 60).padStart(2, "0")}`;
  if (hours < 1) return `${minutes} min`;
  if (hours < 10 && minutes % 60 > 0) return `${hours} h ${minutes % 60} min`;
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} ${language === "de" ? "Tage" : "days"}`;
}

/** The same in little room: `4:05`, `38 min`, `3 h`, `2 d`. */
export function shortDuration(milliseconds) {
  const hours = Math.floor(Math.max(0, milliseconds) / 3_600_000);
  if (hours < 1) return duration(milliseconds);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} ${language === "de" ? "T" : "d"}`;
}

/** A name out of a file, such as `first_line`, as words: `First line`. */
export function words(name) {
  const spaced = name.replaceAll("_", " ").trim();
  return spaced === "" ? name : spaced[0].toUpperCase() + spaced.slice(1);
}

/** The same within a sentence: `track order`. */
export const plainWords = (name) => name.replaceAll("_", " ").trim() || name;

/** What stands for the customer in a list. */
export const customerName = (ticket) => ticket.customer || text("someone");

/** The text as a single line of at most `most` characters. */
export function oneLine(value, most = 80) {
  const line = value.replace(/\s+/gu, " ").trim();
  return line.length <= most ? line : `${line.slice(0, most - 1).trimEnd()}…`;
}
