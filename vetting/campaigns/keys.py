"""What keys do on the scan page and the grid: the nine fine classes and what the eye looks for, then moves, by name."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from typing import Any

from scoring.families import FineClass
from vetting.candidates.keys import OCCLUSION, Action


@dataclass(frozen=True, slots=True)
class ClassKey:
    """One class: a digit by its place on the page, a letter by its name."""

    fine_class: FineClass
    digit: str
    letter: str
    name: str
    look: str


KEYS = (
    ClassKey(FineClass.ASTEROID, "1", "a", "asteroid", "short uniform streak, both ends inside"),
    ClassKey(FineClass.LONG_TRAIL, "2", "l", "long trail", "satellite or aircraft across the cutout"),
    ClassKey(FineClass.FLASHES, "3", "f", "flashes", "spindle or pieces in a line: a tumbling satellite"),
    ClassKey(FineClass.COSMIC_RAY, "4", "c", "cosmic ray", "sharper than a star, curved or hooked"),
    ClassKey(FineClass.BAD_SUBTRACTION, "5", "y", "bad subtraction", "yin-yang: bright and dark lobes in pairs"),
    ClassKey(FineClass.MASKED_STAR, "6", "s", "masked star", "saturated star, bleed, edge or bad column"),
    ClassKey(FineClass.GHOST, "7", "g", "ghost", "scattered light, dementor, smooth filaments"),
    ClassKey(FineClass.BLANK, "8", "n", "blank", "noise alone"),
    ClassKey(FineClass.UNSURE, "9", "q", "unsure", "a vote that decides nothing"),
)


ACTIONS = (
    *(Action(f"class.{key.fine_class}", (key.digit, key.letter), "Label, save, next", key.name) for key in KEYS),
    Action("undo", ("u",), "Moving", "take the last decision back and see its candidate again, as often as you like"),
    Action("redo", ("Shift+u",), "Moving", "decide again what was taken back last"),
    Action("back", ("ArrowLeft",), "Moving", "the one before; a new label there corrects the old one"),
    Action("skip", ("ArrowRight",), "Moving", "skip: offered again at the end of the night"),
    Action("snooze", ("z",), "Putting off", "snooze: it comes back after 15 minutes, an hour or tomorrow night"),
    Action("purgatory", ("p",), "Putting off", "to purgatory: too good to junk, too poor to report"),
    Action("hide", ("h",), "Putting off", "hide it from your own queue"),
    Action("sure", ("x",), "Talking", "how sure you are of the next label: 25, 50, 75 %, or not said"),
    Action("remark", ("Shift+x",), "Talking", "a few words with the next label"),
    Action("comment", ("k",), "Talking", "read and write comments"),
    Action("link", ("Shift+k",), "Talking", "copy a link to this candidate at this view"),
    Action("copy-position", ("Shift+c",), "Talking", "copy its position in sexagesimal form"),
    OCCLUSION,
)
# The grid's own keys are no user's to change, because no letter is left; each gives way to a class that has its key.
ON_GRID = (
    *(action for action in ACTIONS if action.name == "undo" or action.name.startswith("class.")),
    Action("grid.junk", ("j",), "The whole page", "the rest is junk: all that is neither selected nor labelled"),
    Action("grid.junk-as", ("Shift+j",), "The whole page", "the same, of another class"),
    Action("grid.select", ("x",), "Selecting", "select the cutout in focus, or not"),
    Action("grid.all", ("Shift+a",), "Selecting", "select all that have no label"),
)
NAMES = {key.fine_class.value: key.name for key in KEYS}


def offered(classes: Collection[str], actions: Iterable[Action]) -> dict[str, Any]:
    """Return what a page with these classes is drawn from: their keys, and its actions without the other classes."""
    missing = {f"class.{key.fine_class}" for key in KEYS if key.fine_class not in classes}
    return {
        "keys": [key for key in KEYS if key.fine_class in classes],
        "actions": [asdict(action) for action in actions if action.name not in missing],
    }
