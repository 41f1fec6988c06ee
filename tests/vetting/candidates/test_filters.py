import pytest

from scoring.families import FineClass
from tests import factories as make
from vetting.campaigns.models import Campaign
from vetting.candidates.filters import RANGES, SORT_CHOICES, CandidateFilter
from vetting.candidates.models import Candidate, State
from vetting.candidates.selectors import scored

pytestmark = pytest.mark.django_db


def found(**query):
    return list(CandidateFilter({key: str(value) for key, value in query.items()}, queryset=scored()).qs)


@pytest.fixture
def three():
    """Make a likely asteroid, an unlikely one, and one that is not scored."""
    likely, unlikely, unscored = (make.make_candidate(length=length) for length in (20, 40, None))
    make.make_score(likely, p_asteroid=0.9, rb=0.8, sl=0.7, kd=0.6)
    make.make_score(unlikely, p_asteroid=0.1, rb=0.2, sl=0.3, kd=0.4)
    return likely, unlikely, unscored


def test_the_most_likely_asteroid_comes_first_and_the_unscored_last(three):
    assert found() == list(three)


def test_the_unscored_come_last_when_sorted_the_other_way_round(three):
    likely, unlikely, unscored = three
    assert found(sort="p_asteroid") == [unlikely, likely, unscored]
    assert found(sort="-length") == [unlikely, likely, unscored]


@pytest.mark.parametrize("sort", [choice for choice, _ in SORT_CHOICES])
def test_every_order_gives_every_candidate(three, sort):
    assert len(found(sort=sort)) == 3


@pytest.mark.parametrize("sort", ["password", "consensus__campaign", "-pk", "?", "--rb"])
def test_only_listed_columns_sort(three, sort):
    assert found(sort=sort) == []


@pytest.mark.parametrize("name", [*RANGES])
def test_a_range_keeps_what_lies_within_and_drops_the_unknown(name):
    low, high, unknown = (make.make_candidate(length=size, rate=size, snr=size) for size in (0.2, 0.8, None))
    for candidate, size in ((low, 0.2), (high, 0.8)):
        make.make_score(candidate, rb=size, sl=size, kd=size, p_asteroid=size)
    assert found(**{f"{name}_min": 0.5}) == [high]
    assert found(**{f"{name}_max": 0.5}) == [low]
    assert unknown in found()


@pytest.mark.parametrize("value", ["x", "nan", "inf", "1;drop", "0x10"])
def test_a_bound_that_is_no_number_finds_nothing(three, value):
    assert found(length_min=value) == []


def test_a_bound_beyond_all_numbers_is_no_error(three):
    assert found(length_min="1e400") == []


def test_nights_are_filtered_one_or_several():
    days = [make.make_candidate(mjd_mid=58300.2 + day) for day in range(3)]
    assert found(night="2018-07-02") == [days[1]]
    assert found(night_min="2018-07-02", sort="time") == days[1:]
    assert found(night_max="2018-07-02", sort="time") == days[:2]


def test_states_are_filtered():
    queued, rejected = make.make_candidate(), make.make_candidate(state=State.REJECTED)
    assert found(state="rejected") == [rejected]
    assert found(state="queued") == [queued]
    assert found(state="vetoed") == []


def test_labels_are_filtered_by_the_consensus_of_the_default_campaign():
    vetter, (ghost, asteroid, other) = make.make_user("vera"), (make.make_candidate() for _ in range(3))
    make.make_label(ghost, vetter, FineClass.GHOST)
    make.make_label(asteroid, vetter, FineClass.ASTEROID)
    make.make_label(other, vetter, FineClass.GHOST, campaign=Campaign.objects.create(name="another"))
    assert found(label="ghost") == [ghost]
    assert found(label="none") == [other]


def test_an_undecided_consensus_is_no_label():
    candidate = make.make_candidate()
    make.make_label(candidate, make.make_user("vera"), FineClass.UNSURE)
    assert found(label="none") == [candidate]


def test_identifiers_are_found_by_their_first_digits():
    one = make.make_candidate(source_id="4720409930150001")
    make.make_candidate(source_id="9994720409930150")
    assert found(source_id="47204") == [one]


def test_exposures_are_filtered_whole():
    one = make.make_candidate(exposure="ztf_1")
    make.make_candidate(exposure="ztf_12")
    assert found(exposure="ztf_1") == [one]


def test_names_that_are_no_filters_are_ignored(three):
    assert found(consensus__campaign__labels__vetter__password__startswith="p", id=1) == list(three)


def test_only_the_active_ensemble_speaks():
    candidate = make.make_candidate()
    make.make_score(candidate, p_asteroid=0.2)
    make.make_score(candidate, ensemble=make.make_ensemble(is_active=False), p_asteroid=0.99)
    assert [row.p_asteroid for row in found()] == [0.2]


def test_without_an_active_ensemble_all_are_unscored():
    make.make_score(make.make_candidate(), ensemble=make.make_ensemble(is_active=False))
    assert [row.p_asteroid for row in found()] == [None]


def test_a_heading_turns_the_order_of_its_own_column_round():
    headings = {heading.title: heading for heading in CandidateFilter({"sort": "-rb"}, queryset=scored()).headings()}
    assert (headings["rb"].direction, headings["rb"].next) == ("descending", "rb")
    assert (headings["kd"].direction, headings["kd"].next) == ("", "-kd")
    assert headings["State"].next == "state"


def test_the_form_opens_where_a_hidden_filter_is_set():
    def form(**query):
        return CandidateFilter(query, queryset=Candidate.objects.none())

    assert form(rb_max="0.5").in_detail
    assert not form(state="queued", rb_min="").in_detail
    assert form(state="queued").is_set
    assert not form(sort="rb").is_set
