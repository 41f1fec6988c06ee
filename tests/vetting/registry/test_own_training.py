"""A user's own labelled folder becomes, by one command, an ensemble that the site registers and scores with."""

import json

import pytest
from django.core.management import call_command

from scoring.families import Family
from scoring.inference import Scorable
from tests.scoring.conftest import labelled_folder, streak  # noqa: F401  (fixtures)
from vetting.registry.selectors import active_ensemble
from vetting.registry.services import ensemble_load

SHORT = "epochs = 1\nimages_per_epoch = 32\nbatch_size = 16\n"  # whatever else can be left out is left out


@pytest.fixture
def trained(labelled_folder, capsys):  # noqa: F811
    pytest.importorskip("keras", reason="training needs the extra 'train'")
    from scoring.__main__ import main

    config = labelled_folder / "mine.toml"
    places = f'manifest = "{labelled_folder}/truth.csv"\ncutouts = "{labelled_folder}/cutouts"\n'
    config.write_text(f'name = "mine"\n{places}{SHORT}')
    assert main(["train", str(config), "--out", str(labelled_folder / "run")]) == 0, capsys.readouterr().err
    return labelled_folder / "run" / "bundles"


@pytest.mark.filterwarnings("default")
def test_the_site_takes_what_one_command_has_trained(trained, db, streak, capsys):  # noqa: F811
    call_command("register_models", str(trained), "--activate")
    assert "registered mine" in capsys.readouterr().out

    ensemble = active_ensemble()
    assert {version.name for version in ensemble.members.all()} == {f"mine_{family}" for family in Family}
    assert all(version.card["data"]["source"] == "cutouts that truth.csv labels" for version in ensemble.members.all())
    scores = ensemble_load(ensemble).score([Scorable(streak.diff)])[0]
    assert 0 <= scores.p_asteroid <= 1

    counted = json.loads((trained / "ensemble.json").read_text())["data"]["cutouts"]
    assert counted == {"asteroid": 4, "blank": 4, "cosmic_ray": 4, "long_trail": 4}
