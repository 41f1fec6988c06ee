"""One ensemble of several runs."""

import csv
import json
from dataclasses import replace

import numpy as np

from scoring import joining
from scoring.__main__ import main
from scoring.bundle import read_bundle, write_bundle
from scoring.families import Family
from scoring.gate import is_plausible
from scoring.inference import SHIPPED
from scoring.out_of_fold import OutOfFold, sigmoid


def drawn(seed, strength):
    """Out-of-fold logits of 200 asteroids and 2,000 others; the larger the strength, the better they are told apart."""
    rng = np.random.default_rng(seed)
    truth = np.arange(2200) < 200
    logits = rng.standard_normal((2200, 3)) + np.where(truth, strength, -strength)[:, None]
    fold = np.random.default_rng(1).integers(0, 3, 2200)
    return OutOfFold(
        np.array([f"{number}.jpg" for number in range(2200)]),
        np.where(truth, "asteroid", "blank"),
        fold.astype(str),
        fold,
        logits,
    )


def verdicts(runs):
    thresholds = {family: dict(enumerate(least)) for family, least in joining.joint_thresholds(runs).items()}
    scores = [sigmoid(oof.logits) for oof in runs]
    return np.array(
        [
            is_plausible(
                {
                    family: {run: scores[run][row, column] for run in range(len(runs))}
                    for column, family in enumerate(Family)
                },
                thresholds,
            )
            for row in range(len(scores[0]))
        ]
    )


def test_the_rule_passes_one_per_cent_and_more_asteroids_than_its_best_member_would():
    runs = [drawn(1, 1.6), drawn(2, 1.6), drawn(3, 1.2)]
    asteroid, together = runs[0].asteroid, verdicts(runs)
    assert together[~asteroid].mean() <= 0.01
    alone = [verdicts([run, run])[asteroid].mean() for run in runs]
    assert together[asteroid].mean() > max(alone)


def test_a_member_that_knows_nothing_costs_no_asteroids():
    good, useless = drawn(1, 2.0), drawn(2, 0.0)
    asteroid = good.asteroid
    alone, together = verdicts([good, good])[asteroid].mean(), verdicts([good, useless])[asteroid].mean()
    assert together >= alone - 0.01
    least = joining.joint_thresholds([good, useless])[Family.KD]
    passing = [(sigmoid(run.logits[~asteroid, 2]) >= at).sum() for run, at in zip((good, useless), least, strict=True)]
    assert passing[1] < passing[0]


def test_verdicts_out_of_fold_pass_about_what_was_aimed_at():
    runs = [drawn(1, 1.6), drawn(2, 1.6)]
    passed = joining.passed_out_of_fold(runs)
    assert 0 < passed[~runs[0].asteroid].mean() < 0.02
    assert passed[runs[0].asteroid].mean() > 0.5


def finished_run(folder, oof, *, names, outputs):
    """A run's folder: the shipped network under other names, and drawn scores."""
    content = read_bundle(SHIPPED / "compact.json")
    members = []
    for name in names:
        card = {**content.card, "name": name, "outputs": outputs, "classes": [], "metadata": []}
        digest = write_bundle(folder / "bundles", content.content, card)
        members.append({"name": name, "outputs": outputs, "sha256": digest})
    (folder / "bundles" / "ensemble.json").write_text(json.dumps({"members": members, "data": {"groups": 3}}))
    with (folder / "oof.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["cutout", "label", "group", "confidence", "fold", "rb", "sl", "kd"])
        for name, label, group, fold, logits in zip(
            oof.names, oof.labels, oof.groups, oof.fold, oof.logits, strict=True
        ):
            writer.writerow([name, label, group, 3, fold, *logits])
    return folder


def test_runs_become_one_ensemble_with_a_threshold_for_every_member(tmp_path):
    outputs = [family.value for family in Family]
    runs = [
        finished_run(tmp_path / name, drawn(seed, 1.6), names=[name], outputs=outputs)
        for seed, name in enumerate(("one", "two"))
    ]
    out = tmp_path / "both"
    assert main(["join", *map(str, runs), "--name", "both", "--out", str(out)]) == 0
    description = json.loads((out / "ensemble.json").read_text())
    assert {family: set(least) for family, least in description["thresholds"].items()} == {
        family: {"one", "two"} for family in outputs
    }
    card = json.loads((out / "two.json").read_text())
    assert card["thresholds"] == {family: description["thresholds"][family]["two"] for family in outputs}
    gate = description["grouped_cross_validation"]["gate"]
    assert gate["fpr"] < 0.02 < gate["tpr"]
    assert description["data"] == {"groups": 3}


def test_runs_of_other_cutouts_are_not_joined(tmp_path, capsys):
    oof = drawn(1, 1.6)
    other = replace(oof, names=oof.names[::-1])
    runs = [
        finished_run(tmp_path / name, scores, names=[name], outputs=["rb", "sl", "kd"])
        for name, scores in (("one", oof), ("two", other))
    ]
    assert main(["join", *map(str, runs), "--name", "both", "--out", str(tmp_path / "both")]) == 1
    assert "expected scores of the same cutouts in the same folds" in capsys.readouterr().err
    assert main(["join", str(runs[0]), "--name", "both", "--out", str(tmp_path / "both")]) == 1
    assert "expected two to 3 runs, but came 1" in capsys.readouterr().err
