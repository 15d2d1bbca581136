// What has been typed and not yet sent? Kept by ticket for as long as this tab lives.

import { newId } from "../common/api.js";

const place = (ticketId) => `lotse-unsent:${ticketId}`;

/** The unsent words of a ticket: `reply`, `note`, and which of the two is being written. */
export function unsent(ticketId) {
  const empty = { mode: "reply", reply: "", note: "", sent: {} };
  try {
    return { ...empty, ...JSON.parse(sessionStorage.getItem(place(ticketId)) ?? "{}") };
  } catch {
    return empty;
  }
}

/** Keeps the unsent words of a ticket. */
export function keepUnsent(ticketId, words) {
  const isEmpty = !words.reply && !words.note && words.mode === "reply";
  if (isEmpty) sessionStorage.removeItem(place(ticketId));
  else sessionStorage.setItem(place(ticketId), JSON.stringify(words));
}

/**
 * The id to send these words under. The same words get the same id until they have arrived, also
 * after a reload, so that a second attempt is no second message.
 */
export function messageId(ticketId, mode, words) {
  const kept = unsent(ticketId);
  const known = kept.sent[mode];
  if (known?.words === words) return known.id;
  const id = newId();
  keepUnsent(ticketId, { ...kept, sent: { ...kept.sent, [mode]: { id, words } } });
  return id;
}
