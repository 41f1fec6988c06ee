"""``python -m scoring evaluate``: labelled cutouts and an ensemble become figures, JSON and a card."""

import csv
import hashlib
import json
import shutil

import numpy as np
import pytest

from scoring.__main__ import main
from scoring.bundle import write_bundle
from scoring.evaluation_run import LEARNT, evaluate
from scoring.families import JUDGED, Family
from scoring.inference import SHIPPED
from scoring.learnt import write_learnt

CARD = {"input": {}, "licence": "MIT"}
LABELS = ("asteroid", "long_trail", "cosmic_ray", "blank")


def write_oof(folder, *, sure=6.0, classes=True):
    """Out-of-fold scores of the labelled folder: right for all but one asteroid, which kd turns down."""
    answers = {"asteroid": (1, 1, 1), "long_trail": (1, -1, -1), "cosmic_ray": (1, 1, -1), "blank": (-1, 0, -1)}
    path = folder / "oof.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        heads = [*Family, *(JUDGED if classes else [])]
        writer.writerow(["cutout", "label", "group", "confidence", "fold", *heads])
        for label in LABELS:
            for number in range(4):
                logits = [sure * answer for answer in answers[label]]
                if (label, number) == ("asteroid", 3):
                    logits[2] = -0.9 * sure
                taken = [float(label == other) for other in JUDGED] if classes else []
                writer.writerow([f"{label}{number}.png", label, number % 2, 3, number % 2, *logits, *taken])
    return path


def write_ensemble(folder, *names):
    """An ensemble that is never asked to score: networks of these names for each family, at one half."""
    models = folder / "models"
    members = [
        {
            "name": (name := f"{prefix}_{family}"),
            "sha256": write_bundle(models, b"", {**CARD, "name": name, "outputs": [family]}),
        }
        for prefix in names
        for family in Family
    ]
    description = {
        "name": "drawn",
        "members": members,
        "thresholds": {family: {f"{prefix}_{family}": 0.5 for prefix in names} for family in Family},
        "calibration": {"intercept": -1, "coefficients": dict.fromkeys(Family, 1)},
    }
    (models / "ensemble.json").write_text(json.dumps(description))
    return models


@pytest.fixture
def found(labelled_folder):
    oof = write_oof(labelled_folder)
    models = write_ensemble(labelled_folder, "one")
    return evaluate(
        models, labelled_folder / "truth.csv", labelled_folder / "cutouts", labelled_folder / "out", [str(oof)]
    )


def system(evaluation, name):
    return next(row for row in evaluation["systems"] if row["name"] == name)


def test_the_gate_finds_three_of_four_asteroids_and_nothing_else(found):
    gate = found["gate"]
    assert (gate["found"], gate["asteroids"], gate["false_positives"], gate["missed"]) == (3, 4, 0, ["asteroid3.png"])
    assert (gate["tpr"]["value"], gate["fpr"]["value"]) == (0.75, 0)


def test_each_family_is_asked_only_of_what_it_has_an_answer_for(found):
    sizes = {row["name"]: (row["positives"], row["negatives"]) for row in found["systems"]}
    assert sizes == {"rb": (12, 4), "sl": (8, 4), "kd": (4, 12), "p_asteroid": (4, 12)}


def test_a_missed_asteroid_lowers_the_rate_at_every_false_positive_rate(found):
    assert [row["value"] for row in system(found, "rb")["tpr_at_fpr"]] == [1, 1, 1]
    kd = system(found, "kd")
    assert kd["tpr_at_fpr"][0]["value"] == 1  # the missed one still scores above every other cutout
    assert kd["at_threshold"]["tpr"]["value"] == 0.75


def test_the_interval_holds_the_figure(found):
    low, high = found["gate"]["tpr"]["interval_95"]
    assert (low, high) == (0.5, 1)


def test_classes_that_pass_the_gate_are_counted(found):
    passed = {row["label"]: (row["passed"], row["count"]) for row in found["classes"]}
    assert passed == {"asteroid": (3, 4), "long_trail": (0, 4), "cosmic_ray": (0, 4), "blank": (0, 4)}


def test_a_network_that_tells_the_classes_apart_has_a_confusion_matrix(found):
    counts = np.array(found["confusion"]["counts"])
    assert (counts.sum(), np.trace(counts), found["confusion"]["accuracy"]) == (16, 16, 1)


def test_calibration_is_stated_before_and_after(found):
    for row in found["systems"]:
        assert set(row["reliability"]) == {"before", "after"}
        assert sum(row["reliability"]["before"]["count"]) == row["positives"] + row["negatives"]


def test_the_files_hold_what_was_found(found, labelled_folder):
    assert json.loads((labelled_folder / "out" / "evaluation.json").read_text()) == json.loads(json.dumps(found))
    card = (labelled_folder / "out" / "model-card.md").read_text()
    assert card.startswith('---\nlicense: "mit"\n')
    assert "Of 4 asteroids 3 pass, TPR 0.750 (0.500–1.000)" in card


def test_cutouts_are_scored_where_no_scores_are_given(labelled_folder, capsys):
    given = ["--truth", str(labelled_folder / "truth.csv"), "--cutouts", str(labelled_folder / "cutouts")]
    assert main(["evaluate", str(SHIPPED), *given, "--out", str(labelled_folder / "out")]) == 0
    assert "| p_asteroid | 4 / 12 |" in capsys.readouterr().out


def test_what_cannot_be_scored_is_counted_with_its_reason(labelled_folder):
    (labelled_folder / "cutouts" / "blank0.png").write_bytes(b"broken")
    (labelled_folder / "cutouts" / "blank1.png").unlink()
    found = evaluate(SHIPPED, labelled_folder / "truth.csv", labelled_folder / "cutouts", labelled_folder / "out")
    unscorable, missing = found["data"]["left_out"].items()
    assert (unscorable[0].startswith("unscorable: expected a JPEG"), unscorable[1], missing) == (
        True,
        1,
        ("not found", 1),
    )


def test_cutouts_that_were_learnt_from_are_named_as_such(labelled_folder):
    truth, models = labelled_folder / "truth.csv", shutil.copytree(SHIPPED, labelled_folder / "models")
    for member in json.loads((models / "ensemble.json").read_text())["members"]:
        card = json.loads((models / f"{member['name']}.json").read_text())
        card["data"]["manifest_sha256"] = hashlib.sha256(truth.read_bytes()).hexdigest()
        (models / f"{member['name']}.json").write_text(json.dumps(card))
    assert evaluate(models, truth, labelled_folder / "cutouts", labelled_folder / "out")["scores"] == LEARNT.format("")


@pytest.mark.parametrize(
    ("learnt", "said"),
    [
        (["elsewhere.png", "blank0.png", "night/asteroid1.png"], LEARNT.format(" (2 of 16)")),
        ([], "of the shipped networks"),
    ],
)
def test_an_ensemble_knows_which_cutouts_it_has_learnt_from(labelled_folder, learnt, said):
    models, truth = shutil.copytree(SHIPPED, labelled_folder / "models"), labelled_folder / "truth.csv"
    write_learnt(models, learnt)
    assert evaluate(models, truth, labelled_folder / "cutouts", labelled_folder / "out")["scores"] == said


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("resnet50={oof}", "expected out-of-fold scores of one of one_rb, but came 'resnet50'"),
        ("{folder}/truth.csv", "expected the scores that training writes"),
        ("{folder}/none.csv", "No such file"),
    ],
)
def test_scores_that_do_not_fit_are_refused(labelled_folder, capsys, given, expected):
    oof = given.format(oof=write_oof(labelled_folder), folder=labelled_folder)
    files = ["--truth", str(labelled_folder / "truth.csv"), "--cutouts", str(labelled_folder / "cutouts")]
    models = str(write_ensemble(labelled_folder, "one"))
    assert main(["evaluate", models, *files, "--out", str(labelled_folder / "out"), "--oof", oof]) == 1
    assert expected in capsys.readouterr().err


def test_members_are_combined_as_the_rule_combines_them(labelled_folder):
    first = write_oof(labelled_folder).rename(labelled_folder / "first.csv")
    given = [f"one={first}", f"other={write_oof(labelled_folder, sure=-1.0)}"]
    models = write_ensemble(labelled_folder, "one", "other")
    found = evaluate(models, labelled_folder / "truth.csv", labelled_folder / "cutouts", labelled_folder / "out", given)
    passed = {row["label"]: row["kd"]["value"] for row in found["classes"]}
    assert passed == {"asteroid": 1, "long_trail": 1, "cosmic_ray": 1, "blank": 1}
    assert found["confusion"] is None


def test_scores_of_every_member_are_asked_for(labelled_folder):
    models, given = write_ensemble(labelled_folder, "one", "other"), [f"one={write_oof(labelled_folder)}"]
    with pytest.raises(ValueError, match="of every member, but other_rb has none"):
        evaluate(models, labelled_folder / "truth.csv", labelled_folder / "cutouts", labelled_folder / "out", given)


def test_scores_of_networks_that_have_seen_the_object_are_refused(labelled_folder):
    truth, given = labelled_folder / "truth.csv", [str(write_oof(labelled_folder))]
    truth.write_text(truth.read_text().replace(",1\n", ",0\n").replace(",1\r\n", ",0\r\n"))
    models = write_ensemble(labelled_folder, "one")
    with pytest.raises(ValueError, match="expected each group in one fold, but 0 lies in the folds 0, 1"):
        evaluate(models, truth, labelled_folder / "cutouts", labelled_folder / "out", given)
