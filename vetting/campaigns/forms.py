"""The forms of a campaign's manager. What is right is decided by the services; here texts become values."""

from collections.abc import Collection
from typing import Any, cast

from django import forms
from django.contrib.auth.models import User
from django.forms.models import ModelChoiceField
from django.http import QueryDict

from scoring.families import FineClass
from vetting.campaigns.guidelines import STARTER
from vetting.campaigns.models import CLASS_CHOICES, Campaign, GuidelineVersion, Role, Webhook
from vetting.campaigns.selectors.pool import pool_filter_check
from vetting.campaigns.services.campaigns import MOST_EXAMPLES
from vetting.campaigns.services.people import DAYS, MOST_DAYS, MOST_USES
from vetting.campaigns.templates import TEMPLATES
from vetting.candidates.models import Candidate, SavedFilter
from vetting.candidates.selectors import filters_visible
from vetting.common import ApplicationError

POLICIES = ["rule", "redundancy", "votes_needed", "votes_most", "certainty", "order", "gold_share", "blindness",
            "feedback", "feedback_days"]  # fmt: skip
POOL = ["pool", "pool_first_night", "pool_last_night", "pool_grows"]
CHOICES = {
    "rule": Campaign.Rule.choices,
    "redundancy": Campaign.Redundancy.choices,
    "order": Campaign.Order.choices,
    "blindness": Campaign.Blindness.choices,
    "feedback": Campaign.Feedback.choices,
    "pool": Campaign.Pool.choices,
}
MOST_NAMES = 10_000  # identifiers that are pasted at once
DATE = forms.DateInput({"type": "date"}, format="%Y-%m-%d")


def names_in(text: str) -> list[str]:
    """Part a pasted text into identifiers."""
    names = list(dict.fromkeys(text.replace(",", " ").split()))
    if len(names) > MOST_NAMES:
        raise forms.ValidationError(f"expected at most {MOST_NAMES} identifiers, got {len(names)}")
    return names


class SettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    """Settings of a campaign; every choice explains itself in one line. `settings` is for the service."""

    saved_filter = ModelChoiceField(
        SavedFilter.objects.none(), required=False, label="Saved filter", empty_label="choose a saved filter"
    )

    class Meta:
        model = Campaign
        fields = ["name", "description", *POLICIES, "lease_minutes", *POOL, "is_public"]
        widgets = {
            "description": forms.TextInput(),
            "pool_first_night": DATE,
            "pool_last_night": DATE,
            **dict.fromkeys(CHOICES, forms.RadioSelect()),
        }
        labels = {
            "rule": "How votes become a class",
            "redundancy": "How many votes are asked for",
            "votes_needed": "Votes needed",
            "votes_most": "Votes at most",
            "certainty": "Sure at",
            "order": "What a vetter gets next",
            "gold_share": "Share of candidates with a known answer",
            "blindness": "What a vetter sees before voting",
            "feedback": "When vetters are told of their votes on candidates with a known answer",
            "feedback_days": "Days after the vote",
            "lease_minutes": "Minutes for which a candidate is lent",
            "pool": "Which candidates",
            "pool_first_night": "First night",
            "pool_last_night": "Last night",
            "pool_grows": "New candidates that fit are taken in",
            "is_public": "Everybody with a login may vet, without an invitation (switched on by staff alone)",
        }
        help_texts = {
            "votes_needed": "A fixed number of them, or the fewest; with agreement: as many equal ones",
            "votes_most": "After so many an open candidate is adjudicated; with a fixed number, under agreement alone",
            "certainty": "0.5 to 1: where votes are asked for until the answer is sure, what is sure enough",
            "feedback_days": "from when on a vetter is told",
            "gold_share": "0 to 0.5; which answers are known you say on the campaign's page, under Gold",
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = cast("ModelChoiceField[SavedFilter]", self.fields["saved_filter"])
        chosen.queryset = filters_visible(user)
        for name, choices in CHOICES.items():
            cast(forms.ChoiceField, self.fields[name]).choices = choices  # without an empty one

    def clean(self) -> dict[str, Any]:
        """Ask for the filter where the pool is one."""
        given: dict[str, Any] = super().clean() or {}
        if (
            given.get("pool") == Campaign.Pool.FILTER
            and not given.get("saved_filter")
            and not self.instance.pool_filter
        ):
            self.add_error("saved_filter", "Choose the filter whose candidates the campaign asks about.")
        if given.get("pool") == Campaign.Pool.FILTER and (saved := given.get("saved_filter")):
            try:
                pool_filter_check(saved.parameters)
            except ApplicationError as error:
                self.add_error("saved_filter", f"“{saved}”: {error}.")
        return given

    def settings(self) -> dict[str, Any]:
        """Return what a valid form says, by the names of the service."""
        given = {name: self.cleaned_data[name] for name in self._meta.fields or []}
        saved = self.cleaned_data["saved_filter"]
        if saved and given["pool"] == Campaign.Pool.FILTER:
            given["pool_filter"] = saved.parameters
        return given


class GuidelineForm(forms.Form):
    """A guideline: its text, the classes that are offered, and candidates that show them."""

    text = forms.CharField(
        label="Guideline (Markdown)",
        max_length=100_000,
        widget=forms.Textarea({"rows": 10, "spellcheck": "true"}),
        help_text="Images of other sites are not shown: example cutouts are named below.",
    )
    classes = forms.MultipleChoiceField(
        label="Classes to choose from", choices=CLASS_CHOICES, widget=forms.CheckboxSelectMultiple
    )
    examples = forms.CharField(
        label="Example cutouts",
        required=False,
        widget=forms.Textarea({"rows": 3, "placeholder": "5450000000000000001 asteroid"}),
        help_text="One a line: the survey's identifier of a candidate, and the class that it shows.",
    )

    @staticmethod
    def first(latest: GuidelineVersion | None) -> dict[str, Any]:
        """Return what the form starts with: the latest version, or what every campaign can start from."""
        if latest is None:
            return {"text": STARTER, "classes": [value.value for value in FineClass]}
        rows = Candidate.objects.in_bulk([example["candidate"] for example in latest.examples])
        lines = [
            f"{rows[example['candidate']].source_id} {example['fine_class']}"
            for example in latest.examples
            if example["candidate"] in rows
        ]
        return {"text": latest.text, "classes": latest.classes, "examples": "\n".join(lines)}

    def clean_examples(self) -> list[dict[str, Any]]:
        """Read the lines, and find the candidates that they name."""
        lines = [line.split(None, 1) for line in self.cleaned_data["examples"].splitlines() if line.strip()]
        if len(lines) > MOST_EXAMPLES:
            raise forms.ValidationError(f"expected at most {MOST_EXAMPLES} examples, got {len(lines)}")
        known = dict(Candidate.objects.filter(source_id__in=[line[0] for line in lines]).values_list("source_id", "pk"))
        read = []
        for name, *rest in lines:
            fine_class = (rest[0] if rest else "").strip().replace(" ", "_")
            if name not in known or fine_class not in set(FineClass):
                raise forms.ValidationError(f"expected a known candidate and a class, got “{' '.join([name, *rest])}”")
            read.append({"candidate": known[name], "fine_class": fine_class})
        return read


class NewCampaignForm(SettingsForm, GuidelineForm):
    """All that a new campaign needs; what the template says stands there at first."""

    names = forms.CharField(
        label="Identifiers", required=False, widget=forms.Textarea({"rows": 4}),
        help_text="As the survey writes them, with spaces, commas or line ends between them.",
    )  # fmt: skip

    @classmethod
    def of_template(cls, template: str, *, user: User) -> "NewCampaignForm":
        """Make the form that a template starts from."""
        return cls(instance=Campaign(**TEMPLATES[template]), initial=GuidelineForm.first(None), user=user)

    @classmethod
    def switched(cls, typed: QueryDict, template: str, other: str, *, user: User) -> "NewCampaignForm":
        """Make the form of another template in which all that was typed or changed under the first one stays."""
        first = GuidelineForm.first(None)
        filled = cls(typed, instance=Campaign(**TEMPLATES[template]), initial=first, user=user)
        kept = {name: filled[name].data for name in filled.changed_data}
        return cls(instance=Campaign(**TEMPLATES[other]), initial=first | kept, user=user)

    def clean_names(self) -> list[str]:
        """Part the pasted text into identifiers."""
        return names_in(self.cleaned_data["names"])

    def clean(self) -> dict[str, Any]:
        """Ask for the list where the pool is one."""
        given = super().clean()
        if given.get("pool") == Campaign.Pool.LIST and not given.get("names") and "names" not in self.errors:
            self.add_error("names", "Paste the identifiers of the candidates that the campaign asks about.")
        return given


class NamedForm(forms.Form):
    """Candidates of a pool, pasted."""

    names = forms.CharField(
        label="Candidates of the pool, as the survey names them", widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, *args: Any, label: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["names"].label = label or self.fields["names"].label

    def clean_names(self) -> list[str]:
        """Part the pasted text into identifiers."""
        if not (names := names_in(self.cleaned_data["names"])):
            raise forms.ValidationError("expected identifiers, got commas alone")
        return names


class GoldForm(NamedForm):
    """Candidates whose answer is known; without a class they are no longer gold."""

    fine_class = forms.ChoiceField(label="Their class")

    def __init__(self, *args: Any, classes: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(value, label) for value, label in CLASS_CHOICES if value in classes]
        field = cast(forms.ChoiceField, self.fields["fine_class"])
        field.initial = next(iter(offered), ("",))[0]
        field.required, field.choices = False, [*offered, ("", "not known: take gold back")]


class WebhookForm(forms.Form):
    """Whom a campaign tells of which events."""

    address = forms.CharField(label="Address", max_length=500, widget=forms.TextInput({"placeholder": "https://…"}))
    events = forms.MultipleChoiceField(
        label="It is told that", choices=Webhook.Event.choices, widget=forms.CheckboxSelectMultiple
    )


class InviteForm(forms.Form):
    """Whom a link lets in."""

    role = forms.ChoiceField(choices=Role.choices, initial=Role.VETTER)
    days = forms.IntegerField(label="Days it is good for", min_value=1, max_value=MOST_DAYS, initial=DAYS)
    uses = forms.IntegerField(label="People who may follow it", min_value=1, max_value=MOST_USES, initial=10)
