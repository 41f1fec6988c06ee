// The profiles of a streak drawn as SVG: along it with its ends, across it with the width of fit and star.

import { FWHM_PER_SIGMA, profiles } from "./profile.js";

const [WIDTH, HEIGHT] = [460, 130]; // of the drawing's own units
const [LEFT, RIGHT, TOP, BOTTOM] = [8, 8, 10, 22];

/** Fill an element with the plots of a frame; with the reason where there are none. */
export function showProfile(element, frame, { streak, sigma, fwhm, scale }) {
  const found = frame && profiles(frame, streak);
  if (!found) {
    element.innerHTML = `<p class="muted">No profile: ${frame ? "the survey gives no ends of the streak" : "there are no pixels"}.</p>`;
    return;
  }
  const widths = [
    found.fwhm && ["measured", found.fwhm, "profile-measured"],
    sigma && ["fit", sigma * FWHM_PER_SIGMA, "profile-fit"],
    fwhm && ["star", fwhm, "profile-star"],
  ].filter(Boolean);
  const sizes = widths.map(([name, width, style]) => `<span class="${style}">${name} ${width.toFixed(2)} px${scale ? ` (${(width * scale).toFixed(2)}″)` : ""}</span>`);
  element.innerHTML = `
    <figure>${along(found)}<figcaption>${frame.kind} along the streak: ${found.length.toFixed(1)} px${scale ? ` (${(found.length * scale).toFixed(1)}″)` : ""}</figcaption></figure>
    <figure>${across(found, widths)}<figcaption>Across it, full width at half maximum: ${sizes.join(" · ") || "not known"}</figcaption></figure>`;
}

function scales(points, floor) {
  const values = points.map(([, value]) => value).filter(Number.isFinite);
  const [low, high] = [Math.min(floor, ...values), Math.max(floor, ...values)];
  const [first, last] = [points[0][0], points.at(-1)[0]];
  const x = (at) => LEFT + ((at - first) / (last - first)) * (WIDTH - LEFT - RIGHT);
  const y = (value) => HEIGHT - BOTTOM - ((value - low) / (high - low || 1)) * (HEIGHT - TOP - BOTTOM);
  return { x, y, first, last };
}

function svg(label, content) {
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">${content}</svg>`;
}

function path(points, { x, y }, style) {
  let pen = "M"; // lifted over masked pixels
  const parts = points.map(([at, value]) => {
    if (!Number.isFinite(value)) {
      pen = "M";
      return "";
    }
    const part = `${pen}${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
    pen = "L";
    return part;
  });
  return `<path class="${style}" d="${parts.join("")}"/>`;
}

function axis({ x, first, last }) {
  const ticks = [];
  for (let at = Math.ceil(first / 10) * 10; at <= last; at += 10) {
    ticks.push(`<line class="profile-axis" x1="${x(at)}" x2="${x(at)}" y1="${HEIGHT - BOTTOM}" y2="${HEIGHT - BOTTOM + 4}"/>`);
    ticks.push(`<text x="${x(at)}" y="${HEIGHT - 6}">${String(at).replace("-", "−")}${at === 0 ? " px" : ""}</text>`);
  }
  return `<line class="profile-axis" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${HEIGHT - BOTTOM}" y2="${HEIGHT - BOTTOM}"/>${ticks.join("")}`;
}

function upright(at, { x }, style) {
  return `<line class="${style}" x1="${x(at)}" x2="${x(at)}" y1="${TOP}" y2="${HEIGHT - BOTTOM}"/>`;
}

function level(value, { y }) {
  return `<line class="profile-sky" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(value)}" y2="${y(value)}"/>`;
}

function along({ along: points, length, sky }) {
  const scale = scales(points, sky);
  const ends = upright(0, scale, "profile-end") + upright(length, scale, "profile-end");
  return svg("Profile along the streak; upright lines at the fitted ends", axis(scale) + level(sky, scale) + ends + path(points, scale, "profile-line"));
}

/** The widths as bars at half maximum, each a little lower than the one before; the fit as a curve. */
function across({ across: points, sky, peak, centre }, widths) {
  const scale = scales(points, sky);
  const half = scale.y(sky + (peak - sky) / 2);
  const bars = widths.map(([, width, style], place) => {
    const y = half + 5 * place;
    return `<line class="profile-width ${style}" x1="${scale.x(centre - width / 2)}" x2="${scale.x(centre + width / 2)}" y1="${y}" y2="${y}"/>`;
  });
  const fitted = widths.find(([name]) => name === "fit") ?? widths.find(([name]) => name === "star");
  const gauss = (d) => sky + (peak - sky) * Math.exp(-4 * Math.LN2 * ((d - centre) / fitted[1]) ** 2);
  const curve = fitted ? path(points.map(([d]) => [d, gauss(d)]), scale, "profile-model") : "";
  return svg("Profile across the streak with its width", axis(scale) + level(sky, scale) + curve + path(points, scale, "profile-line") + bars.join(""));
}
