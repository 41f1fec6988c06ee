"""What people filter and sort candidates by; names and columns are fixed here, never taken from the address."""

from dataclasses import dataclass
from typing import Any

import django_filters as filters
from django.db.models import F, Q, QuerySet
from django.forms import DateInput, NumberInput

from scoring.families import FineClass
from vetting.candidates.models import Candidate, State

UNDECIDED = "none"
LABELS = [(UNDECIDED, "no label yet"), *((value.value, value.value.replace("_", " ")) for value in FineClass)]
# Columns with a lower and an upper bound: title and unit.
RANGES = {
    "p_asteroid": ("p(asteroid)", ""),
    "rb": ("rb", ""),
    "sl": ("sl", ""),
    "kd": ("kd", ""),
    "length": ("length", "px"),
    "rate": ("rate", "deg/day"),
    "snr": ("SNR", ""),
}
SIGNS = {"-": "falling", "": "rising"}
ENDS = {"min": ("from", "gte"), "max": ("to", "lte")}
SORTS = {
    "time": "mjd_mid",
    "source_id": "source_id",
    "ra": "ra",
    "dec": "dec",
    "magnitude": "magnitude",
    "state": "state",
    "label": "label",
} | {name: name for name in RANGES}
DEFAULT_SORT = "-p_asteroid"
FIRST_ROW = {"night", "state", "label", "source_id", "p_asteroid_min", "p_asteroid_max", "sort"}
HEADINGS = (
    ("source_id", "Source id", "", ""),
    ("time", "Mid-exposure", "UTC", ""),
    ("ra", "RA", "h", "number"),
    ("dec", "Dec", "deg", "number"),
    ("length", "Length", "px", "number"),
    ("rate", "Rate", "deg/day", "number"),
    ("snr", "SNR", "", "number"),
    ("magnitude", "Mag", "", "number"),
    ("rb", "rb", "", "number"),
    ("sl", "sl", "", "number"),
    ("kd", "kd", "", "number"),
    ("p_asteroid", "p(asteroid)", "", "number"),
    ("state", "State", "", ""),
    ("label", "Label", "", ""),
)
# The default order stands first, so that a form without an order shows it.
SORT_CHOICES = sorted(
    ((sign + name, f"{title}, {word}") for name, title, *_ in HEADINGS for sign, word in SIGNS.items()),
    key=lambda choice: choice[0] != DEFAULT_SORT,
)
TEXT_COLUMNS = {"source_id", "time", "ra", "dec", "magnitude", "state", "label"}  # these begin at the small end


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's heading: how it is sorted now, and what a click asks for."""

    title: str
    unit: str
    css: str
    direction: str
    next: str


def _bounds() -> dict[str, filters.NumberFilter]:
    return {
        f"{name}_{end}": filters.NumberFilter(
            field_name=name,
            lookup_expr=lookup,
            label=f"{title} {word}",
            widget=NumberInput(
                attrs={"step": "any", "placeholder": word, "aria-label": f"{title} {word} {unit}".strip()}
            ),
        )
        for name, (title, unit) in RANGES.items()
        for end, (word, lookup) in ENDS.items()
    }


class CandidateFilter(filters.FilterSet):  # type: ignore[misc]
    """Candidates by night, state, label, scores and shape; for rows that ``selectors.scored`` gave."""

    night = filters.DateFilter(label="Night (UTC)", widget=DateInput(attrs={"type": "date"}))
    night_min = filters.DateFilter(
        field_name="night", lookup_expr="gte", label="Nights from", widget=DateInput(attrs={"type": "date"})
    )
    night_max = filters.DateFilter(
        field_name="night", lookup_expr="lte", label="Nights to", widget=DateInput(attrs={"type": "date"})
    )
    state = filters.ChoiceFilter(choices=State.choices, label="State", empty_label="any")
    label = filters.ChoiceFilter(choices=LABELS, method="labelled", label="Label", empty_label="any")
    source_id = filters.CharFilter(lookup_expr="startswith", label="Source id starts with", max_length=40)
    exposure = filters.CharFilter(label="Exposure", max_length=80)
    sort = filters.ChoiceFilter(choices=SORT_CHOICES, method="sorted_by", label="Sort by", empty_label=None)

    class Meta:
        model = Candidate
        fields: list[str] = []

    @classmethod
    def get_filters(cls) -> dict[str, Any]:
        """Add the bounds to the filters that stand above."""
        return {**super().get_filters(), **_bounds()}

    def labelled(self, rows: QuerySet[Candidate], _name: str, value: str) -> QuerySet[Candidate]:
        """Keep what the default campaign has decided so, or has not decided."""
        decided = Q(("label", value)) if value != UNDECIDED else Q(("label", None)) | Q(("label", ""))
        return rows.filter(decided)

    def sorted_by(self, rows: QuerySet[Candidate], _name: str, value: str) -> QuerySet[Candidate]:
        """Sort; what has no value comes last either way, on every database."""
        column = F(SORTS[value.removeprefix("-")])
        order = column.desc(nulls_last=True) if value.startswith("-") else column.asc(nulls_last=True)
        return rows.order_by(order, "pk")

    def filter_queryset(self, queryset: QuerySet[Candidate]) -> QuerySet[Candidate]:
        """Filter and sort; nothing is found by a filter that cannot be read."""
        if not self.form.is_valid():
            return queryset.none()
        rows: QuerySet[Candidate] = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data["sort"] else self.sorted_by(rows, "sort", DEFAULT_SORT)

    @property
    def is_set(self) -> bool:
        """Whether any filter is set."""
        return any(self.data.get(name) for name in self.filters if name != "sort")

    @property
    def in_detail(self) -> bool:
        """Whether a filter beyond the first row of the form is set, so that the form shows it."""
        return any(self.data.get(name) for name in self.filters.keys() - FIRST_ROW)

    @property
    def order(self) -> str:
        """The order that is shown."""
        return (self.form.cleaned_data.get("sort") if self.form.is_valid() else "") or DEFAULT_SORT

    def bounds(self) -> list[dict[str, Any]]:
        """Return title, unit and the two fields of each bounded column of the second row."""
        return [
            {"title": title, "unit": unit, "low": self.form[f"{name}_min"], "high": self.form[f"{name}_max"]}
            for name, (title, unit) in RANGES.items()
            if f"{name}_min" not in FIRST_ROW
        ]

    def headings(self) -> list[Heading]:
        """Return the headings of the list, each with the order that a click on it asks for."""
        name, falling = self.order.removeprefix("-"), self.order.startswith("-")
        directions = {name: "descending" if falling else "ascending"}
        return [
            Heading(title, unit, css, directions.get(key, ""), _next(key, falling=falling, is_current=key == name))
            for key, title, unit, css in HEADINGS
        ]


def _next(key: str, *, falling: bool, is_current: bool) -> str:
    """Return the order of a click: the other way round on the current column, else the useful one first."""
    return key if (falling if is_current else key in TEXT_COLUMNS) else f"-{key}"
