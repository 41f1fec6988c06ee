"""Draw an evaluation as one HTML file that needs no network."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from bokeh.embed import components
from bokeh.resources import INLINE
from django.core.management.base import BaseCommand, CommandError
from django.template.loader import render_to_string

from scoring.whole_file import whole_file
from vetting.common import ApplicationError
from vetting.registry.evaluation_plots import evaluation_plots
from vetting.registry.evaluation_tables import evaluation_context
from vetting.registry.selectors import evaluation_read


class Command(BaseCommand):
    help = "Draw what 'python -m scoring evaluate' has written as one HTML file that needs no network."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("evaluation", type=Path, help="evaluation.json")
        parser.add_argument("--out", type=Path, required=True, help="HTML file to write")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            evaluation = evaluation_read(options["evaluation"])
        except ApplicationError as error:
            raise CommandError(str(error)) from error
        with whole_file(options["out"]) as file:
            file.write(_report(evaluation).encode())
        self.stdout.write(f"the report is {options['out']}")


def _report(evaluation: dict[str, Any]) -> str:
    script, drawn = components(evaluation_plots(evaluation))
    shown = evaluation_context(evaluation)
    for plot in (*shown["reliabilities"], *shown["completeness"]):
        plot["div"] = drawn[plot["name"]]
    shown |= {"bokeh": INLINE.render(), "script": script, "plots": drawn, "false_positives": drawn["false-positives"]}
    return render_to_string("registry/report.html", shown)
