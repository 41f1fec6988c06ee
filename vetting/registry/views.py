"""The page of the models: which ensemble scores now, and how good it is."""

import json
from typing import Any

from bokeh.embed import json_item
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from vetting.common import ApplicationError, MissingError
from vetting.registry.evaluation_plots import evaluation_plots
from vetting.registry.evaluation_tables import evaluation_context
from vetting.registry.models import Ensemble, ModelVersion
from vetting.registry.selectors import active_ensemble, ensemble_evaluation, ensemble_fault


@require_safe
def models(request: HttpRequest) -> HttpResponse:
    """Show the active ensemble with its evaluation, and the others that are registered."""
    ensemble = active_ensemble()
    context: dict[str, Any] = {
        "ensemble": ensemble,
        "fault": ensemble_fault(ensemble.directory, ensemble.sha256) if ensemble else "",
        "members": [_row(member) for member in ensemble.members.order_by("name")] if ensemble else [],
        "others": Ensemble.objects.filter(is_active=False).order_by("-registered_at"),
    }
    try:
        evaluation = ensemble_evaluation(ensemble) if ensemble else None
    except ApplicationError as error:
        return render(request, "registry/models.html", {**context, "problem": str(error)})
    shown = evaluation_context(evaluation) if evaluation else {}
    return render(request, "registry/models.html", {**context, **shown})


def _row(member: ModelVersion) -> dict[str, Any]:
    card = member.card
    parameters, size = card.get("parameters"), card.get("bytes")
    return {
        "name": member.name,
        "answers": ", ".join(card["outputs"]),
        "architecture": card.get("architecture", "–"),
        "parameters": f"{parameters:,}" if parameters else "–",
        "size": f"{size / 1e6:.1f} MB" if size else "–",
        "sha256": member.sha256,
    }


@gzip_page
@require_safe
def model_plots(_request: HttpRequest) -> HttpResponse:
    """Give the plots of the active ensemble's evaluation as Bokeh's JSON, by name."""
    ensemble = active_ensemble()
    evaluation = ensemble_evaluation(ensemble) if ensemble else None
    if evaluation is None:
        raise MissingError("the active ensemble has no evaluation")
    items = {name: {"item": json_item(plot)} for name, plot in evaluation_plots(evaluation).items()}
    return HttpResponse(json.dumps(items, allow_nan=False), content_type="application/json")
