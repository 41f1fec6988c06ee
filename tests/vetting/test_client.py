import json
import threading
import uuid
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.factories import (
    PASSWORD,
    make_campaign,
    make_candidate,
    make_cast,
    make_default_campaign,
    make_pool,
    make_token,
)
from vetting.campaigns.models import Label
from vetting.client import Client, ClientError

QUICK = (0.01, 0.01)


@pytest.fixture
def cast(transactional_db):
    make_default_campaign()
    return make_cast()


@pytest.fixture
def client(live_server, cast):
    return Client(live_server.url, make_token(cast.vetter, "read", "label"), patience=QUICK)


def test_a_password_gives_a_client(live_server, cast):
    assert [c.is_default for c in Client.login(live_server.url, "vera", PASSWORD).campaigns()] == [True]


def test_a_wrong_password_says_so(live_server, cast):
    with pytest.raises(ClientError) as caught:
        Client.login(live_server.url, "vera", "wrong")
    assert (caught.value.status, "non_field_errors" in caught.value.detail) == (400, True)


def test_candidates_come_with_their_long_ids_whole(client):
    made = make_candidate()
    assert [(c.id, c.source_id, c.state) for c in client.candidates(night="2018-07-01")] == [
        (made.pk, made.source_id, "queued")
    ]


def test_a_list_goes_on_over_its_pages(client, monkeypatch):
    monkeypatch.setattr("vetting.common.Pages.max_page_size", 2)
    made = {make_candidate().pk for _ in range(5)}
    assert {c.id for c in client.candidates()} == made


def test_a_label_is_saved_and_taken_back(client):
    made = make_candidate()
    label = client.label(made.pk, "asteroid", seconds=1.5, confidence=50, comment="faint")
    assert (label.confidence, label.comment) == (50, "faint")
    assert (label.vetter, label.fine_class, client.consensus(made.pk)[0].fine_class) == ("vera", "asteroid", "asteroid")
    assert client.undo(label.uuid).undoes == label.uuid
    assert [row.action for row in client.labels(candidate=made.pk)] == ["undo", "label"]


def test_a_label_that_is_sent_again_is_the_same(client):
    made, mine = make_candidate(), uuid.uuid4()
    assert client.label(made.pk, "ghost", uuid=mine) == client.label(made.pk, "ghost", uuid=mine)
    assert Label.objects.count() == 1


def test_a_refusal_carries_the_message_of_the_site(client):
    with pytest.raises(ClientError, match="has not been scored") as caught:
        client.label(make_candidate(state="new").pk, "ghost")
    assert caught.value.status == 409


def test_borrowed_candidates_are_labelled_and_the_next_ones_come(client, cast):
    campaign = make_campaign(cast.manager, cast.vetter)
    make_pool(campaign, 3)
    first = client.next(campaign.pk, count=2)
    client.label(first[0].candidate, "ghost", campaign=campaign.pk)
    assert {row.candidate for row in client.next(campaign.pk, count=2)} & {first[0].candidate} == set()
    assert len(first) == 2


def test_a_candidate_is_put_off_and_brought_back(client):
    made = make_candidate()
    deferral = client.put_off(made.pk, "snooze", span="1h")
    assert [(row.uuid, row.candidate, row.vetter) for row in client.deferrals()] == [(deferral.uuid, made.pk, "vera")]
    assert client.bring_back(deferral.uuid).ended_at
    assert list(client.deferrals(kind="snooze")) == []


def test_figures_come_as_rows_by_column(client, cast):
    made = make_candidate()
    campaign = make_default_campaign()
    client.label(made.id, "ghost")
    classes = {row["fine_class"]: row["votes"] for row in client.figures(campaign.pk, "classes")}
    assert (classes["ghost"], classes["asteroid"]) == (1, 0)


@pytest.fixture
def failing():
    """A server that answers each status of ``answers`` in turn, and 200 after them; it keeps what it was sent."""
    answers, sent = [], []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            sent.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            status = answers.pop(0) if answers else 200
            self.send_response(status)
            self.send_header("Retry-After", "0")
            self.end_headers()
            self.wfile.write(json.dumps({"status": status}).encode())

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", answers, sent
    server.shutdown()
    thread.join()
    server.server_close()


def test_what_may_pass_is_sent_again_with_the_same_content(failing):
    address, answers, sent = failing
    answers += [503, 429]
    assert Client(address, patience=QUICK).send("POST", "labels/", {"uuid": "1"}) == {"status": 200}
    assert sent == [{"uuid": "1"}] * 3


def test_patience_ends(failing):
    address, answers, sent = failing
    answers += [503] * 9
    with pytest.raises(ClientError) as caught:
        Client(address, patience=QUICK).send("POST", "labels/", {})
    assert (caught.value.status, len(sent)) == (503, 3)


def test_what_does_not_pass_is_sent_once(failing):
    address, answers, sent = failing
    answers += [400]
    with pytest.raises(ClientError):
        Client(address, patience=QUICK).send("POST", "labels/", {})
    assert len(sent) == 1


def test_a_site_that_does_not_answer_is_said_without_a_status():
    with pytest.raises(ClientError) as caught:
        Client("http://127.0.0.1:9", patience=()).send("GET", "campaigns/")
    assert caught.value.status is None


def test_an_address_of_a_file_is_refused():
    with pytest.raises(ValueError, match="http://"):
        Client("file:///etc/passwd")
