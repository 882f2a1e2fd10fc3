import { centredPicture } from "./centred.js";

/** Across and down, in whatever unit: [x, y], or what pointer events have. */
export type StrokePoint = readonly [x: number, y: number] | { readonly x: number; readonly y: number };
/** Where the pen went, from where it was put down to where it was lifted. */
export type Stroke = readonly StrokePoint[];

/** How strokes become a picture: the size of the drawing in it, and of the pen. */
export interface InkOptions {
  /** The longer side of the drawing, as a share of the picture's; 0.6 unless given, as drawings of Omniglot have it. */
  readonly extent?: number;
  /** How wide the pen's line is, as a share of the picture's side; 0.05 unless given. */
  readonly pen?: number;
}

/**
 * A drawing as `models/omniglot.safetensors` was trained to see them: [size * size], row by row, 0 (paper) to 1 (ink). It is
 * scaled so that its longer side takes `extent` of the picture, drawn with a round pen, and moved so that the centre of the
 * ink's mass lies in the middle. So it does not matter where on the sheet, or how large, somebody drew it; how large the ink
 * is matters much: bench/inkSize.json has what share of drawings the network names at each size.
 *
 *     const picture = strokesToPicture([[[10, 10], [40, 90]], [[70, 10], [40, 90]]]);
 *     life.step({ picture, label: [1, 0, 0, 0, 0] });
 *
 * @param strokes strokes, or the points of a single one; y goes down. None at all is an empty picture.
 * @param size pixels of the picture's side: 31 for that network
 * @throws RangeError for points that are not finite, or for sizes out of range
 */
export function strokesToPicture(
  strokes: readonly Stroke[] | Stroke,
  size = 31,
  { extent = 0.6, pen = 0.05 }: InkOptions = {},
): Float32Array {
  if (!(Number.isInteger(size) && size >= 1 && size <= 4096)) {
    throw new RangeError(`strokesToPicture: size must be a whole number from 1 to 4096, got ${size}`);
  }
  for (const [name, value] of Object.entries({ extent, pen })) {
    if (!(value > 0 && value <= 1))
      throw new RangeError(`strokesToPicture: ${name} must be above 0, up to 1, got ${value}`);
  }
  const picture = new Float32Array(size * size);
  const paths = pathsOf(strokes);
  const all = paths.flat();
  if (all.length === 0) return picture;
  const [across, down] = [spanOf(all, 0), spanOf(all, 1)];
  const longest = Math.max(across.length, down.length);
  const scale = longest > 0 ? (extent * size) / longest : 1;
  // Rounded, so that the same drawing elsewhere on the sheet is the same picture, bit for bit.
  const placed = (along: number) => size / 2 + Math.round(256 * scale * along) / 256;
  const fitted = ([x, y]: Point): Point => [placed(x - across.middle), placed(y - down.middle)];
  for (const path of paths) {
    const points = path.map(fitted);
    points.forEach((point, k) => {
      ink(picture, size, points[k - 1] ?? point, point, (pen * size) / 2);
    });
  }
  return centredPicture(picture, size);
}

type Point = readonly [number, number];

function pathsOf(strokes: readonly Stroke[] | Stroke): Point[][] {
  const isPoint = (value: unknown): boolean =>
    !Array.isArray(value) || (value.length === 2 && value.every((each) => typeof each === "number"));
  const [first] = strokes;
  const list = (first !== undefined && isPoint(first) ? [strokes] : strokes) as readonly Stroke[];
  return list.map((stroke) =>
    Array.from(stroke, (point): Point => {
      const { x = Number.NaN, y = Number.NaN } = Array.isArray(point)
        ? { x: point[0], y: point[1] }
        : Object(point);
      if (Number.isFinite(x) && Number.isFinite(y)) return [x, y];
      throw new RangeError(`strokesToPicture: a point must be two finite numbers, got ${x}, ${y}`);
    }),
  );
}

function spanOf(points: readonly Point[], axis: 0 | 1): { readonly middle: number; readonly length: number } {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const point of points) {
    from = Math.min(from, point[axis]);
    to = Math.max(to, point[axis]);
  }
  return { middle: (from + to) / 2, length: to - from };
}

/** Blackens pixels along a straight line, in pixels; those at its edge by the share that the line covers, nearly. */
function ink(picture: Float32Array, size: number, [x0, y0]: Point, [x1, y1]: Point, radius: number): void {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const square = dx * dx + dy * dy;
  const from = (a: number, b: number) => Math.max(0, Math.floor(Math.min(a, b) - radius - 1));
  const to = (a: number, b: number) => Math.min(size, Math.ceil(Math.max(a, b) + radius + 1));
  for (let row = from(y0, y1); row < to(y0, y1); row++) {
    for (let column = from(x0, x1); column < to(x0, x1); column++) {
      const [x, y] = [column + 0.5 - x0, row + 0.5 - y0];
      const along = square === 0 ? 0 : Math.max(0, Math.min(1, (x * dx + y * dy) / square));
      const distance = Math.hypot(x - along * dx, y - along * dy);
      const share = Math.min(1, Math.max(0, radius + 0.5 - distance));
      const at = row * size + column;
      picture[at] = Math.max(picture[at]!, share);
    }
  }
}
