"""The three DeepStreaks families and the nine fine classes, and what each class says to each family."""

from enum import StrEnum


class Family(StrEnum):
    """A family of binary classifiers; a plausible candidate passes all three."""

    RB = "rb"  # real (1) or bogus (0)
    SL = "sl"  # short (1) or long (0)
    KD = "kd"  # keep (1: an asteroid) or ditch (0)


class FineClass(StrEnum):
    """What a vetter sees in a cutout; one key each."""

    ASTEROID = "asteroid"
    LONG_TRAIL = "long_trail"
    FLASHES = "flashes"
    COSMIC_RAY = "cosmic_ray"
    BAD_SUBTRACTION = "bad_subtraction"
    MASKED_STAR = "masked_star"
    GHOST = "ghost"
    BLANK = "blank"
    UNSURE = "unsure"


# The classes that a network tells apart; unsure is a vetter's word, not a kind of streak.
JUDGED = tuple(label for label in FineClass if label is not FineClass.UNSURE)
Target = dict[Family, int | None]


def _target(rb: int | None, sl: int | None, kd: int | None) -> Target:
    return {Family.RB: rb, Family.SL: sl, Family.KD: kd}


# None means that the class says nothing to the family: a missing target, never a negative one.
TARGETS: dict[FineClass, Target] = {
    FineClass.ASTEROID: _target(1, 1, 1),
    FineClass.LONG_TRAIL: _target(1, 0, 0),
    FineClass.FLASHES: _target(1, 0, 0),
    FineClass.COSMIC_RAY: _target(1, 1, 0),
    FineClass.BAD_SUBTRACTION: _target(0, None, 0),
    FineClass.MASKED_STAR: _target(0, None, 0),
    FineClass.GHOST: _target(0, None, 0),
    FineClass.BLANK: _target(0, None, 0),
    FineClass.UNSURE: _target(None, None, None),
}
