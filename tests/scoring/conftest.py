"""Cutouts that tests make themselves."""

import csv

import numpy as np
import pytest
from PIL import Image

from scoring.cutout import Cutout, Rendering
from scoring.families import FineClass
from scoring.inference import Scorable
from scoring.simulation import SimulationConfig, simulate, z_to_grey

# Streaks that nobody doubts: tests ask whether scoring works, and not how faint it still does.
CLEAR = {"sky": {"edge_share": 0.0}, "asteroids": {"amplitude": {"median": 9.0, "spread": 0.1}, "wide_share": 0.0}}


def drawn(fine_class, count, seed=1):
    """Greys (count, 157, 157) of one class."""
    config = SimulationConfig.from_mapping(CLEAR)
    return z_to_grey(simulate(FineClass(fine_class), np.random.default_rng(seed), config, count).z)


def as_scorable(grey):
    nothing = np.zeros(grey.shape, bool)
    return Scorable(Cutout(grey.astype(np.float32), nothing, None, Rendering.IPAC_GREY, (78.0, 78.0)))


@pytest.fixture(scope="session")
def streak():
    return as_scorable(drawn("asteroid", 1)[0])


@pytest.fixture
def labelled_folder(tmp_path):
    """Sixteen cutouts in two groups, and the manifest of them."""
    cutouts = tmp_path / "cutouts"
    cutouts.mkdir()
    with (tmp_path / "truth.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["cutout", "label", "group"])
        for label in ("asteroid", "blank", "long_trail", "cosmic_ray"):
            for number, grey in enumerate(drawn(label, 4)):
                Image.fromarray(grey).save(cutouts / f"{label}{number}.png")
                writer.writerow([f"{label}{number}.png", label, number % 2])
    return tmp_path
