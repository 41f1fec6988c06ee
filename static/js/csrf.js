// Requests to our own server: the CSRF token, a time limit, and answers told apart by what to do next.

const TIMEOUT_MS = 15000;

/** Read afresh at every request: a login in another tab changes it. */
export function csrfToken() {
  const found = document.cookie.match(/(?:^|;\s*)csrftoken=([^;]+)/);
  return found ? decodeURIComponent(found[1]) : "";
}

/**
 * Send a request and return {outcome, status, data, detail, wait}. Outcomes: "ok"; "rejected" (the request is wrong and
 * stays wrong); "session" (log in again); "later" (server or network away, or busy; `wait` seconds if it said so).
 */
export async function call(url, { method = "GET", data = null, headers = {}, keepalive = false } = {}) {
  let response;
  try {
    response = await fetch(url, {
      method,
      credentials: "same-origin",
      keepalive, // sent to the end though the page is left
      redirect: "manual", // a redirect of these requests is one to the login page
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: {
        Accept: "application/json",
        ...(data === null ? {} : { "Content-Type": "application/json", "X-CSRFToken": csrfToken() }),
        ...headers,
      },
      body: data === null ? undefined : JSON.stringify(data),
    });
  } catch {
    return { outcome: "later", status: 0, data: null, detail: "the server does not answer", wait: null };
  }
  return read(response);
}

async function read(response) {
  if (response.type === "opaqueredirect") {
    return { outcome: "session", status: 302, data: null, detail: "your session has ended", wait: null };
  }
  const data = await body(response);
  const outcome = outcomeOf(response.status, data);
  const fallback = outcome === "session" ? "your session has ended" : `the server answered ${response.status}`;
  const detail = data?.detail ?? fallback;
  const wait = Number(response.headers.get("Retry-After")) || null;
  return { outcome, status: response.status, data, detail, wait };
}

async function body(response) {
  if (!response.headers.get("Content-Type")?.startsWith("application/json")) return null;
  try {
    return await response.json();
  } catch {
    return null; // cut off on the way
  }
}

function outcomeOf(status, data) {
  if (status >= 200 && status < 300) return data === null ? "later" : "ok";
  if (status === 401 || status === 403) return "session";
  if (status === 408 || status === 429 || status >= 500) return "later";
  return "rejected";
}
