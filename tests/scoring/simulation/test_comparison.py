"""Real and simulated cutouts side by side; here both are simulated, one with another noise."""

import json

import numpy as np
import pytest
from PIL import Image

from scoring.__main__ import main
from scoring.families import FineClass
from scoring.simulation import SimulationConfig
from scoring.simulation.comparison import features
from scoring.simulation.folder_config import FolderConfig
from scoring.simulation.labelled_folder import write_folder


@pytest.fixture
def compare(tmp_path):
    def run(**other):
        for name, seed, changes in (("real", 1, other), ("simulated", 2, {})):
            counts = {FineClass.BLANK: 24, FineClass.GHOST: 2}
            write_folder(FolderConfig(counts, seed, simulation=SimulationConfig.from_mapping(changes)), tmp_path / name)
        real, ours = tmp_path / "real", tmp_path / "simulated"
        options = ["--truth", str(real / "truth.csv"), "--out", str(tmp_path / "sheet")]
        assert main(["compare", str(ours), str(real), *options]) == 0
        return json.loads((tmp_path / "sheet" / "told_apart.json").read_text())["auc"]

    return run


def test_cutouts_of_one_kind_cannot_be_told_apart(compare):
    assert compare()["blank"] < 0.85


def test_cutouts_with_another_noise_are_told_apart_and_rare_classes_left_out(compare):
    apart = compare(sky={"coloured_share": 1.0, "colour_depth": [0.9, 0.95]})
    assert (apart["blank"] > 0.9, set(apart)) == (True, {"blank"})


def test_the_sheet_has_a_row_for_each_class(compare, tmp_path):
    compare()
    sheet = Image.open(tmp_path / "sheet" / "sheet.png")
    assert (sheet.mode, sheet.height) == ("L", 2 * (157 + 4 + 14))


def test_masked_pixels_leave_the_features_finite():
    z = np.random.default_rng(1).standard_normal((157, 157)).astype(np.float32)
    z[:, :90] = np.nan
    assert (features(z).shape, np.isfinite(features(z)).all()) == ((29,), True)


def test_a_manifest_of_other_cutouts_is_a_clear_error(tmp_path, capsys):
    for name in ("real", "simulated"):
        write_folder(FolderConfig({FineClass.BLANK: 1}), tmp_path / name)
    (tmp_path / "truth.csv").write_text("cutout,label,group\nother.jpg,blank,1\n")
    options = ["--truth", str(tmp_path / "truth.csv"), "--out", str(tmp_path / "sheet")]
    assert main(["compare", str(tmp_path / "simulated"), str(tmp_path / "real"), *options]) == 1
    assert "holds none of the 1 cutouts" in capsys.readouterr().err
