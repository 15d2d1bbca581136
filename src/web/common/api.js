// How does a page speak with the service that it came from?

/** An answer of the service that is an error: status, stable code, text, when to try again. */
export class ServiceError extends Error {
  constructor({ status = 0, code, message = "", details = null, retryAfter = null }) {
    super(message);
    Object.assign(this, { status, code, details, retryAfter });
  }
}

/** Asks for a resource; values that are null or undefined are left out of the query. */
export function get(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined);
  const search = new URLSearchParams(given).toString();
  return ask(search ? `${path}?${search}` : path, { method: "GET" });
}

/** Sends a JSON body; null is returned where the service has nothing to say. */
export function post(path, body = {}) {
  const headers = { "content-type": "application/json" };
  return ask(path, { method: "POST", headers, body: JSON.stringify(body) });
}

/** Asks for a resource to be removed. */
export function remove(path) {
  return ask(path, { method: "DELETE" });
}

/** A path out of parts that may hold any character. */
export function path(...parts) {
  return `/v1/${parts.map(encodeURIComponent).join("/")}`;
}

/** A new UUID; also where the page was not loaded over a safe connection. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/u, "$1-$2-$3-$4-");
}

/** Longer than the service takes for any answer, in milliseconds. */
const PATIENCE = 35_000;

let signedOut = null;

/** Calls `listener`, once, when the service does not know the session any more. */
export function onSignedOut(listener) {
  signedOut = listener;
}

async function ask(address, options) {
  let response;
  let body;
  try {
    response = await fetch(address, { ...options, credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE) });
    body = await response.text();
  } catch {
    throw new ServiceError({ code: "unreachable" });
  }
  if (response.ok) return body === "" ? null : JSON.parse(body);
  const error = new ServiceError({
    status: response.status,
    code: `http_${response.status}`,
    retryAfter: Number(response.headers.get("retry-after")) || null,
    ...errorOf(body),
  });
  if (error.status === 401 && error.code !== "wrong_password") {
    const tell = signedOut;
    signedOut = null;
    tell?.();
  }
  throw error;
}

function errorOf(body) {
  try {
    const { code, message, details } = JSON.parse(body).error;
    return { code, message, details };
  } catch {
    // A proxy in between answered in its own words; the status has to do.
    return {};
  }
}
