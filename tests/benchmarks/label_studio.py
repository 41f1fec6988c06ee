"""Time Label Studio's own labelling page on the images of the cockpit's benchmark, in the same browser. Prints JSON.

.venv/bin/python tests/benchmarks/label_studio.py --home DIR          (DIR: of cockpit.py --home)
    --environment DIR    where Label Studio is installed, or is to be; a temporary folder without it
    --decisions 200
"""

import argparse
import functools
import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from playwright.sync_api import Page

from scoring.families import FineClass
from tests.benchmarks.clocks import CLOCKS, chromium, summary, two_cores
from tests.site import PASSWORD, Site, free_port, wait_for_port

SIDE = 157  # px of a cutout, by which the page's image is known: Label Studio gives it an address of its own
PACE_MS = 400  # as in cockpit.py
LOGIN = "vera@example.org"
START_S = 900  # its first start makes a database
WRITE_IMAGES = """
from pathlib import Path
from vetting.candidates.models import Cutout
from vetting.candidates.services import cutout_decode
from vetting.candidates.thumbnails import thumbnail
rows = Cutout.objects.filter(kind="DIFF", candidate__scores__plausible__isnull=False).select_related("candidate")
rows = rows.distinct()[: {number}]
[Path("{folder}", f"{{row.pk}}.png").write_bytes(thumbnail(cutout_decode(row), {side})) for row in rows]
"""
# From the first key to the end of the frame that shows another image, loaded.
NEXT_IMAGE = """(side) => {
  const shown = () => [...document.images].find((image) => image.naturalWidth === side);
  const before = shown()?.src;
  bench.next = new Promise((resolve) => addEventListener("keydown", (event) => {
    const look = () => {
      const image = shown();
      if (image && image.src !== before && image.complete) bench.painted(event.timeStamp, resolve);
      else requestAnimationFrame(look);
    };
    look();
  }, { capture: true, once: true }));
}"""


class Images(http.server.SimpleHTTPRequestHandler):
    """Serve the images to another origin, quietly; the browser may keep them."""

    def end_headers(self) -> None:
        """Let Label Studio's page draw them."""
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Cache-Control", "max-age=3600")
        super().end_headers()

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


def main() -> int:
    """Install, start, fill and drive Label Studio; print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", required=True)
    parser.add_argument("--environment")
    parser.add_argument("--decisions", type=int, default=200)
    given = parser.parse_args()
    figures: dict[str, Any] = {"cores": two_cores(), "load_before": round(os.getloadavg()[0], 1)}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        environment = Path(given.environment) if given.environment else folder / "environment"
        install(environment)
        images = folder / "images"
        images.mkdir()
        site = Site(STATE_DIR=given.home, DATABASE_URL=f"sqlite:///{given.home}/db.sqlite3")
        code = WRITE_IMAGES.format(number=given.decisions + 20, folder=images, side=SIDE)
        site.manage("shell", "--no-imports", "-c", code)
        if (made := len(list(images.iterdir()))) <= given.decisions:
            raise SystemExit(f"expected more cutouts than decisions in {given.home}, but came {made}")
        origin = stack.enter_context(serving(images))
        address = stack.enter_context(label_studio(environment, folder))
        browser = stack.enter_context(chromium())
        page = browser.new_context(base_url=address, viewport={"width": 1280, "height": 800}).new_page()
        page.set_default_timeout(120_000)
        page.add_init_script(CLOCKS)
        figures["version"] = log_in(page)
        project = fill(page, [f"{origin}/{path.name}" for path in sorted(images.iterdir())])
        figures["next_image"] = next_images(page, project, given.decisions)
        figures["load_after"] = round(os.getloadavg()[0], 1)
    print(json.dumps(figures, indent=2))
    return 0


def install(environment: Path) -> None:
    """Install Label Studio from PyPI into an environment of its own, unless it is there."""
    if not (environment / "bin" / "label-studio").exists():
        subprocess.run([sys.executable, "-m", "venv", environment], check=True)
        pip = [environment / "bin" / "python", "-m", "pip", "install", "--quiet", "label-studio"]
        subprocess.run(pip, check=True, stdout=sys.stderr)


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a folder from this process."""
    handler = functools.partial(Images, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@contextmanager
def label_studio(environment: Path, folder: Path) -> Iterator[str]:
    """Start Label Studio on an empty database, without calls to anybody."""
    port = free_port()
    quiet = {"LATEST_VERSION_CHECK": "false", "COLLECT_ANALYTICS": "false", "SENTRY_DSN": "", "FRONTEND_SENTRY_DSN": ""}
    command = [environment / "bin" / "label-studio", "start", "--no-browser", "--port", str(port)]
    people = ["--username", LOGIN, "--password", PASSWORD]
    process = subprocess.Popen(
        [*command, *people],
        env=os.environ | quiet | {"LABEL_STUDIO_BASE_DATA_DIR": str(folder / "label-studio")},
        stdout=sys.stderr,
    )
    try:
        wait_for_port(port, seconds=START_S)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)


def log_in(page: Page) -> str:
    """Log in as its page wants it, and return the version."""
    page.goto("/user/login/")
    page.locator("input[name=email]").fill(LOGIN)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("button[type=submit]").first.click()
    page.wait_for_url(lambda url: "login" not in url)
    version: str = page.request.get("/api/version").json()["release"]
    return version


def fill(page: Page, images: list[str]) -> int:
    """Make a project of our classes with their digits as hotkeys, and import the images."""
    choices = "".join(f'<Choice value="{name}" hotkey="{digit}"/>' for digit, name in enumerate(FineClass, start=1))
    config = (
        f'<View><Image name="cutout" value="$image"/><Choices name="class" toName="cutout">{choices}</Choices></View>'
    )
    token = next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "csrftoken")
    headers = {"X-CSRFToken": token, "Referer": page.url}
    made = page.request.post("/api/projects/", data={"title": "streaks", "label_config": config}, headers=headers)
    project = int(made.json()["id"])
    tasks = [{"image": image} for image in images]
    answer = page.request.post(f"/api/projects/{project}/import", data=tasks, headers=headers, timeout=300_000)
    if not answer.ok:
        raise SystemExit(f"Label Studio took no tasks: {answer.status} {answer.text()[:300]}")
    return project


def next_images(page: Page, project: int, decisions: int) -> dict[str, Any]:
    """Time from the key of a class, with the key that submits right after it, to the next image."""
    page.goto(f"/projects/{project}/data?labeling=1")
    page.wait_for_function("side => [...document.images].some((image) => image.naturalWidth === side)", arg=SIDE)
    totals = []
    for _ in range(decisions):
        page.wait_for_timeout(PACE_MS)
        page.evaluate(NEXT_IMAGE, SIDE)
        page.keyboard.press("8")
        page.keyboard.press("Control+Enter")
        totals.append(page.evaluate("bench.next"))
    saved = page.request.get(f"/api/projects/{project}/").json()["num_tasks_with_annotations"]
    return summary(totals) | {"labels_saved": saved}


if __name__ == "__main__":
    sys.exit(main())
