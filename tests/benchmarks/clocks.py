"""What the benchmarks of pages share: a browser on two cores, clocks inside the page, percentiles."""

import os
import statistics
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from playwright.sync_api import Browser, sync_playwright

from tests.chromium import FLAGS, find_chromium

CORES = 2
# Runs in every page. `bench.done` resolves with milliseconds from an event to the end of the frame that shows it: a
# message posted in the frame's own callback arrives once that frame is drawn.
CLOCKS = """
const bench = (globalThis.bench = { at: 0, work: 0, done: null });
const painted = (since, then) => requestAnimationFrame((frame) => {
  const begun = performance.now();
  const channel = new MessageChannel();
  channel.port1.onmessage = () => then(performance.now() - since, performance.now() - begun);
  channel.port2.postMessage(0);
});
bench.painted = painted;
bench.arm = (type, target, effect) => {
  bench.done = new Promise((resolve) => {
    addEventListener(type, (event) => {
      const since = event.timeStamp;
      const end = (value) => painted(since, (total, frame) => resolve({ total, frame, value }));
      if (!effect) end();
      else if (effect.startsWith("on")) {
        document.addEventListener(effect.slice(2), () => end(), { capture: true, once: true });
      } else {
        const watched = document.querySelector(effect);
        const before = watched.textContent;
        const busy = () => watched.hasAttribute("aria-busy");
        const seen = new MutationObserver(() => {
          if (busy()) return;
          seen.disconnect();
          end(watched.textContent !== before);
        });
        seen.observe(watched, { attributes: true, childList: true, characterData: true, subtree: true });
      }
    }, { capture: true, once: true });
  });
};
bench.first = new Promise((resolve) => {
  document.addEventListener("drawn", () => painted(0, resolve), { capture: true, once: true });
});
"""


def two_cores() -> int:
    """Keep this process and its children to two cores, where there are more and the system allows it."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start a headless Chromium, without which there is nothing to measure."""
    with sync_playwright() as playwright:
        path = find_chromium(playwright)
        if path is None:
            raise SystemExit("no Chromium: install it, or set CHROMIUM to its path")
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def summary(milliseconds: Sequence[float]) -> dict[str, float]:
    """Return number, median, 95th percentile and maximum."""
    ordered = sorted(milliseconds)
    return {
        "n": len(ordered),
        "p50_ms": round(statistics.median(ordered), 1),
        "p95_ms": round(ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))], 1),
        "max_ms": round(ordered[-1], 1),
    }
