"""Votes of vetters whose skill is known, on candidates whose class is known."""

from dataclasses import dataclass

import numpy as np

from scoring.families import FineClass
from vetting.campaigns.skill import CODES, Codes

REAL = [CODES[name] for name in (FineClass.ASTEROID, FineClass.COSMIC_RAY, FineClass.LONG_TRAIL)]
BOGUS = [CODES[name] for name in (FineClass.BAD_SUBTRACTION, FineClass.MASKED_STAR, FineClass.BLANK)]
RIGHT = (0.97, 0.9, 0.75, 0.65, 0.6)  # how often each vetter says real of what is real, and bogus of what is bogus


@dataclass(frozen=True)
class Simulated:
    truth: Codes
    items: Codes
    vetters: Codes
    classes: Codes


def simulate(items: int, *, votes: int = 5, real: float = 0.3, seed: int = 1) -> Simulated:
    """Draw votes of ``votes`` of the five vetters on each item."""
    rng = np.random.default_rng(seed)
    is_real = rng.random(items) < real
    truth = np.where(is_real, rng.choice(REAL, items), rng.choice(BOGUS, items))
    vetter = rng.permuted(np.tile(np.arange(5), (items, 1)), axis=1)[:, :votes].ravel()
    item = np.repeat(np.arange(items), votes)
    is_right = rng.random(len(item)) < np.array(RIGHT)[vetter]
    other = np.where(is_real[item], rng.choice(BOGUS, len(item)), rng.choice(REAL, len(item)))
    return Simulated(truth, item, vetter + 100, np.where(is_right, truth[item], other))
