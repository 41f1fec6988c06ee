"""Which part of a cutout moved the score: occlusion, on networks as they are shipped.

A piece of the cutout is hidden under sky, and the fall of the score says how much the verdict leant on it (Zeiler &
Fergus 2014, arXiv:1311.2901). It needs no gradients, so that it explains what scores in production and not its parent.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from scoring.cutout import Cutout, Rendering
from scoring.families import Family
from scoring.inference import NEAREST, Ensemble, Scorable, Scores
from scoring.preprocessing import SIDE, Unscorable, render_ipac

SKY_GREY = 204.0  # of the survey's rendering
BATCH = 128  # occluded cutouts that are scored at once
P_ASTEROID = "p_asteroid"

Square = tuple[slice, slice]  # rows and columns


def occlusion(
    ensemble: Ensemble, item: Scorable, *, patch: int = 16, stride: int = 8
) -> dict[str, NDArray[np.float32]]:
    """Hide one square after the other under sky, and map how far the scores fall.

    Parameters
    ----------
    ensemble : that scored it.
    item : a cutout of (ny, nx) px that can be scored.
    patch : side of a square, px; wider than a streak, shorter than most.
    stride : distance between squares, px, no more than the patch.

    Returns
    -------
    dict of ``rb``, ``sl``, ``kd`` and ``p_asteroid`` → float32 (ny, nx) : fall of the score's log-odds, the mean over
        the squares that hid the pixel. Positive where the pixel speaks for the score, negative where it speaks
        against it, and 0 beyond what the networks see.

    Raises
    ------
    Unscorable : the cutout, or what is left of it, has no score.
    ValueError : patch or stride cannot be used.

    Notes
    -----
    Log-odds, because a score of a bright streak is so near 1 that hiding half of it may not show.

    Examples
    --------
    >>> maps = occlusion(Ensemble.load(SHIPPED), Scorable(cutout))  # doctest: +SKIP
    >>> np.unravel_index(maps["kd"].argmax(), maps["kd"].shape)  # doctest: +SKIP
    """
    if not 1 <= stride <= patch:
        raise ValueError(f"expected 1 <= stride <= patch, but came a stride of {stride} and a patch of {patch} px")
    if item.diff is None:
        raise Unscorable(item.reason or "no difference image")
    whole = _log_odds(ensemble.score([item])[0])
    grey = _as_grey(item.diff)
    squares = list(_squares(grey, patch, stride))
    total = {name: np.zeros(grey.pixels.shape, np.float64) for name in whole}
    count = np.zeros(grey.pixels.shape, np.int64)
    for at in range(0, len(squares), BATCH):
        chunk = squares[at : at + BATCH]
        hidden = [replace(item, diff=_hide(grey, square)) for square in chunk]
        for square, scores in zip(chunk, ensemble.score(hidden), strict=True):
            count[square] += 1
            for name, value in _log_odds(scores).items():
                total[name][square] += whole[name] - value
    return {name: (values / np.maximum(count, 1)).astype(np.float32) for name, values in total.items()}


def _log_odds(scores: Scores) -> dict[str, float]:
    """Log-odds of the families' scores and of the ranking score."""
    values = {family.value: getattr(scores, family) for family in Family} | {P_ASTEROID: scores.p_asteroid}
    if any(value is None for value in values.values()):
        raise Unscorable(scores.reason)
    clipped = {name: float(np.clip(value, NEAREST, 1 - NEAREST)) for name, value in values.items()}
    return {name: float(np.log(value / (1 - value))) for name, value in clipped.items()}


def _as_grey(cutout: Cutout) -> Cutout:
    """Render a flux cutout once: what is hidden must not change how the noise is measured."""
    if cutout.rendering is not Rendering.FLUX:
        return cutout
    visible = np.isfinite(cutout.pixels) & ~cutout.masked
    pixels = render_ipac(cutout.pixels, visible)
    return replace(cutout, pixels=pixels, masked=~visible, rendering=Rendering.IPAC_GREY)


def _squares(cutout: Cutout, patch: int, stride: int) -> Iterator[Square]:
    """Squares that cover what the networks see, every pixel of it as often; those at its rim are cut."""
    x, y = (round(at) - SIDE // 2 for at in cutout.midpoint)
    ny, nx = cutout.pixels.shape
    rows, columns = _sides(y, ny, patch, stride), _sides(x, nx, patch, stride)
    return product(rows, columns)


def _sides(start: int, size: int, patch: int, stride: int) -> list[slice]:
    """Sides of the squares along one axis of `size` px, of which the networks see SIDE from `start` on."""
    low, high = max(start, 0), min(start + SIDE, size)
    firsts = range(start + stride - patch, start + SIDE, stride)
    return [slice(max(at, low), min(at + patch, high)) for at in firsts if at < high and at + patch > low]


def _hide(cutout: Cutout, square: Square) -> Cutout:
    pixels = cutout.pixels.copy()
    pixels[square] = SKY_GREY
    return replace(cutout, pixels=pixels)
