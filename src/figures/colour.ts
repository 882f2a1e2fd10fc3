import type { Colour } from "./raster.js";

/**
 * Two arms from one neutral grey: blue for negative, orange-red for positive. The hues differ for every common kind
 * of colour blindness, and both arms darken alike, so that equal magnitudes look equally strong.
 */
const NEUTRAL: Colour = [247, 247, 247];
const NEGATIVE: readonly Colour[] = [NEUTRAL, [163, 201, 226], [80, 145, 200], [16, 72, 144]];
const POSITIVE: readonly Colour[] = [NEUTRAL, [248, 184, 139], [224, 110, 52], [158, 44, 10]];

/** The colour of a value on a scale from -limit to limit, neutral at 0; beyond the ends it is the end's. */
export function diverging(value: number, limit: number): Colour {
  const share = limit === 0 ? 0 : Math.min(1, Math.abs(value) / limit);
  const arm = value < 0 ? NEGATIVE : POSITIVE;
  const at = share * (arm.length - 1);
  const from = Math.min(Math.floor(at), arm.length - 2);
  const mix = (channel: 0 | 1 | 2) =>
    Math.round(arm[from]![channel] + (at - from) * (arm[from + 1]![channel] - arm[from]![channel]));
  return [mix(0), mix(1), mix(2)];
}
