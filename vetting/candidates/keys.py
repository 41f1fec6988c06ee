"""What keys do on a candidate's page besides the viewer's own; the scan page has more."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Action:
    """What a key can be made to do; ``name`` is what key maps are written in."""

    name: str
    keys: tuple[str, ...]
    group: str
    says: str


OCCLUSION = Action("occlusion", ("o",), "Why this score", "show which part of the cutout the score leans on, or not")
