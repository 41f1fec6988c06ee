"""The nine fine classes as the scan page offers them: the keys and what the eye looks for."""

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
NAMES = {key.fine_class.value: key.name for key in KEYS}
