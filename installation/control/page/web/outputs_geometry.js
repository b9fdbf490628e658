// Where things lie on an output. Pure; points are [x, y], 0..1 of the output from its top left, corners clockwise from
// the top left.

export const WHOLE = [[0, 0], [1, 0], [1, 1], [0, 1]];
const DIGITS = 1e5; // a hundredth of a pixel of the widest picture
const LEAST_TURN = 1.1e-3; // the show's own, and a little

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

/** Return a point that lies within `low`..`high` both ways, without digits that nobody set. */
export function held([x, y], low, high) {
  return [x, y].map((value) => Math.round(clamp(value, low, high) * DIGITS) / DIGITS);
}

/** Return whether four corners can be looked through, as the show asks for it: none turns inwards, none is too flat. */
export function bulges(corners) {
  return corners.every(([x, y], index) => {
    const [x0, y0] = corners[(index + 3) % 4], [x1, y1] = corners[(index + 1) % 4];
    return (x - x0) * (y1 - y) - (y - y0) * (x1 - x) >= LEAST_TURN;
  });
}

/**
 * Return the projective map that takes the unit square to `corners`, [[a, b, c], [d, e, f], [g, h, 1]]; null where
 * there is none, as for corners on one line. P. Heckbert, "Fundamentals of Texture Mapping and Image Warping", 1989,
 * section 2.2.3.
 */
export function toQuad([[x0, y0], [x1, y1], [x2, y2], [x3, y3]]) {
  const dx1 = x1 - x2, dx2 = x3 - x2, sx = x0 - x1 + x2 - x3;
  const dy1 = y1 - y2, dy2 = y3 - y2, sy = y0 - y1 + y2 - y3;
  const under = dx1 * dy2 - dx2 * dy1;
  if (Math.abs(under) < 1e-9) return null;
  const g = (sx * dy2 - dx2 * sy) / under, h = (dx1 * sy - sx * dy1) / under;
  return [[x1 - x0 + g * x1, x3 - x0 + h * x3, x0], [y1 - y0 + g * y1, y3 - y0 + h * y3, y0], [g, h, 1]];
}

/** Return where a map takes a point. */
export function through([[a, b, c], [d, e, f], [g, h, i]], [u, v]) {
  const under = g * u + h * v + i;
  return [(a * u + b * v + c) / under, (d * u + e * v + f) / under];
}

/** Return the CSS transform that draws an element, as large as the whole output of `[width, height]` px, as mapped. */
export function transformOf([[a, b, c], [d, e, f], [g, h, i]], [width, height]) {
  const across = [a, d * height / width, 0, g / width], down = [b * width / height, e, 0, h / height];
  return `matrix3d(${[...across, ...down, 0, 0, 1, 0, c * width, f * height, 0, i].map((n) => n.toFixed(9)).join()})`;
}

const lengthOf = ([x0, y0], [x1, y1]) => Math.hypot(x1 - x0, y1 - y0);

/** Return how wide and high the pinned square is on an output of `[width, height]` px, about. */
function onWall(corners, [width, height]) {
  const [a, b, c, d] = corners.map(([x, y]) => [x * width, y * height]);
  return [(lengthOf(a, b) + lengthOf(d, c)) / 2, (lengthOf(a, d) + lengthOf(b, c)) / 2];
}

/**
 * Return [left, top, right, bottom] of a picture of `[width, height]` that is seen on an output of `size` px; there are
 * bars beyond 0..1. As `seen_part` in the show's installation/outputs/fitting.py.
 */
export function seenPart({part, fit, rotate, corners}, size, [width, height]) {
  if (fit === "stretch" || part.join() !== "0,0,1,1") return part;
  const shape = ([w, h]) => rotate % 180 ? h / w : w / h;
  const bounds = [shape(size), shape(onWall(corners, size))];
  const ratio = clamp(width / height, Math.min(...bounds), Math.max(...bounds)) * height / width;
  const limit = fit === "cover" ? Math.min : Math.max, across = limit(ratio, 1) / 2, down = limit(1 / ratio, 1) / 2;
  return [0.5 - across, 0.5 - down, 0.5 + across, 0.5 + down];
}

/** Return the lines of a grid over what is mapped, each from and to a point. */
export function gridOf(map, columns, rows) {
  const steps = (count) => Array.from({length: count + 1}, (_, index) => index / count);
  return [...steps(columns).map((u) => [[u, 0], [u, 1]]), ...steps(rows).map((v) => [[0, v], [1, v]])]
    .map((line) => line.map((point) => through(map, point)));
}

/** Return what has to be seen of the plane, {left, top, width, height}: the output, a margin, and all of `points`. */
export function viewOf(points, margin = 0.08) {
  const reach = (values, low, high) => [Math.min(low, ...values) - margin, Math.max(high, ...values) + margin];
  const [left, right] = reach(points.map(([x]) => x), 0, 1), [top, bottom] = reach(points.map(([, y]) => y), 0, 1);
  return {left, top, width: right - left, height: bottom - top};
}

/** Return a polygon with one more point, halfway along the side that begins at `index`. */
export function withPointAfter(points, index) {
  const [x0, y0] = points[index], [x1, y1] = points[(index + 1) % points.length];
  const between = held([(x0 + x1) / 2, (y0 + y1) / 2], 0, 1);
  return [...points.slice(0, index + 1), between, ...points.slice(index + 1)];
}
