from importlib import import_module

import pytest
from django.apps import apps

from tests.factories import make_candidate, make_cast, make_label
from vetting.campaigns.models import Campaign, Consensus, GuidelineVersion, Label

pytestmark = pytest.mark.django_db
carry_over = import_module("vetting.campaigns.migrations.0006_what_stood_before").carry_over


@pytest.fixture
def before():
    """A site as it was: a decided candidate and an open one, without anything of what came later."""
    cast = make_cast()
    make_label(make_candidate(), cast.vetter)
    make_label(make_candidate(), cast.vetter, "unsure")
    Label.objects.update(guideline=None)
    GuidelineVersion.objects.all().delete()
    Campaign.objects.update(is_public=False)
    Consensus.objects.update(voted_class="", counted=[], retired_at=None, retirement="")
    carry_over(apps, None)


def test_campaigns_of_before_stay_open_to_every_login(before):
    assert Campaign.objects.get().is_public


def test_labels_of_before_point_to_the_first_guideline(before):
    assert {label.guideline.number for label in Label.objects.all()} == {1}


def test_what_was_decided_before_is_retired_by_its_labels(before):
    row = Consensus.objects.get(fine_class="asteroid")
    label = Label.objects.get(fine_class="asteroid")
    assert (row.voted_class, row.retirement, row.counted) == ("asteroid", "decided", [label.pk])
    assert row.retired_at is not None


def test_what_was_open_before_stays_open(before):
    assert Consensus.objects.get(fine_class="").retired_at is None
