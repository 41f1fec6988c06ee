// Frames of a candidate: one binary answer, read in place, kept for the few candidates around the one shown.

const KEPT = 40; // answers; three planes of 157 x 157 are 300 kB
const TIMEOUT_MS = 20000;
const cache = new Map(); // url → {promise, frames}; the order of a Map is the order of use

/** The pixels cannot be fetched now; another try may succeed. */
export class Unreachable extends Error {}

/** The server states that there are no pixels; another try would say the same. */
export class Missing extends Error {}

/** Fetch and decode, once for all who ask. A failed fetch is forgotten, so that the next call tries again. */
export function load(url) {
  const known = cache.get(url);
  if (known) {
    cache.delete(url);
    cache.set(url, known);
    return known.promise;
  }
  const entry = { frames: null, promise: null };
  entry.promise = get(url).then(
    (frames) => (entry.frames = frames),
    (error) => {
      cache.delete(url);
      throw error;
    },
  );
  cache.set(url, entry);
  for (const [oldest] of cache) {
    if (cache.size <= KEPT) break;
    cache.delete(oldest);
  }
  return entry.promise;
}

/** Frames that have already come, without waiting: a key press shows them in the same turn. */
export function peek(url) {
  return cache.get(url)?.frames ?? null;
}

async function get(url) {
  let response;
  try {
    response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch {
    throw new Unreachable("the server does not answer");
  }
  if (response.type === "opaqueredirect") throw new Unreachable("your session has ended: log in again");
  if (response.status === 404) throw new Missing("this candidate is not in the database");
  if (!response.ok) throw new Unreachable(`the server answered ${response.status}`);
  try {
    return decode(await response.arrayBuffer());
  } catch (error) {
    throw new Unreachable(`the pixels came damaged (${error.message})`);
  }
}

/** Decode the answer of /candidates/<id>/frames/: uint32 length, JSON header, float32 planes with row 0 at the bottom. */
export function decode(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const start = 4 + length;
  const shown = header.frames.filter((frame) => !frame.error);
  for (const frame of shown) {
    frame.pixels = new Float32Array(buffer, start + 4 * frame.offset, frame.width * frame.height);
  }
  return { ...header, shown, broken: header.frames.filter((frame) => frame.error) };
}
