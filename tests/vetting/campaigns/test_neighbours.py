import pytest

from tests import factories
from vetting.campaigns.models import Campaign, Descriptor
from vetting.campaigns.neighbours import descriptors_fill, neighbours_of
from vetting.campaigns.selectors import campaign_default

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return factories.make_cast()


def drawn_candidate(**over):
    row = factories.make_candidate(**over)
    factories.make_cutout(row)
    return row


def decided(vetter, fine_class="asteroid", **over):
    row = drawn_candidate(**over)
    factories.make_label(row, vetter, fine_class)
    descriptors_fill()
    return row


def found(candidate, user):
    return [
        (each.candidate, each.fine_class) for each in neighbours_of(candidate, campaign=campaign_default(), user=user)
    ]


def test_decided_candidates_are_described_once(cast):
    decided(cast.vetter)
    assert (Descriptor.objects.count(), descriptors_fill()) == (1, 0)


def test_what_shows_nothing_is_not_tried_again_and_never_a_neighbour(cast):
    factories.make_label(factories.make_candidate(), cast.vetter)
    assert (descriptors_fill(), descriptors_fill()) == (1, 0)
    assert found(drawn_candidate(), cast.vetter) == []


def test_at_most_six_decided_candidates_of_other_exposures_are_neighbours(cast):
    rows = [decided(cast.vetter) for _ in range(8)]
    one = drawn_candidate(exposure=rows[0].exposure)
    assert len(found(one, cast.vetter)) == 6
    assert rows[0] not in [row for row, _ in found(one, cast.vetter)]


def test_a_label_that_is_taken_back_is_no_neighbour(cast):
    row = decided(cast.vetter, "ghost")
    assert found(drawn_candidate(), cast.vetter) == [(row, "ghost")]
    row.consensus.update(fine_class="")
    assert found(drawn_candidate(), cast.vetter) == []


def test_a_blind_vetter_sees_no_label_that_is_sealed(client, cast):
    decided(cast.vetter, "ghost")
    Campaign.objects.filter(is_default=True).update(blindness="first_vote")
    one = drawn_candidate()
    assert found(one, cast.second_vetter) == []
    client.force_login(cast.second_vetter)
    assert "ghost" not in client.get("/scan/neighbours/", {"candidate": one.pk}).content.decode()


def test_the_page_shows_them_with_their_classes(client, cast):
    decided(cast.vetter, "cosmic_ray")
    client.force_login(cast.vetter)
    assert "cosmic ray" in client.get("/scan/neighbours/", {"candidate": drawn_candidate().pk}).content.decode()
