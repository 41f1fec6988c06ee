"""The form of the export page: every question has an answer that means all."""

from typing import Any, cast

from django import forms
from django.contrib.auth.models import User
from django.http import QueryDict

from vetting.campaigns.models import CLASS_CHOICES, Campaign, Role
from vetting.campaigns.selectors import campaign_default, campaigns_visible, may, role_of
from vetting.candidates.sight import sealed_for
from vetting.datasets.exports import FORMATS, TEST_PERCENT, Export
from vetting.datasets.selectors import Selection, vetters

BANDS = [("g", "g"), ("r", "r"), ("i", "i")]


class ExportForm(forms.Form):
    """What to export; it is sent with GET, so that an export has an address."""

    campaign = forms.ModelChoiceField(Campaign.objects.none(), empty_label=None)
    first_night = forms.DateField(required=False, widget=forms.DateInput({"type": "date"}))
    last_night = forms.DateField(required=False, widget=forms.DateInput({"type": "date"}))
    decided = forms.TypedChoiceField(
        label="Candidates",
        choices=[("1", "decided by the consensus"), ("0", "with any label that stands")],
        coerce=lambda value: value == "1",
        initial="1",
    )
    vetter = forms.MultipleChoiceField(label="Labelled by", required=False, widget=forms.CheckboxSelectMultiple)
    fine_class = forms.MultipleChoiceField(
        label="Classes", choices=CLASS_CHOICES, required=False, widget=forms.CheckboxSelectMultiple
    )
    band = forms.MultipleChoiceField(
        label="Filters", choices=BANDS, required=False, widget=forms.CheckboxSelectMultiple
    )
    format = forms.MultipleChoiceField(
        label="Formats",
        choices=[(name, one.title) for name, one in FORMATS.items()],
        widget=forms.CheckboxSelectMultiple,
        initial=["csv"],
    )
    test_percent = forms.IntegerField(
        label="Nights held out for a test (%)", min_value=0, max_value=100, required=False, initial=TEST_PERCENT
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        seen = campaigns_visible(user).order_by("name")
        cast("forms.ModelChoiceField[Campaign]", self.fields["campaign"]).queryset = seen
        self.fields["campaign"].initial = campaign_default()
        cast(forms.MultipleChoiceField, self.fields["vetter"]).choices = [(name, name) for name in vetters(user)]

    @classmethod
    def of_link(cls, given: QueryDict, *, user: User) -> "ExportForm":
        """Make the form of a link that answers some questions only, such as the nights; the rest is as at first."""
        if not given:
            return cls(user=user)
        first, answers = cls(user=user), given.copy()
        for name in ("campaign", "decided", "format", "test_percent"):
            if name not in given:
                value = first.get_initial_for_field(first.fields[name], name)
                answers.setlist(name, value if isinstance(value, list) else [getattr(value, "pk", value)])
        return cls(answers, user=user)

    def clean(self) -> dict[str, Any]:
        """Refuse a range of nights that ends before it begins."""
        given: dict[str, Any] = super().clean() or {}
        first, last = given.get("first_night"), given.get("last_night")
        if first and last and last < first:
            self.add_error("last_night", f"expected a night from {first} on, got {last}")
        return given

    def selection(self) -> Selection:
        """Return what a valid form selects."""
        given = self.cleaned_data
        return Selection(
            campaign=given["campaign"],
            first_night=given["first_night"],
            last_night=given["last_night"],
            bands=tuple(given["band"]),
            classes=tuple(given["fine_class"]),
            vetters=tuple(given["vetter"]),
            decided=given["decided"],
            sealed=sealed_for(self.user),
        )

    def export(self) -> Export:
        """Return the export that a valid form asks for."""
        percent = self.cleaned_data["test_percent"]
        return Export(
            selection=self.selection(),
            formats=tuple(self.cleaned_data["format"]),
            test_percent=TEST_PERCENT if percent is None else percent,
            for_manager=may(role_of(self.user, self.cleaned_data["campaign"]), Role.MANAGER),
        )
