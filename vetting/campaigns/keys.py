"""What keys do on the scan page: the nine fine classes and what the eye looks for, then moves, each with its name."""

from dataclasses import dataclass

from scoring.families import FineClass


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


@dataclass(frozen=True, slots=True)
class Action:
    """What a key can be made to do; ``name`` is what key maps are written in."""

    name: str
    keys: tuple[str, ...]
    group: str
    says: str


ACTIONS = (
    *(Action(f"class.{key.fine_class}", (key.digit, key.letter), "Label, save, next", key.name) for key in KEYS),
    Action("undo", ("u",), "Moving", "take the last decision back and see its candidate again, as often as you like"),
    Action("redo", ("Shift+u",), "Moving", "decide again what was taken back last"),
    Action("back", ("ArrowLeft",), "Moving", "the one before; a new label there corrects the old one"),
    Action("skip", ("ArrowRight",), "Moving", "skip: offered again at the end of the night"),
    Action("snooze", ("z",), "Putting off", "snooze: it comes back after 15 minutes, an hour or tomorrow night"),
    Action("purgatory", ("p",), "Putting off", "to purgatory: too good to junk, too poor to report"),
    Action("hide", ("h",), "Putting off", "hide it from your own queue"),
    Action("comment", ("k",), "Talking", "read and write comments"),
    Action("link", ("Shift+k",), "Talking", "copy a link to this candidate at this view"),
    Action("occlusion", ("o",), "Why this score", "show which part of the cutout the score leans on, or not"),
)
NAMES = {key.fine_class.value: key.name for key in KEYS}
