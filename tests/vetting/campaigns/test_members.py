import pytest

from tests import factories
from vetting.campaigns.members import member_strip

pytestmark = pytest.mark.django_db
NETWORKS = ("vgg6", "resnet50", "densenet121")


def strip(members, thresholds, **over):
    ensemble = factories.make_ensemble(description={"thresholds": thresholds})
    return member_strip(factories.make_score(factories.make_candidate(), ensemble=ensemble, members=members, **over))


def nine(value):
    return {family: {f"{family}_{name}": value for name in NETWORKS} for family in ("rb", "sl", "kd")}


def test_nine_members_make_three_rows_of_three():
    found = strip({name: 0.9 for members in nine(0).values() for name in members}, nine(0.5))
    assert [[member.network for member in row.members] for row in found.rows] == [list(NETWORKS)] * 3
    assert found.flip.startswith("no single member")


def test_one_network_with_three_heads_makes_one_column():
    thresholds = {"rb": {"compact": 0.5}, "sl": {"compact": 0.5}, "kd": {"compact": 0.9}}
    found = strip({"compact:rb": 0.8, "compact:sl": 0.7, "compact:kd": 0.6}, thresholds, plausible=False)
    assert [row.members[0].value for row in found.rows] == [0.8, 0.7, 0.6]
    assert [row.members[0].flips for row in found.rows] == [False, False, True]
    assert found.flip == "kd at or above its threshold"


def test_the_only_member_that_passes_in_its_family_would_turn_the_verdict():
    members = {name: 0.9 for each in nine(0).values() for name in each} | {"kd_vgg6": 0.1, "kd_resnet50": 0.1}
    assert strip(members, nine(0.5)).flip == "kd of densenet121 below its threshold"


def test_two_families_that_fail_are_named():
    thresholds = {"rb": {"a_rb": 0.5}, "sl": {"a_sl": 0.5}, "kd": {"a_kd": 0.5}}
    found = strip({"a_rb": 0.9, "a_sl": 0.1, "a_kd": 0.1}, thresholds, plausible=False)
    assert (found.flip, found.rows[0].members[0].network) == ("no single member: sl and kd all fail", "a")


@pytest.mark.parametrize("members", [{}, {"a_rb": 0.9}])
def test_without_every_members_score_there_is_no_strip(members):
    assert strip(members, {"rb": {"a_rb": 0.5}, "kd": {"a_kd": 0.5}}) is None


def test_what_cannot_be_scored_has_no_strip():
    assert strip({"a": 0.5}, {"rb": {"a": 0.5}}, plausible=None, p_asteroid=None, reason="flat cutout") is None
