"""What a whitening image subtraction does to sharp things: rims and ringing near the Nyquist frequency."""

from dataclasses import dataclass

import numpy as np
from scipy.fft import irfft2, rfft2

from scoring.simulation.rendering import FloatImage

RIM_START = 0.2  # cycles a pixel


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
        fy, fx = np.abs(np.fft.fftfreq(image.shape[0]))[:, None], np.fft.rfftfreq(image.shape[1])[None, :]
        position = np.clip((np.hypot(fx, fy) - RIM_START) / (0.5 - RIM_START), 0, 1)
        transfer = 1 + self.rim * position**2 * (3 - 2 * position)
        for gain, frequency in zip(self.stripes, (fx, fy), strict=True):
            # A Lorentzian at the Nyquist frequency: (-1)^n exp(-|n| / reach) between the pixels of a row.
            transfer = transfer + gain * (frequency > RIM_START) / (
                1 + (2 * np.pi * self.reach * (0.5 - frequency)) ** 2
            )
        return np.asarray(irfft2(rfft2(image) * transfer.astype(np.float32), s=image.shape), dtype=np.float32)
