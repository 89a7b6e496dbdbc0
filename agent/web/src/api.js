// The gateway, as the pages see it: one session, JSON, and problems as errors with words.

export const session = { csrf: null, name: "", role: "", domains: [], version: "" };

class Problem extends Error {
  constructor(status, doc) {
    super(doc.detail || "the gateway answered " + status);
    this.status = status;
    this.doc = doc;
  }
}

// Called when the session has ended: the application shows the login.
let ended = () => {};
export function onEnd(fn) {
  ended = fn;
}

async function call(method, path, body) {
  const headers = {};
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (method !== "GET" && session.csrf) headers["X-CSRF-Token"] = session.csrf;
  let r;
  try {
    r = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), credentials: "same-origin" });
  } catch {
    throw new Problem(0, { detail: "the gateway cannot be reached" });
  }
  const text = await r.text();
  let doc = {};
  try {
    doc = text ? JSON.parse(text) : {};
  } catch {
    doc = { detail: text };
  }
  // A wish that failed is an answer, not an error: its report says why.
  if (!r.ok && doc.kind !== "Wish") {
    if (r.status === 401 && path !== "/ui/session") ended();
    throw new Problem(r.status, doc);
  }
  return doc;
}

export const get = (path) => call("GET", "/api/v1/" + path);
export const remove = (path) => call("DELETE", "/api/v1/" + path);
export const post = (path, body) => call("POST", "/api/v1/" + path, body || {});

// Every object of a list, page by page, at most `most`.
export async function list(path, most = 2000) {
  const out = [];
  let next = "";
  do {
    const join = path.includes("?") ? "&" : "?";
    const page = await get(path + (next ? join + "continue=" + encodeURIComponent(next) : ""));
    out.push(...(page.items || []));
    next = (page.metadata && page.metadata.continue) || "";
  } while (next && out.length < most);
  return out;
}

export async function login(key) {
  Object.assign(session, await call("POST", "/ui/session", { key }));
}
// Issuers at which one can log in instead: [{ name, label }].
export const issuers = () => call("GET", "/ui/logins").then((doc) => doc.items || [], () => []);
export async function resume() {
  Object.assign(session, await call("GET", "/ui/session"));
}
export async function logout() {
  await call("DELETE", "/ui/session");
  session.csrf = null;
}
