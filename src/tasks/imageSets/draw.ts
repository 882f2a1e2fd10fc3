import type { Random } from "../random.js";
import type { Shade } from "./shapes.js";

/** Random choices of a painter. Greys run from 0 (black) to 1 (white). */
export interface Draw {
  within(low: number, high: number): number;
  whole(low: number, high: number): number;
  oneOf<Item>(items: readonly Item[]): Item;
  /** A grey at least .35 away from another one. */
  contrast(grey: number): number;
  /** -1 or 1. */
  side(): number;
}

export function drawFrom(rng: Random): Draw {
  const within = (low: number, high: number) => low + (high - low) * rng.uniform();
  return {
    within,
    whole: (low, high) => low + rng.integer(high - low + 1),
    oneOf: (items) => items[rng.integer(items.length)]!,
    contrast: (grey) => (grey > 0.5 ? within(0, grey - 0.35) : within(grey + 0.35, 1)),
    side: rng.sign,
  };
}

/** Waves of all directions whose height falls with their frequency, as in photographs: mist, foliage, grain. */
export function clouds(draw: Draw, height: number, lowest: number, highest: number): Shade {
  const waves = Array.from({ length: 8 }, () => {
    const frequency = lowest * (highest / lowest) ** draw.within(0, 1);
    const angle = draw.within(0, 2 * Math.PI);
    const k = 2 * Math.PI * frequency;
    return { kx: k * Math.cos(angle), ky: k * Math.sin(angle), phase: angle * 7, size: lowest / frequency };
  });
  return (x, y) =>
    height *
    waves.reduce((sum, { kx, ky, phase, size }) => sum + size * Math.cos(kx * x + ky * y + phase), 0);
}

/** A rolling line about the height y. */
export function hills(draw: Draw, y: number, height: number): (x: number) => number {
  const slow = draw.within(3, 7);
  const fast = draw.within(8, 16);
  const shift = draw.within(0, 2 * Math.PI);
  const tilt = draw.within(-0.1, 0.1);
  return (x) =>
    y +
    tilt * (x - 0.5) +
    height * Math.sin(slow * x + shift) +
    0.35 * height * Math.sin(fast * x + 2 * shift);
}
