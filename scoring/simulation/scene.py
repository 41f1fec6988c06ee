"""The canvas that a source or an artefact is drawn on, and what is known about it."""

from dataclasses import dataclass, field

import numpy as np

from scoring.families import FineClass
from scoring.simulation.config import CUTOUT_SIZE
from scoring.simulation.drawing import Trail
from scoring.simulation.rendering import FloatImage, MaskImage
from scoring.simulation.sharpening import Sharpening

SHAPE = (CUTOUT_SIZE, CUTOUT_SIZE)


@dataclass(frozen=True, slots=True)
class Truth:
    """What was drawn.

    Attributes
    ----------
    fine_class : class of the cutout.
    trail : the trail that a streak finder would fit, where the class has one; a long trail's is its visible part.
    """

    fine_class: FineClass
    trail: Trail | None = None

    def as_row(self) -> dict[str, str | float]:
        """One table row: px, degrees from +x towards +y, sigma; NaN where the class has no trail."""
        names = ("x", "y", "length", "angle", "sigma", "amplitude", "snr")
        values = {name: float("nan") if self.trail is None else float(getattr(self.trail, name)) for name in names}
        return {"fine_class": self.fine_class.value, **values}


def _zeros() -> FloatImage:
    return np.zeros(SHAPE, dtype=np.float32)


def _nothing() -> MaskImage:
    return np.zeros(SHAPE, dtype=np.bool_)


@dataclass(slots=True)
class Scene:
    """Layers of a difference cutout of 157 x 157 px, in sigma of the sky noise.

    Attributes
    ----------
    light : sources and residuals, which the subtraction sharpens.
    glow : what is added as it is: gradients, ghosts, ringing beside masks.
    masked : pixels without data.
    padded : pixels beyond the CCD's edge.
    saturated : masked stars, ``(x, y, half width of the mask)`` px.
    sharpening : what the subtraction does to the light; None draws it from the optics.
    """

    light: FloatImage = field(default_factory=_zeros)
    glow: FloatImage = field(default_factory=_zeros)
    masked: MaskImage = field(default_factory=_nothing)
    padded: MaskImage = field(default_factory=_nothing)
    saturated: list[tuple[float, float, float]] = field(default_factory=list)
    sharpening: Sharpening | None = None
