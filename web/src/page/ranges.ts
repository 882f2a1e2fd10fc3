/** What a number of the page's settings may be; sliders and boxes have the same limits, and an address is checked against them. */
export interface Range {
  readonly min: number;
  readonly max: number;
  readonly whole: boolean;
  /** A number out of the range that means something too. */
  readonly also?: number;
}

export const ranges = {
  seed: { min: 0, max: 9999, whole: true },
  presentations: { min: 1, max: 6, whole: true },
  delay: { min: 0, max: 80, whole: true },
  /** 0: what the network has learned. */
  eta: { min: 0.001, max: 0.05, whole: false, also: 0 },
  neuron: { min: 0, max: 1023, whole: true },
  etaStart: { min: 0.001, max: 0.5, whole: false },
} as const satisfies Record<string, Range>;

/** The number, if it is one that is allowed (an empty box is none), or what is usual. */
export function within(value: unknown, { min, max, whole, also }: Range, usual: number): number {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof number !== "number" || !Number.isFinite(number)) return usual;
  if (number === also) return number;
  return number >= min && number <= max && (!whole || Number.isInteger(number)) ? number : usual;
}
