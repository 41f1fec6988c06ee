import csv
import dataclasses
from pathlib import Path

import fastavro
import numpy as np
import pytest

from scoring.cutout import decode
from scoring.detection import CutoutKind, Detection
from scoring.packets import streak_names
from scoring.preprocessing import to_network
from scoring.readers import discover
from scoring.simulation.demo import make_night


@pytest.fixture(scope="module")
def night(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "night"
    make_night(path, seed=3, n=60)
    return path


def detections(path):
    return [unit for source in discover(path) for unit in source.units()]


def truth(path):
    with (path / "truth.csv").open() as file:
        return {row["source_id"]: row for row in csv.DictReader(file)}


def test_every_packet_is_read_back_as_a_detection(night):
    found = detections(night)
    assert len(found) == 60
    assert all(isinstance(one, Detection) for one in found)
    assert {one.source_id for one in found} == set(truth(night))


def test_every_detection_has_its_three_images_and_can_be_scored(night):
    for one in detections(night):
        assert set(one.cutouts) == set(CutoutKind)
        image = to_network(decode(one.cutouts[CutoutKind.DIFF], one))
        assert image.shape == (144, 144)


def test_every_column_of_the_streak_table_is_filled(night):
    with next(night.glob("*.avro")).open("rb") as file:
        packet = next(fastavro.reader(file))
    assert set(packet["streak"]) == set(streak_names())
    assert all(value is not None for value in packet["streak"].values())


def test_one_night_is_in_it_and_its_exposures_say_how_much_they_hold(night):
    found = detections(night)
    assert {one.night.isoformat() for one in found} == {"2019-03-06"}
    for one in found:
        assert one.values["exposure_detections"] == sum(other.exposure == one.exposure for other in found)


def test_fitted_asteroids_agree_with_their_truth(night):
    truths = truth(night)
    asteroids = [one for one in detections(night) if truths[one.source_id]["body"]]
    assert len(asteroids) >= 5
    for one in asteroids:
        row = truths[one.source_id]
        assert one.length == pytest.approx(float(row["length"]), abs=3)
        assert one.rate == pytest.approx(float(row["rate"]), rel=0.15)
        assert one.magnitude == pytest.approx(float(row["mag"]), abs=0.4)


def test_the_streak_is_at_the_midpoint_of_the_cutout(night):
    truths = truth(night)
    one = next(one for one in detections(night) if truths[one.source_id]["body"] == "bright")
    cutout = decode(one.cutouts[CutoutKind.DIFF], one)
    x, y = np.rint(cutout.midpoint).astype(int)
    assert np.hypot(x - 78, y - 78) < 2
    assert cutout.pixels[y - 1 : y + 2, x - 1 : x + 2].max() > 5 * 1.4826 * np.median(np.abs(cutout.pixels))


def test_the_same_seed_gives_the_same_packets(night, tmp_path):
    make_night(tmp_path / "again", seed=3, n=60)
    first, again = ({one.source_id: one for one in detections(path)} for path in (night, tmp_path / "again"))
    assert first == {name: replaced(one, first[name].origin) for name, one in again.items()}


def replaced(one, origin):
    return dataclasses.replace(one, origin=origin)


def test_progress_is_told_once_for_every_detection(tmp_path):
    told = []
    make_night(tmp_path / "night", seed=1, n=20, on_progress=told.append)
    assert told == [1] * 20
