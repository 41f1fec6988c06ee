"""What people filter and sort candidates by; names and columns are fixed here, never taken from the address."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import django_filters as filters
from django.core.validators import RegexValidator
from django.db.models import F, Q, QuerySet
from django.forms import DateInput, HiddenInput, NumberInput
from django.http import HttpRequest

from scoring.families import FineClass
from vetting.candidates.models import Candidate, SavedFilter, State
from vetting.candidates.selectors import filters_visible, voted_by

UNDECIDED = "none"
JUDGED = {
    "me": "by me",
    "not_me": "not by me",
    "others": "by others",
    "nobody": "by nobody",
}
KNOWN = {"yes": "yes", "no": "no"}
IDS = RegexValidator(r"^\d{1,18}(,\d{1,18}){0,999}$", "Enter at most 1000 ids of candidates with commas between them.")
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
SCORES = ("p_asteroid", "rb", "sl", "kd")  # these have a slider each for their lower bound
SIGNS = {"-": "falling", "": "rising"}
ENDS = {"min": ("from", "gte"), "max": ("to", "lte")}
SORTS = {
    "time": "mjd_mid",
    "source_id": "source_id",
    "ra": "ra",
    "dec": "dec",
    "magnitude": "magnitude",
    "state": "seen_state",
    "label": "label",
} | {name: name for name in RANGES}
DEFAULT_SORT = "-p_asteroid"
FIRST_ROW = {
    "night",
    "state",
    "label",
    "judged",
    "source_id",
    "sort",
    "filter",
    "ids",
    *(f"{name}_min" for name in SCORES),
}
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


def _filters_of(request: HttpRequest | None) -> QuerySet[SavedFilter]:
    return filters_visible(getattr(request, "user", None))


class CandidateFilter(filters.FilterSet):  # type: ignore[misc]
    """Candidates by night, place, state, votes, scores and shape; for rows that ``selectors.scored`` gave."""

    filter = filters.ModelChoiceFilter(
        queryset=_filters_of, method="as_saved", label="Saved filter", empty_label="none"
    )
    night = filters.DateFilter(label="Night (UTC)", widget=DateInput(attrs={"type": "date"}))
    night_min = filters.DateFilter(
        field_name="night", lookup_expr="gte", label="Nights from", widget=DateInput(attrs={"type": "date"})
    )
    night_max = filters.DateFilter(
        field_name="night", lookup_expr="lte", label="Nights to", widget=DateInput(attrs={"type": "date"})
    )
    state = filters.ChoiceFilter(field_name="seen_state", choices=State.choices, label="State", empty_label="any")
    label = filters.ChoiceFilter(choices=LABELS, method="labelled", label="Label", empty_label="any")
    judged = filters.ChoiceFilter(choices=[*JUDGED.items()], method="judged_by", label="Judged", empty_label="or not")
    field = filters.NumberFilter(label="Field", widget=NumberInput(attrs={"min": "0"}))
    ccd = filters.NumberFilter(label="CCD", widget=NumberInput(attrs={"min": "1", "max": "16"}))
    quadrant = filters.NumberFilter(label="Quadrant", widget=NumberInput(attrs={"min": "1", "max": "4"}))
    known = filters.ChoiceFilter(
        choices=[*KNOWN.items()], method="known_or_not", label="Known object", empty_label="or not"
    )
    known_object = filters.CharFilter(
        field_name="known", lookup_expr="icontains", label="Name of the known object", max_length=40
    )
    ids = filters.CharFilter(validators=[IDS], method="among", label="Picked", widget=HiddenInput)
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

    def as_saved(self, rows: QuerySet[Candidate], _name: str, value: SavedFilter) -> QuerySet[Candidate]:
        """Keep what a saved filter finds; what stands beside it narrows further."""
        saved = CandidateFilter(value.parameters, queryset=rows, request=self.request)
        return saved.filter_queryset(rows)

    def judged_by(self, rows: QuerySet[Candidate], _name: str, value: str) -> QuerySet[Candidate]:
        """Keep what this vetter, others or nobody has voted on in the default campaign."""
        user = getattr(self.request, "user", None)
        if user is None:
            return rows.none()
        mine = voted_by(Q(labels__vetter=user.pk))
        others = voted_by(Q(labels__vetter__lt=user.pk) | Q(labels__vetter__gt=user.pk))
        kept = {
            "me": Q(pk__in=mine),
            "not_me": ~Q(pk__in=mine),
            "others": Q(pk__in=others),
            "nobody": ~Q(pk__in=mine) & ~Q(pk__in=others),
        }
        return rows.filter(kept[value])

    def known_or_not(self, rows: QuerySet[Candidate], _name: str, value: str) -> QuerySet[Candidate]:
        """Keep what agrees with a known object, or what agrees with none."""
        return rows.filter(Q(("known__gt", "")) if value == "yes" else Q(("known", "")))

    def among(self, rows: QuerySet[Candidate], _name: str, value: str) -> QuerySet[Candidate]:
        """Keep the named candidates: what was picked on a plot."""
        return rows.filter(pk__in=[int(pk) for pk in value.split(",")])

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

    def without_scores(self) -> "CandidateFilter":
        """Give the same filter without bounds on scores."""
        bounds = {f"{name}_{end}" for name in SCORES for end in ENDS}
        kept = {name: value for name, value in self.data.items() if name not in bounds}
        return type(self)(kept, queryset=self.queryset, request=self.request)

    def score_bounds(self) -> Q:
        """Return the condition that the bounds on scores set, for rows that ``selectors.scored`` gave."""
        given = self.form.cleaned_data if self.form.is_valid() else {}
        kept = Q()
        for name in SCORES:
            for end, (_, lookup) in ENDS.items():
                if (value := given.get(f"{name}_{end}")) is not None:
                    kept &= Q((f"{name}__{lookup}", value))
        return kept

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
            if name not in SCORES
        ]

    def upper_bounds(self) -> list[Any]:
        """Return the upper bound of each score, which has no slider."""
        return [self.form[f"{name}_max"] for name in SCORES]

    def sliders(self, active: Mapping[str, float]) -> list[dict[str, Any]]:
        """Return title, field and active threshold of each score that has a slider."""
        return [
            {"title": RANGES[name][0], "field": self.form[f"{name}_min"], "threshold": active.get(name)}
            for name in SCORES
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


def saved_asked(given: Mapping[str, Any], user: Any) -> SavedFilter | None:
    """Return the saved filter that an address names: as ``filter`` to be applied, as ``saved`` for its name alone."""
    pk = str(given.get("filter") or given.get("saved") or "")
    return filters_visible(user).filter(pk=pk).first() if pk.isdecimal() else None


def unfolded(given: Mapping[str, Any], saved: SavedFilter | None) -> dict[str, Any]:
    """Put the parameters of a saved filter in the place of its id, so that each can be seen and changed.

    What stands beside the id counts before them; an id that names none stays, and the form says so.
    """
    if saved is None or not given.get("filter"):
        return {name: given[name] for name in given}
    return {**saved.parameters, **{name: given[name] for name in given if name != "filter"}}


def parameters_of(given: Mapping[str, Any]) -> dict[str, str]:
    """Return what is set of a filter that can be kept: known names alone, and no filter within a filter."""
    names = CandidateFilter.base_filters.keys() - {"filter"}
    return {name: str(given[name]) for name in sorted(names) if given.get(name) not in {None, ""}}
