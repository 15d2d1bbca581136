// What can be read out of a message, and what is it called in this language?

import { get } from "../common/api.js";
import { plainWords } from "./format.js";
import { language } from "./texts.js";

/** Intents, tiers, sentiments and the names of intents, as the service gives them. */
export const labels = { intents: [], tiers: [], sentiments: [], names: {} };

export async function loadLabels() {
  Object.assign(labels, await get("/v1/labels"));
}

/** The name of an intent for people. */
export const intentName = (intent) => labels.names[intent]?.[language] ?? plainWords(intent);
