import { CHARACTER_SIZE, type Random, strokesToPicture } from "hebbian/tasks";

/** Across and down, as shares of the sheet's width. */
export type Point = readonly [x: number, y: number];
/** Where the pen went from where it was put down to where it was lifted. */
export type Stroke = readonly Point[];
export type Drawing = readonly Stroke[];

/** A dot stays a dot: nothing is magnified more than a drawing of this share of the sheet would be. */
const LEAST = 0.15;
/** What Omniglot's drawings take of their pictures, and its pen. */
const INK = { extent: 0.6, pen: 0.05 };
/** What the page draws takes no more of a sheet's width than this. */
const ROOM = 0.74;

/** A drawing as the network was trained to see them, [31 * 31]. Null where there is nothing on the sheet. */
export function pictureOf(drawing: Drawing): Float32Array | null {
  if (drawing.length === 0) return null;
  const share = Math.min(1, boundsOf(drawing).extent / LEAST);
  const extent = Math.max(1e-3, INK.extent * share);
  return strokesToPicture(drawing, CHARACTER_SIZE, { ...INK, extent });
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
