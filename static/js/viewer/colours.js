// Colour maps from a few anchors each: [position, red, green, blue], between them a smooth or a straight line.

const even = (text) => {
  const codes = text.split(" ");
  return codes.map((code, i) => [i / (codes.length - 1), ...[0, 2, 4].map((at) => parseInt(code.slice(at, at + 2), 16))]);
};

/** Those with `followsTheme` have a light sky in the light theme; `light` is used there where turning round would change the meaning. */
export const COLOURS = {
  grey: { name: "grey", followsTheme: true, anchors: even("000000 ffffff") },
  viridis: { name: "viridis", isSmooth: true, anchors: even("440154 48196b 462f7c 404387 38568b 30678d 29788e 23888d 1e988a 22a784 35b778 53c567 79d151 a5da35 d2e11b fde724") },
  inferno: { name: "inferno", isSmooth: true, anchors: even("000003 0b0726 240b4e 410967 5d126e 781c6d 932567 ae305b c73e4c dc5039 ed6825 f7850e fba40a f9c52c f2e660 fcfea4") },
  heat: { name: "heat", anchors: [[0, 0, 0, 0], [0.34, 255, 87, 0], [0.65, 255, 166, 0], [0.98, 255, 250, 255], [1, 255, 255, 255]] },
  cool: { name: "cool", anchors: [[0, 0, 0, 0], [0.29, 0, 24, 140], [0.53, 13, 107, 255], [0.76, 26, 187, 255], [0.96, 217, 255, 255], [1, 255, 255, 255]] },
  diverging: {
    name: "blue–orange",
    isDiverging: true,
    followsTheme: true,
    anchors: even("bfe3ff 58a8f0 2567bd 14325c 0d1016 5a2a0c b8560f f29a3a ffe6b0"),
    light: even("08306b 2070b4 6aaed6 c2d8ea f5f5f5 f4cfa6 ec8d3e c24d05 6e2704"),
  },
};

const LEVELS = 256;
const tables = new Map();

/** Colours of 256 levels as the words of ImageData, opaque; turned round for a light sky. */
export function colourTable(name, isInverted) {
  const key = `${name}${isInverted}`;
  if (!tables.has(key)) tables.set(key, made(COLOURS[name], isInverted));
  return tables.get(key);
}

function made({ anchors, light, isSmooth }, isInverted) {
  const used = isInverted && light ? light : anchors;
  const isTurned = isInverted && !light;
  return Uint32Array.from({ length: LEVELS }, (_, level) => {
    const share = level / (LEVELS - 1);
    const [red, green, blue] = [1, 2, 3].map((part) => mixed(used, isTurned ? 1 - share : share, part, isSmooth));
    return (255 << 24) | (blue << 16) | (green << 8) | red;
  });
}

function mixed(anchors, share, part, isSmooth) {
  const next = Math.max(1, anchors.findIndex(([position]) => position >= share));
  const [from, to] = [anchors[next - 1], anchors[next]];
  const t = (share - from[0]) / (to[0] - from[0]);
  if (!isSmooth) return Math.round(from[part] + t * (to[part] - from[part]));
  const [before, after] = [anchors[next - 2] ?? from, anchors[next + 1] ?? to];
  const [m0, m1] = [(to[part] - before[part]) / 2, (after[part] - from[part]) / 2]; // Catmull and Rom's slopes
  const value = from[part] * (1 + 2 * t) * (1 - t) ** 2 + m0 * t * (1 - t) ** 2 + to[part] * t ** 2 * (3 - 2 * t) + m1 * t ** 2 * (t - 1);
  return Math.max(0, Math.min(255, Math.round(value)));
}
