"""What a whitening image subtraction does to sharp things: rims and ringing near the Nyquist frequency."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.fft import irfft2, rfft2

from scoring.simulation.rendering import FloatImage

RIM_START = 0.2  # cycles a pixel
COLOUR_START, COLOUR_END = 0.36, 0.62  # cycles a pixel, by radius
PADDED = 180  # px: the transform is fast, and stripes do not wrap around a cutout of 157


@dataclass(frozen=True, slots=True)
class Sharpening:
    """What is added to the transfer function of 1, at the Nyquist frequency.

    Attributes
    ----------
    rim : gain by radius, rising from 0.2 to 0.5 cycles a pixel: white rims.
    stripes : narrow gains along ``(x, y)``: stripes of period 2 px on both sides of a sharp thing.
    reach : distance over which the stripes fade, px.
    """

    rim: float = 0.0
    stripes: tuple[float, float] = (0.0, 0.0)
    reach: float = 4.0

    def apply(self, image: FloatImage) -> FloatImage:
        """Raise the high spatial frequencies, as dividing by the square root of the noise power does.

        Sources as wide as the point-spread function hardly change; cosmic rays and misregistered star cores do.
        The total flux is kept.

        Parameters
        ----------
        image : (ny, nx) source light without its noise.

        Returns
        -------
        (ny, nx) float32.
        """
        fy, fx = _frequencies()
        position = np.clip((np.hypot(fx, fy) - RIM_START) / (0.5 - RIM_START), 0, 1)
        transfer = 1 + self.rim * position**2 * (3 - 2 * position)
        for gain, frequency in zip(self.stripes, (fx, fy), strict=True):
            # A Lorentzian at the Nyquist frequency: (-1)^n exp(-|n| / reach) between the pixels of a row.
            width = 2 * np.pi * self.reach * (0.5 - frequency)
            transfer = transfer + gain * (frequency > RIM_START) / (1 + width**2)
        ny, nx = image.shape
        spectrum = rfft2(image, s=(PADDED, PADDED)) * transfer.astype(np.float32)
        return np.asarray(irfft2(spectrum, s=(PADDED, PADDED))[:ny, :nx], dtype=np.float32)


def coloured_noise(rng: np.random.Generator, shape: tuple[int, int], depth: float) -> FloatImage:
    """Draw Gaussian noise of rms 1 that lacks power at the highest frequencies, as many real images do.

    Parameters
    ----------
    rng : source of randomness.
    shape : rows and columns, 180 at most.
    depth : share of the power that is missing in the corner of the frequency plane; 0 is white.
    """
    noise = rng.standard_normal((PADDED, PADDED), dtype=np.float32)
    if depth:
        position = np.clip((np.hypot(*_frequencies()) - COLOUR_START) / (COLOUR_END - COLOUR_START), 0, 1)
        power = 1 - depth * position**2 * (3 - 2 * position)
        spectrum = rfft2(noise) * np.sqrt(power / power.mean()).astype(np.float32)
        noise = np.asarray(irfft2(spectrum, s=noise.shape), dtype=np.float32)
    return noise[: shape[0], : shape[1]]


def _frequencies() -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Absolute frequencies along rows and columns, cycles a pixel."""
    rows = np.abs(np.fft.fftfreq(PADDED)).astype(np.float64)
    columns = np.asarray(np.fft.rfftfreq(PADDED), dtype=np.float64)
    return rows[:, None], columns[None, :]
