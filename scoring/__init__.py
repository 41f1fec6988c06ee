"""DeepStreaks v2: find streaking near-Earth asteroids in difference-image cutouts."""

__version__ = "0.1.0"
