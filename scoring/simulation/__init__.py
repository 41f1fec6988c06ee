"""Physically honest streaks and artefacts, alone or in real backgrounds; seeds give the same pixels."""

from scoring.simulation.config import SimulationConfig
from scoring.simulation.cutouts import PAINTERS, STREAKS, Simulated, inject, simulate
from scoring.simulation.rendering import clip_z, grey_to_z, z_to_grey
from scoring.simulation.scene import Truth

__all__ = [
    "PAINTERS",
    "STREAKS",
    "Simulated",
    "SimulationConfig",
    "Truth",
    "clip_z",
    "grey_to_z",
    "inject",
    "simulate",
    "z_to_grey",
]
