// What are intents and queues called in this language, and what can a message be corrected to?

import { get } from "../common/api.js";
import { desk } from "./desk.js";
import { words } from "./format.js";
import { language } from "./texts.js";

/** Intents, tiers, sentiments and the names of intents, as the service gives them. */
export const labels = { intents: [], tiers: [], sentiments: [], names: {} };

export async function loadLabels() {
  Object.assign(labels, await get("/v1/labels"));
}

/** The name of an intent for people. */
export const intentName = (intent) => labels.names[intent]?.[language] ?? words(intent);

/** The name of a queue for people. */
export function queueName(name) {
  const known = desk.queues.find(({ queue }) => queue === name);
  return known?.title?.[language] ?? words(name);
}
