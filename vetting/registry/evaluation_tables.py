"""What the page and the report of an evaluation say beside the plots: values of ``evaluation.json`` as texts."""

from collections.abc import Mapping
from typing import Any

from scoring.model_card import figure
from vetting.registry.evaluation_plots import colours

TITLES = {
    "rb": "rb: real, not bogus",
    "sl": "sl: short, not long",
    "kd": "kd: keep, an asteroid",
    "p_asteroid": "p_asteroid: the whole rule",
}


def evaluation_context(evaluation: Mapping[str, Any]) -> dict[str, Any]:
    """Give the templates what they show of an evaluation."""
    of_name = colours(evaluation)
    gate = evaluation["gate"]
    return {
        "evaluation": evaluation,
        "rates": [f"{100 * row['fpr']:g} %" for row in evaluation["systems"][0]["tpr_at_fpr"]],
        "systems": [
            {
                "title": TITLES.get(system["name"], system["name"]),
                "colour": of_name[system["name"]],
                "counts": f"{system['positives']} / {system['negatives']}",
                "figures": [figure(row) for row in (system["auc"], *system["tpr_at_fpr"])],
            }
            for system in evaluation["systems"]
        ],
        "gate": {"tpr": figure(gate["tpr"]), "fpr": figure(gate["fpr"]), "precision": figure(gate["precision"])},
        "classes": [
            {
                "label": row["label"].replace("_", " "),
                "count": row["count"],
                "figures": [figure(row[name]) for name in ("rb", "sl", "kd", "gate")],
            }
            for row in evaluation["classes"]
        ],
        "reliabilities": [
            {
                "name": f"reliability-{system['name']}",
                "title": TITLES.get(system["name"], system["name"]),
                "says": _calibration(system["reliability"]),
            }
            for system in evaluation["systems"]
            if "reliability" in system
        ],
        "completeness": [
            {"name": f"completeness-{number}", "title": table["quantity"].capitalize(), "says": table["unit"]}
            for number, table in enumerate(evaluation["completeness"])
        ],
        "mean_false_positives": figure(evaluation["false_positives"]["mean"]),
        "confusion": _confusion(evaluation["confusion"]),
    }


def _calibration(table: Mapping[str, Any]) -> str:
    said = [f"{name} {table[name]['expected_calibration_error']:.3f}" for name in ("before", "after") if table[name]]
    return f"Expected calibration error {', '.join(said)}."


def _confusion(table: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if table is None:
        return None
    names = [name.replace("_", " ") for name in table["classes"]]
    rows = zip(names, table["counts"], strict=True)
    return {
        "classes": names,
        "rows": [{"label": name, "counts": counts} for name, counts in rows if any(counts)],
        "accuracy": f"{table['accuracy']:.3f}",
    }
