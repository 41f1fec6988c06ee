// Where a panel looks: zoom and centre, the same for all frames. Pixels of the cutout are 0-based, y upwards.

const LARGEST = 40; // px of the screen for one of the cutout
export const STEP = 1.25;

export class View {
  constructor() {
    this.zoom = 1; // 1: the whole cutout fills the panel
    this.width = 157;
    this.x = this.y = 78; // px of the cutout in the middle of the panel
  }

  get isFitted() {
    return this.zoom === 1 && this.x === (this.width - 1) / 2 && this.y === (this.width - 1) / 2;
  }

  /** Look at the middle of frames of another size, or of another candidate; the zoom stays. */
  centre(width) {
    this.width = width;
    this.x = this.y = (width - 1) / 2;
  }

  fit() {
    this.zoom = 1;
    this.centre(this.width);
  }

  /** px of the screen for one px of the cutout, in a panel of `side` px. */
  scale(side) {
    return (side / this.width) * this.zoom;
  }

  /** Zoom in a panel of `side` px so that pixel (x, y) stays where it is. */
  zoomBy(factor, side, { x, y }) {
    const least = Math.min(1, this.width / side / devicePixelRatio); // 1:1 may be smaller than the panel
    const zoom = Math.max(least, Math.min((LARGEST * this.width) / side, this.zoom * factor));
    const moved = this.zoom / zoom;
    this.zoom = Math.abs(zoom - 1) < 0.02 ? 1 : zoom;
    this.move(x + (this.x - x) * moved, y + (this.y - y) * moved);
  }

  /** Look at a pixel, as far as the cutout goes; a cutout smaller than the panel stays in its middle. */
  move(x, y) {
    const [middle, half] = [(this.width - 1) / 2, this.width / 2 / this.zoom];
    const room = Math.max(0, this.width / 2 - half);
    this.x = Math.max(middle - room, Math.min(middle + room, x));
    this.y = Math.max(middle - room, Math.min(middle + room, y));
  }

  /** Move the sky by shares of a panel. */
  pan(right, down) {
    const span = this.width / this.zoom;
    this.move(this.x - right * span, this.y + down * span);
  }

  /** Move just so far that a pixel can be seen. */
  show({ x, y }) {
    const half = (this.width / 2 / this.zoom) * 0.9;
    this.move(Math.max(x - half, Math.min(x + half, this.x)), Math.max(y - half, Math.min(y + half, this.y)));
  }

  /** From px of the cutout to px of a panel. */
  placer(side) {
    const scale = this.scale(side);
    return (x, y) => [side / 2 + (x - this.x) * scale, side / 2 - (y - this.y) * scale];
  }

  /** From shares of a panel, from its upper left, to px of the cutout. */
  pixelAt(right, down) {
    const span = this.width / this.zoom;
    return { x: this.x + (right - 0.5) * span, y: this.y - (down - 0.5) * span };
  }
}
