export interface Axis {
  readonly domain: readonly [number, number];
  readonly ticks: readonly number[];
}

export interface ValueAxis extends Axis {
  /** The value, or the nearest one that the axis can show: a logarithmic axis has no place for 0. */
  readonly drawable: (value: number) => number;
}

/** The smallest of 1, 2, 5, 10, 20, ... (and their tenths) that is at least `step`. */
function niceStep(step: number): number {
  const unit = 10 ** Math.floor(Math.log10(step));
  return [1, 2, 5, 10].map((factor) => factor * unit).find((nice) => nice >= step * (1 - 1e-9))!;
}

/** The multiples of `step` from `low` to `high`, without the rounding errors of repeated addition. */
function multiples(step: number, low: number, high: number): number[] {
  const from = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - from + 1;
  return Array.from({ length: count }, (_, i) => Number(((from + i) * step).toPrecision(12)));
}

/** Bounds without spreading millions of arguments. */
function bounds(values: readonly number[]): [number, number] {
  return values.reduce<[number, number]>(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
}

/**
 * The vertical axis for finite values, at least one.
 * @throws RangeError if `log` is true and a value is negative or none is positive
 */
export function valueAxis(values: readonly number[], log: boolean): ValueAxis {
  return log ? logAxis(values) : linearAxis(values);
}

function linearAxis(values: readonly number[]): ValueAxis {
  let [low, high] = bounds(values);
  // Show 0 where that leaves the values at least half of the height.
  if (low >= 0 && low <= high / 2) low = 0;
  // A span in the seventh digit is as good as none; ticks could not name it.
  if (high - low <= 1e-6 * Math.max(Math.abs(low), Math.abs(high))) {
    const margin = 0.1 * Math.abs(low) || 1;
    high += margin;
    if (low !== 0) low -= margin;
  }
  const step = niceStep((high - low) / 6);
  const ticks = multiples(step, Math.floor(low / step) * step, Math.ceil(high / step) * step);
  return { domain: [ticks[0]!, ticks.at(-1)!], ticks, drawable: (value) => value };
}

function logAxis(values: readonly number[]): ValueAxis {
  const positive = values.filter((value) => value > 0);
  const [lowest] = bounds(values);
  if (lowest < 0 || positive.length === 0) {
    throw new RangeError(
      `learningCurve: a logarithmic axis needs positive values, got ${lowest}; leave logY out`,
    );
  }
  const [low, high] = bounds(positive);
  const from = Math.floor(Math.log10(low));
  const to = Math.max(from + 1, Math.ceil(Math.log10(high)));
  const factors = to - from <= 2 ? [1, 2, 5] : [1];
  const every = Math.ceil((to - from) / 7);
  const ticks: number[] = [];
  for (let exponent = from; exponent <= to; exponent += every) {
    for (const factor of factors) {
      const tick = Number(`${factor}e${exponent}`);
      if (tick <= 10 ** to) ticks.push(tick);
    }
  }
  const bottom = Number(`1e${from}`);
  return {
    domain: [bottom, Number(`1e${to}`)],
    ticks,
    drawable: (value) => Math.max(value, bottom),
  };
}

/** The horizontal axis: from the first to the last episode, or to a tick just beyond it; ticks at whole numbers. */
export function episodeAxis(episodes: readonly number[]): Axis {
  let [low, high] = bounds(episodes);
  if (low === high) {
    low -= 1;
    high += 1;
  }
  const step = Math.max(1, niceStep((high - low) / 8));
  // A run that logs 0, 10, ..., 990 gets its tick at 1000.
  const next = Math.ceil(high / step) * step;
  if (next - high <= step / 10) high = next;
  return { domain: [low, high], ticks: multiples(step, low, high) };
}

/** A tick as text: 0.05, 250, 1.5k, 2M; with a real minus sign. */
export function plainNumber(value: number): string {
  const size = Math.abs(value);
  const [unit, suffix] = size >= 1e6 ? [1e6, "M"] : size >= 1e3 ? [1e3, "k"] : [1, ""];
  return `${Number((value / unit).toPrecision(8))}${suffix}`.replaceAll("-", "−");
}
