"""Time the cockpit in headless Chromium on a site with 100,000 candidates of 10 nights, on two cores. Prints JSON.

.venv/bin/python tests/benchmarks/cockpit.py                          (after ./run test, which installs Playwright)
    --database postgres://user@host/name    an empty database; SQLite without it
    --home DIR                              keep the site there, and use it again
    --decisions 200 --candidates 100000 --nights 10 --distinct 600
"""

import argparse
import json
import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from playwright.sync_api import Browser, Page, expect

from tests.benchmarks.clocks import CLOCKS, chromium, summary, two_cores
from tests.site import PASSWORD, ROOT, Site, free_port, wait_for_port

PACE_MS = 400  # between two decisions: faster than people
TARGETS = {
    "next_candidate": {"p50_ms": 50, "p95_ms": 100},
    "first_load": {"p50_ms": 1000},
    "repaint": {"p95_ms": 16},
    "counts": {"p95_ms": 300},
}


def main() -> int:
    """Build the site, drive it, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database")
    parser.add_argument("--home")
    parser.add_argument("--decisions", type=int, default=200)
    parser.add_argument("--candidates", type=int, default=100_000)
    parser.add_argument("--nights", type=int, default=10)
    parser.add_argument("--distinct", type=int, default=600)
    given = parser.parse_args()
    figures: dict[str, Any] = {"cores": two_cores(), "load_before": round(os.getloadavg()[0], 1), "targets": TARGETS}
    with ExitStack() as stack:
        home = given.home or stack.enter_context(tempfile.TemporaryDirectory())
        database = given.database or f"sqlite:///{home}/db.sqlite3"
        figures["database"] = database.split(":")[0]
        site = Site(STATE_DIR=home, DATABASE_URL=database, SCORING_BATCH="128", SCORING_THREADS="2")
        figures["site"] = build(site, Path(home) / "site.json", given)
        port = free_port()
        stack.enter_context(site.running("manage.py", "serve", "--no-worker", "--port", str(port)))
        wait_for_port(port)
        browser = stack.enter_context(chromium())
        figures |= measure(browser, f"http://127.0.0.1:{port}", given.decisions)
        figures["load_after"] = round(os.getloadavg()[0], 1)
    print(json.dumps(figures, indent=2))
    return 0


def build(site: Site, kept: Path, given: argparse.Namespace) -> dict[str, Any]:
    """Fill the site unless it is filled, and say with what."""
    if not kept.exists():
        site.prepared()
        sizes = [f"--{name}={getattr(given, name)}" for name in ("candidates", "nights", "distinct")]
        kept.write_text(site.python(str(ROOT / "tests/benchmarks/large_site.py"), *sizes))
    filled: dict[str, Any] = json.loads(kept.read_text())
    return filled


def measure(browser: Browser, address: str, decisions: int) -> dict[str, Any]:
    """Log in once for each part, with a cold cache, and measure it."""
    left = standing(open_page(browser, address))[1]
    if left <= decisions:
        raise SystemExit(f"expected more than {decisions} candidates left, but came {left}: give a new --home")
    parts = {"first_load": first_loads, "counts": counts, "repaint": repaints}
    found = {name: part(open_page(browser, address)) for name, part in parts.items()}
    return {"next_candidate": next_candidates(open_page(browser, address), decisions)} | found


def open_page(browser: Browser, address: str) -> Page:
    """Log in with an empty cache; motion is reduced, so that blinking goes by hand and can be timed."""
    context = browser.new_context(
        base_url=address, viewport={"width": 1280, "height": 800}, reduced_motion="reduce", color_scheme="dark"
    )
    context.add_init_script(CLOCKS)
    page = context.new_page()
    page.goto("/login/")
    page.get_by_label("User name").fill("vera")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/scan/**")
    return page


def next_candidates(page: Page, decisions: int) -> dict[str, Any]:
    """Time from the key that labels to the end of the frame that shows the next candidate."""
    page.evaluate("bench.first")
    before = standing(page)[0]
    totals = []
    for _ in range(decisions):
        page.wait_for_timeout(PACE_MS)
        page.evaluate('bench.arm("keydown", null, "ondrawn")')
        page.keyboard.press("8")
        totals.append(page.evaluate("bench.done")["total"])
    page.wait_for_timeout(2000)  # the last labels are on their way
    page.reload()
    page.evaluate("bench.first")
    saved = standing(page)[0] - before
    if saved != decisions:
        raise SystemExit(f"{decisions} decisions were made and {saved} are saved: nothing was measured")
    return summary(totals) | {"labels_saved": saved}


def standing(page: Page) -> tuple[int, int]:
    """Read from the page how many the vetter has judged of this night, and how many are left."""
    counts = page.locator("#counts")
    expect(counts).to_contain_text("left")
    done, left = (int(part.split()[0].replace(",", "")) for part in counts.inner_text().split("·"))
    return done, left


def first_loads(page: Page) -> dict[str, Any]:
    """Time from the start of the navigation to the first candidate drawn, the cache of the browser empty each time."""
    session = page.context.new_cdp_session(page)
    totals = []
    for _ in range(7):
        session.send("Network.clearBrowserCache")
        page.goto("/scan/")
        totals.append(page.evaluate("bench.first"))
    return summary(totals)


def repaints(page: Page) -> dict[str, Any]:
    """Work of a key that changes the picture: its handlers and the frame after it, without the wait between."""
    page.evaluate("bench.first")
    return {
        name: summary([repaint(page, key) for _ in range(40)])
        for name, key in (("stretch", "t"), ("blink", "b"), ("invert", "i"))
    }


def repaint(page: Page, key: str) -> float:
    """Send a key inside the page, so that its handlers can be timed alone."""
    work: float = page.evaluate(
        """async (key) => {
            bench.arm("keydown");
            const begun = performance.now();
            const sent = { key, code: `Key${key.toUpperCase()}`, bubbles: true, cancelable: true };
            document.body.dispatchEvent(new KeyboardEvent("keydown", sent));
            const handlers = performance.now() - begun;
            return handlers + (await bench.done).frame;
        }""",
        key,
    )
    return work


def counts(page: Page) -> dict[str, Any]:
    """Time from a slider's move to the counts of what it gains and loses, of one night and of all."""
    night = page.locator("#scan").get_attribute("data-night")
    return {"tonight": moved(page, f"/candidates/?night={night}"), "all_nights": moved(page, "/candidates/")}


def moved(page: Page, path: str) -> dict[str, Any]:
    """Move two sliders in turn by keyboard."""
    page.goto(path)
    page.wait_for_timeout(1500)
    totals = []
    for name, times in (("rb", 15), ("kd", 15)):
        page.locator(f"[data-slides={name}_min]").focus()
        for _ in range(times):
            page.evaluate('bench.arm("input", null, "[data-gains]")')
            page.keyboard.press("ArrowRight")
            totals.append(page.evaluate("bench.done")["total"])
    return summary(totals)


if __name__ == "__main__":
    sys.exit(main())
