"""Time the viewer's repaints in headless Chromium: three frames of 157 x 157 px at the size of the screen. Prints JSON.

.venv/bin/python tests/benchmarks/viewer_repaint.py          (after ./run test, which installs Playwright)
    --times 60 --widths 1280 2560 --scale 1
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from playwright.sync_api import Browser

from tests.benchmarks.clocks import chromium, summary, two_cores
from tests.site import PASSWORD, ROOT, Site, free_port, wait_for_port

TARGET = {"p95_ms": 16}
ACTIONS = {
    "stretch": "stretch",
    "limits": "limits",
    "colours": "colours",
    "invert": "invert",
    "blink": "blink",  # motion is reduced: each call is one change
    "contrast_drag": "moreContrast",
    "bias_drag": "moreBias",
    "zoom": "zoomIn",
    "marks": "marks",
    "one_or_all": "layout",
}
# The work of an action and of the frame after it, to the message that follows the frame; the wait between is left out.
REPAINT = """(name) => new Promise((resolve) => {
  const viewer = document.querySelector("streak-viewer");
  const begun = performance.now();
  viewer.run(name);
  const handled = performance.now() - begun;
  requestAnimationFrame((frame) => {
    const started = frame < begun ? begun : Math.min(performance.now(), Math.max(frame, begun + handled));
    const channel = new MessageChannel();
    channel.port1.onmessage = () => resolve(handled + performance.now() - started);
    channel.port2.postMessage(0);
  });
})"""


def main() -> int:
    """Make a small site, repaint, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=60)
    parser.add_argument("--widths", type=int, nargs="+", default=[1280, 2560])
    parser.add_argument("--scale", type=float, default=1.0, help="pixels of the screen for one of CSS")
    given = parser.parse_args()
    figures: dict[str, Any] = {"cores": two_cores(), "load": round(os.getloadavg()[0], 1), "target": TARGET}
    with tempfile.TemporaryDirectory() as home, chromium() as browser:
        site = Site(STATE_DIR=home, DATABASE_URL=f"sqlite:///{home}/db.sqlite3").prepared()
        site.python(str(ROOT / "tests/benchmarks/large_site.py"), "--candidates=20", "--nights=1", "--distinct=10")
        port = free_port()
        with site.running("manage.py", "serve", "--no-worker", "--port", str(port)):
            wait_for_port(port)
            for width in given.widths:
                figures[f"{width}px"] = measure(browser, f"http://127.0.0.1:{port}", width, given)
    print(json.dumps(figures, indent=2))
    return 0


def measure(browser: Browser, address: str, width: int, given: argparse.Namespace) -> dict[str, Any]:
    """Repaint by every action in a window of one width; say how large the frames are."""
    page = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": width * 9 // 16},
        device_scale_factor=given.scale,
        reduced_motion="reduce",
    ).new_page()
    page.goto("/login/")
    page.get_by_label("User name").fill("vera")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/scan/**")
    page.locator("streak-viewer[data-state=drawn]").wait_for()
    sides = page.evaluate("document.querySelector('streak-viewer').stage.panels.map(({ side }) => side)")
    found = {}
    for name, action in ACTIONS.items():
        found[name] = summary([page.evaluate(REPAINT, action) for _ in range(given.times)])
        page.evaluate("document.querySelector('streak-viewer').run('reset')")
    return {"frames": len(sides), "frame_px": round(sides[0] * given.scale), **found}


if __name__ == "__main__":
    sys.exit(main())
