import uuid

import pytest

from tests import factories
from vetting.campaigns.comments import comment_save, mentions_unread, parts_of, people_named
from vetting.campaigns.models import Campaign, Comment, Mention
from vetting.common import ApplicationError, ConflictError

pytestmark = pytest.mark.django_db
COMMENTS = "/api/v1/comments/"


@pytest.fixture
def cast():
    return factories.make_cast()


@pytest.fixture
def candidate():
    return factories.make_candidate()


def say(candidate, author, text, **over):
    return comment_save(candidate, author=author, **({"uuid": uuid.uuid4(), "text": text} | over))


def kinds(text, candidate, author):
    comment = say(candidate, author, text)
    return [(part.kind, part.text) for part in parts_of([comment])[comment.pk]]


def test_who_is_named_is_told_once_and_the_author_is_not(cast, candidate):
    say(candidate, cast.vetter, "@jan and @jan again, see @vera and @nobody")
    assert list(Mention.objects.values_list("user__username", flat=True)) == ["jan"]
    assert mentions_unread(cast.second_vetter) == 1


def test_only_people_who_can_log_in_are_named(cast, candidate):
    say(candidate, cast.vetter, "@otto look")
    assert not Mention.objects.exists()
    assert people_named("") == ["jan", "mira", "vera"]


def test_names_and_candidates_that_exist_become_parts_and_the_rest_stays_text(cast, candidate):
    found = kinds(f"@jan, like #{candidate.pk}; not @nobody #999999 a@jan.org &#{candidate.pk}", candidate, cast.vetter)
    assert [part for part in found if part[0] != "text"] == [("person", "@jan"), ("candidate", f"#{candidate.pk}")]
    assert "".join(text for _, text in found).endswith(f"a@jan.org &#{candidate.pk}")


def test_a_full_stop_after_a_name_ends_it(cast, candidate):
    assert ("person", "@jan") in kinds("Ask @jan.", candidate, cast.vetter)


def test_a_comment_sent_twice_is_one_row_and_tells_once(cast, candidate):
    sent = uuid.uuid4()
    for _ in range(2):
        say(candidate, cast.vetter, "@jan", uuid=sent)
    assert (Comment.objects.count(), Mention.objects.count()) == (1, 1)


def test_a_uuid_that_comes_back_with_another_text_is_refused(cast, candidate):
    comment = say(candidate, cast.vetter, "one")
    with pytest.raises(ConflictError):
        say(candidate, cast.vetter, "two", uuid=comment.uuid)


@pytest.mark.parametrize("text", ["", "  \n", "x" * 2001, "a\0b", " ".join(f"@a{n}" for n in range(30))])
def test_empty_too_long_and_broken_comments_are_refused(cast, candidate, text):
    with pytest.raises(ApplicationError, match="expected"):
        say(candidate, cast.vetter, text)


def test_mark_up_is_shown_as_it_was_written(client, cast, candidate):
    say(candidate, cast.vetter, "@jan <script>alert(1)</script>")
    client.force_login(cast.second_vetter)
    content = client.get("/for-me/").content.decode()
    assert "&lt;script&gt;alert(1)" in content
    assert "<script>alert" not in content


def test_the_navigation_counts_what_is_unread_until_it_is_read(client, cast, candidate):
    say(candidate, cast.vetter, "@jan")
    client.force_login(cast.second_vetter)
    assert 'class="unread"' in client.get("/keys/").content.decode()
    client.post("/for-me/read/")
    assert 'class="unread"' not in client.get("/keys/").content.decode()


def test_the_api_writes_lists_and_takes_back(cast, candidate):
    api = factories.make_api(cast.vetter)
    sent = {"uuid": str(uuid.uuid4()), "candidate": candidate.pk, "text": "@jan a satellite?"}
    assert [api.post(COMMENTS, sent).status_code for _ in range(2)] == [201, 200]
    (row,) = api.get(COMMENTS, {"candidate": candidate.pk}).json()["results"]
    assert (row["author"], row["parts"][0]) == ("vera", {"kind": "person", "text": "@jan", "href": ""})
    assert api.post(f"{COMMENTS}{row['uuid']}/withdraw/").status_code == 200
    assert api.get(COMMENTS).json()["count"] == mentions_unread(cast.second_vetter) == 0


def test_nobody_takes_back_the_comment_of_another(cast, candidate):
    comment = say(candidate, cast.vetter, "mine")
    assert factories.make_api(cast.second_vetter).post(f"{COMMENTS}{comment.uuid}/withdraw/").status_code == 400
    assert Comment.objects.get().withdrawn_at is None


def test_comments_of_others_wait_for_the_vote_of_a_blind_campaign(cast, candidate):
    Campaign.objects.filter(is_default=True).update(blindness="first_vote")
    say(candidate, cast.vetter, "@jan a ghost")
    api = factories.make_api(cast.second_vetter)
    assert (api.get(COMMENTS).json()["count"], mentions_unread(cast.second_vetter)) == (0, 0)
    factories.make_label(candidate, cast.second_vetter)
    assert (api.get(COMMENTS).json()["count"], mentions_unread(cast.second_vetter)) == (1, 1)


def test_people_are_completed_by_how_their_names_begin(cast):
    assert factories.make_api(cast.vetter).get("/api/v1/people/", {"start": "M"}).json() == ["mira"]
