"""Two vetters side by side at the speed of a person, with the network cut for one of them in the middle.

Short in the check. In full, on real candidates where the real nights are beside the project:

    TWO_VETTERS=200 SECONDS=2 CUT=30 ./run test tests/browser/test_two_vetters.py -s
"""

import json
import os
import time
from collections import Counter

import pytest
from playwright.sync_api import Page, expect

from scoring.readers import discover
from tests import factories
from tests.browser.conftest import log_in
from tests.browser.test_scan import drawn, make_night, saved
from tests.conftest import REAL_DATA
from vetting.campaigns.models import Label
from vetting.candidates.models import Candidate, State
from vetting.ingest.services import night_ingest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(3600)]

COUNT = int(os.environ.get("TWO_VETTERS", "24"))
SECONDS = float(os.environ.get("SECONDS", "0.1"))
CUT = float(os.environ.get("CUT", "3"))
CLASSES = "12345678n"


class Person:
    """A vetter at the keyboard, who remembers what was pressed for which candidate."""

    def __init__(self, page: Page, name: str) -> None:
        self.page, self.pressed, self.seconds = page, {}, []
        log_in(page, name)
        drawn(page)

    def decide(self) -> bool:
        """Label what is shown, if its pixels are there; False where there is nothing to label now."""
        viewer = self.page.locator("streak-viewer")
        if not viewer.is_visible() or viewer.get_attribute("data-state") != "drawn":
            return False
        source = self.page.locator("#facts h2 a").inner_text().split()[-1]
        key = CLASSES[len(self.pressed) % len(CLASSES)]
        start = time.monotonic()
        self.page.keyboard.press(key)
        self.seconds.append(time.monotonic() - start)
        assert source not in self.pressed, "a candidate that was judged came again"
        self.pressed[source] = key
        return True

    @property
    def is_done(self) -> bool:
        return self.page.get_by_role("heading", name="Night done").is_visible()


def real_candidates(count: int) -> None:
    """Take in exposures of the real nights until there are enough, and leave as many in the queue of one night."""
    for path in sorted((REAL_DATA / "ztf-streaks" / "nights").iterdir()):
        night_ingest(path, discover(path), on_source=lambda: None)
        if Candidate.objects.count() >= count:
            break
    kept = list(Candidate.objects.order_by("pk").values_list("pk", flat=True)[:count])
    Candidate.objects.exclude(pk__in=kept).update(state=State.REJECTED)
    Candidate.objects.filter(pk__in=kept).update(state=State.QUEUED, night="2018-07-01")
    for place, row in enumerate(Candidate.objects.filter(pk__in=kept)):
        factories.make_score(row, p_asteroid=0.9 - place / 1000)


@pytest.fixture
def two(new_page, vetter):
    if COUNT >= 100 and REAL_DATA.is_dir():
        real_candidates(COUNT)
    else:
        make_night(COUNT)
    factories.make_user("jan")
    return Person(new_page(), "vera"), Person(new_page(), "jan")


def test_no_label_is_lost_or_doubled_and_no_candidate_given_to_both(two):
    one, other = two
    cut, is_cut = None, False
    begun = time.monotonic()
    while not (one.is_done and other.is_done):
        if cut is None and len(one.pressed) >= COUNT // 8:
            one.page.context.set_offline(True)
            cut, is_cut = time.monotonic(), True
        if is_cut and time.monotonic() - cut >= CUT:
            one.page.context.set_offline(False)
            is_cut = False
        moved = [person.decide() for person in two]
        time.sleep(SECONDS if any(moved) else 0.05)
        assert time.monotonic() - begun < 120 + 3 * COUNT * (SECONDS + 1) + CUT, "the night does not end"
    for person in two:
        saved(person.page)
    labels = Counter(Label.objects.values_list("candidate__source_id", flat=True))
    pressed = Counter([*one.pressed, *other.pressed])
    figures = {
        "candidates": COUNT,
        "labels": labels.total(),
        "lost": len(pressed.keys() - labels.keys()),
        "doubled": sum(number > 1 for number in labels.values()),
        "given_to_both": len(one.pressed.keys() & other.pressed.keys()),
        "by_each": [len(one.pressed), len(other.pressed)],
        "network_cut_s": CUT,
        "seconds": round(time.monotonic() - begun, 1),
    }
    print(json.dumps(figures))  # noqa: T201 (the figures of the run)
    assert labels == pressed
    assert (labels.total(), figures["doubled"], figures["given_to_both"]) == (COUNT, 0, 0)
    expect(one.page.locator("#unsaved")).to_be_hidden()
