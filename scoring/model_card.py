"""An evaluation as a model card: Markdown for people, and a head that model hubs read (``model-index``)."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Figures = Mapping[str, Any]


def model_card(evaluation: Figures, cards: Sequence[Figures]) -> str:
    """Write the card of an ensemble.

    Parameters
    ----------
    evaluation : as `scoring.evaluation_run.evaluate` makes it.
    cards : of the ensemble's networks.
    """
    ensemble = evaluation["ensemble"]
    scored = f"Scores {evaluation['scores']}. Intervals: {evaluation['intervals']}. {_mixture(evaluation)}"
    complete = f"Share of the asteroids that the gate finds.\n\n{_completeness(evaluation['completeness'])}"
    parts = [
        _head(evaluation, cards),
        f"# {ensemble['name']} {ensemble['version']}\n",
        _once("Intended use", cards, "intended_use"),
        _once("Limits", cards, "limits"),
        f"## Networks\n\n{_networks(cards)}",
        f"## Evaluation\n\n{scored}\n\n{headline(evaluation)}",
        f"## The gate\n\n{_gate(evaluation['gate'])}\n\n{_classes(evaluation['classes'])}",
        f"## Completeness\n\n{complete}",
    ]
    return "\n".join(part for part in parts if part)


def headline(evaluation: Figures) -> str:
    """Write the table of what every score reaches."""
    rates = [f"TPR at FPR {100 * row['fpr']:g} %" for row in evaluation["systems"][0]["tpr_at_fpr"]]
    rows = [
        [
            system["name"],
            f"{system['positives']} / {system['negatives']}",
            figure(system["auc"]),
            *(figure(row) for row in system["tpr_at_fpr"]),
        ]
        for system in evaluation["systems"]
    ]
    return table(["score", "positives / negatives", "AUC", *rates], rows)


def figure(stated: Figures) -> str:
    """Write a figure with its interval.

    Examples
    --------
    >>> figure({"value": 0.9618, "interval_95": [0.9, 0.99]})
    '0.962 (0.900–0.990)'
    """
    if stated["value"] is None:
        return "–"
    ends = stated["interval_95"]
    return f"{stated['value']:.3f}" + (f" ({ends[0]:.3f}–{ends[1]:.3f})" if ends else "")


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a table in Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _head(evaluation: Figures, cards: Sequence[Figures]) -> str:
    """Metadata between ``---``: JSON is YAML."""
    ranking = next(system for system in evaluation["systems"] if system["name"] == "p_asteroid")
    metrics = [{"type": "auc", "name": "AUC", "value": ranking["auc"]["value"]}] + [
        {"type": "tpr", "name": f"TPR at FPR {100 * row['fpr']:g} %", "value": row["value"]}
        for row in ranking["tpr_at_fpr"]
    ]
    result = {
        "task": {"type": "image-classification", "name": "asteroid streaks among streak detections"},
        "dataset": {"name": evaluation["data"]["truth"], "type": "streak-cutouts"},
        "metrics": metrics,
    }
    head = {
        "license": cards[0]["licence"].lower(),
        "library_name": "litert",
        "tags": ["astronomy", "asteroids", "streaks", "ztf"],
        "model-index": [{"name": evaluation["ensemble"]["name"], "results": [result]}],
    }
    lines = "\n".join(f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in head.items())
    return f"---\n{lines}\n---\n"


def _once(title: str, cards: Sequence[Figures], key: str) -> str:
    said = dict.fromkeys(str(card[key]) for card in cards if card.get(key))
    return f"## {title}\n\n" + "\n\n".join(said) + "\n" if said else ""


def _networks(cards: Sequence[Figures]) -> str:
    rows = [
        [
            f"`{card['name']}`",
            ", ".join(card["outputs"]),
            str(card.get("architecture", "–")),
            f"{card['parameters']:,}" if "parameters" in card else "–",
            f"{card['bytes'] / 1e6:.1f} MB" if "bytes" in card else "–",
            f"`{card['sha256'][:12]}`",
        ]
        for card in cards
    ]
    return table(["network", "families", "architecture", "parameters", "size", "sha256"], rows)


def _mixture(evaluation: Figures) -> str:
    data = evaluation["data"]
    cutouts = ", ".join(f"{count} {label.replace('_', ' ')}" for label, count in data["cutouts"].items())
    left_out = ", ".join(f"{count} {reason}" for reason, count in data["left_out"].items())
    said = f"{data['nights']} nights in {data['groups']} groups: {cutouts}."
    return f"{said} Left out: {left_out}." if left_out else said


def _gate(gate: Figures) -> str:
    return (
        f"Of {gate['asteroids']} asteroids {gate['found']} pass, TPR {figure(gate['tpr'])}; of {gate['others']} others "
        f"{gate['false_positives']}, FPR {figure(gate['fpr'])}."
    )


def _classes(classes: Sequence[Figures]) -> str:
    rows = [
        [row["label"].replace("_", " "), str(row["count"]), *(figure(row[name]) for name in ("rb", "sl", "kd", "gate"))]
        for row in classes
    ]
    return table(["class", "cutouts", "passes rb", "sl", "kd", "the gate"], rows)


def _completeness(tables: Sequence[Figures]) -> str:
    rows = [
        [f"{entry['quantity']}", f"{row['low']:g} to {row['high']:g}", f"{row['found']} of {row['count']}", figure(row)]
        for entry in tables
        for row in entry["bins"]
    ]
    return table(["quantity", "range", "found", "share"], rows)
