import { CHARACTER_SIZE, centredPicture, type Random, resizeByArea } from "hebbian/tasks";

/** Across and down, as shares of the sheet's width. */
export type Point = readonly [x: number, y: number];
/** Where the pen went from where it was put down to where it was lifted. */
export type Stroke = readonly Point[];
export type Drawing = readonly Stroke[];

/** Omniglot's drawings: 105 x 105 pixels, lines about 5 wide, two thirds of the picture across (the median). */
const FINE = 105;
const PEN = 5.2;
const EXTENT = 63;
/** A dot stays a dot: nothing is magnified more than a drawing of this share of the sheet would be. */
const LEAST = 0.15;
/** What the page draws takes no more of a sheet's width than this. */
const ROOM = 0.74;

/**
 * A drawing as the network was trained to see them, [31 * 31], 0 (paper) to 1 (ink): brought to Omniglot's size, drawn
 * with its pen, made smaller by area, its centre of mass in the middle. Null where there is nothing on the sheet.
 */
export function pictureOf(drawing: Drawing): Float32Array | null {
  if (drawing.length === 0) return null;
  const { middle, extent } = boundsOf(drawing);
  const scale = EXTENT / Math.max(LEAST, extent);
  const fitted = ([x, y]: Point): Point => [
    FINE / 2 + scale * (x - middle[0]),
    FINE / 2 + scale * (y - middle[1]),
  ];
  const values = new Float64Array(FINE * FINE);
  for (const stroke of drawing) {
    const path = stroke.map(fitted);
    for (let k = 0; k < path.length; k++) ink(values, path[Math.max(0, k - 1)]!, path[k]!);
  }
  const small = resizeByArea({ width: FINE, height: FINE, values }, CHARACTER_SIZE, CHARACTER_SIZE);
  return centredPicture(Float32Array.from(small.values), CHARACTER_SIZE);
}

/** Blackens the pixels whose middles the pen covers on its way, in pixels, from one point to another. */
function ink(values: Float64Array, [x0, y0]: Point, [x1, y1]: Point): void {
  const radius = PEN / 2;
  const [dx, dy] = [x1 - x0, y1 - y0];
  const square = dx * dx + dy * dy;
  const from = (a: number, b: number) => Math.max(0, Math.floor(Math.min(a, b) - radius));
  const to = (a: number, b: number) => Math.min(FINE, Math.ceil(Math.max(a, b) + radius));
  for (let row = from(y0, y1); row < to(y0, y1); row++) {
    for (let column = from(x0, x1); column < to(x0, x1); column++) {
      const [x, y] = [column + 0.5 - x0, row + 0.5 - y0];
      const along = square === 0 ? 0 : Math.max(0, Math.min(1, (x * dx + y * dy) / square));
      if (Math.hypot(x - along * dx, y - along * dy) <= radius) values[row * FINE + column] = 1;
    }
  }
}

/** Standard deviations of what differs from one hand to another; angles in radians, lengths in shares of the sheet. */
const hand = { turn: 0.14, slant: 0.2, stretch: 0.16, stroke: 0.035, tremor: 0.026 };

/**
 * The same once more, in the middle of the sheet, by a hand that turns, slants, stretches, misplaces strokes, and
 * trembles; a careful one by less.
 */
export function again(drawing: Drawing, rng: Random, care = 1): Drawing {
  const by = (spread: number) => (spread * Math.max(-2, Math.min(2, rng.normal()))) / care;
  const [turn, slant] = [by(hand.turn), by(hand.slant)];
  const [wide, high] = [1 + by(hand.stretch), 1 + by(hand.stretch)];
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const drawn = drawing.map((stroke) => {
    const [right, down] = [by(hand.stroke), by(hand.stroke)];
    const waves = Array.from({ length: 4 }, (_, k) => ({
      size: (by(hand.tremor) * Math.min(1, lengthOf(stroke))) / (1 + Math.floor(k / 2)),
      phase: 2 * Math.PI * rng.uniform(),
      // Slow waves: a hand that trembles still draws smooth lines.
      speed: (1 + Math.floor(k / 2)) * (1 + rng.uniform()),
    }));
    const wave = (k: number, share: number) => {
      const { size, phase, speed } = waves[k]!;
      return size * Math.sin(phase + 2 * speed * share * Math.PI);
    };
    return stroke.map(([x, y], k): Point => {
      const share = stroke.length > 1 ? k / (stroke.length - 1) : 0;
      const [u, v] = [wide * (x - 0.5), high * (y - 0.5)];
      const leaning = u - slant * v;
      return [
        cos * leaning - sin * v + right + wave(0, share) + wave(2, share),
        sin * leaning + cos * v + down + wave(1, share) + wave(3, share),
      ];
    });
  });
  return inTheMiddle(drawn);
}

/** Moved to the middle of the sheet; smaller, if it would come near the edges. */
function inTheMiddle(drawing: Drawing): Drawing {
  const { middle, extent } = boundsOf(drawing);
  const scale = Math.min(1, ROOM / extent);
  return drawing.map((stroke) =>
    stroke.map(([x, y]): Point => [0.5 + scale * (x - middle[0]), 0.5 + scale * (y - middle[1])]),
  );
}

/** The middle of the smallest upright rectangle around a drawing, and its longer side. */
function boundsOf(drawing: Drawing): { readonly middle: Point; readonly extent: number } {
  const sides = ([0, 1] as const).map((axis) => {
    const all = drawing.flat().map((point) => point[axis]);
    return [Math.min(...all), Math.max(...all)] as const;
  });
  const [x, y] = sides.map(([from, to]) => (from + to) / 2) as [number, number];
  return { middle: [x, y], extent: Math.max(...sides.map(([from, to]) => to - from)) };
}

const lengthOf = (stroke: Stroke): number =>
  stroke.reduce((sum, [x, y], k) => {
    const [fromX, fromY] = stroke[Math.max(0, k - 1)]!;
    return sum + Math.hypot(x - fromX, y - fromY);
  }, 0);
