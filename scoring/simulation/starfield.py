"""Stars for any place on the sky, the same ones in every exposure of it."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

TILE = 0.05  # degrees; one random state each
BRIGHTEST, FAINTEST = 12.5, 22.0  # mag
SLOPE = 0.26  # of log10(number) with magnitude
POLE_DENSITY = 3500.0  # stars per square degree down to 21 mag at the galactic pole
GALACTIC_POLE = (math.radians(192.86), math.radians(27.13))  # right ascension and declination

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Starfield:
    """A random sky whose density rises towards the galactic plane.

    Attributes
    ----------
    seed : the sky; the same seed has the same stars at the same place.
    """

    seed: int

    def within(self, ra: float, dec: float, radius: float) -> tuple[Floats, Floats, Floats]:
        """Find the stars in the tiles around a position.

        Parameters
        ----------
        ra, dec : ICRS, degrees.
        radius : every star within it is given, and some beyond, degrees.

        Returns
        -------
        Right ascensions (degrees), declinations (degrees) and magnitudes.
        """
        found: list[Floats] = [np.empty((3, 0))]
        for band in range(math.floor((dec - radius) / TILE), math.floor((dec + radius) / TILE) + 1):
            width = TILE / max(math.cos(math.radians(band * TILE)), 0.01)
            reach = radius * width / TILE
            tiles = range(math.floor((ra - reach) / width), math.floor((ra + reach) / width) + 1)
            found.extend(self._tile(band, tile, width) for tile in tiles)
        ras, decs, magnitudes = np.concatenate(found, axis=1)
        return ras, decs, magnitudes

    def _tile(self, band: int, tile: int, width: float) -> Floats:
        """Draw the stars of one tile: (3, n)."""
        wrapped = tile % math.ceil(360 / width)
        rng = np.random.default_rng([self.seed, band + 10_000, wrapped])
        expected = density(tile * width, band * TILE) * TILE**2 * 10 ** (SLOPE * (FAINTEST - 21.0))
        count = rng.poisson(expected)
        fainter = rng.random(count)  # share of the stars that are brighter
        least = 10 ** (SLOPE * (BRIGHTEST - FAINTEST))
        magnitude = FAINTEST + np.log10(least + (1 - least) * fainter) / SLOPE
        return np.vstack([(tile + rng.random(count)) * width, (band + rng.random(count)) * TILE, magnitude])


def density(ra: float, dec: float) -> float:
    """Stars per square degree brighter than 21 mag: ten times as many near the galactic plane as at the pole."""
    ra0, dec0 = GALACTIC_POLE
    dec_radians = math.radians(dec)
    sine = math.sin(dec_radians) * math.sin(dec0)
    sine += math.cos(dec_radians) * math.cos(dec0) * math.cos(math.radians(ra) - ra0)
    return POLE_DENSITY * math.exp(2.3 * (1 - min(abs(sine), 1.0)) ** 1.5)
