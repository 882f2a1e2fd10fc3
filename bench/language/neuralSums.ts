import type { Device } from "../../src/devices/device.js";
import { defineRowMap, matmulTransposed, rowMap, Tape } from "../../src/tape/index.js";
import type { ReadText } from "./states.js";

/** What a neural cache of one size recalls at each word: all of it, and what of it is the word that came. */
export interface Recalled {
  readonly size: number;
  readonly all: Float64Array;
  readonly hit: Float64Array;
}

/** Moments that look, and moments that are looked at, at a time: at most. */
const most = { rows: 512, cols: 4096 };

/**
 * What neural caches of several sizes recall through a whole text, on a device: a hundred times as fast as `NeuralCache` word by word,
 * and the same numbers up to rounding. `theta` is theirs.
 */
export function neuralSums(
  device: Device,
  text: ReadText,
  theta: number,
  sizes: readonly number[],
): Recalled[] {
  const { units, hidden, words } = text;
  const count = words.length;
  const [rowsAtOnce, colsAtOnce] = [Math.min(most.rows, count), Math.min(most.cols, count)];
  const found = sizes.map((size) => ({
    size,
    all: new Float64Array(count),
    hit: new Float64Array(count),
  }));
  // Told from what a moment would be to itself, so that no exponential overflows.
  const weight = "exp(similarity - itself)";
  const definition = defineRowMap({
    inputs: ["similarity", "itself", "t", "s", "word", "words"],
    reductions: Object.fromEntries(
      sizes.flatMap((size, i) => {
        const held = `within(t - s, 0.5, ${Math.min(size, count) + 0.5})`;
        const right = "within(words - word, -0.25, 0.25)";
        return [
          [`all${i}`, { sum: `where(${held}, ${weight}, 0)` }],
          [`hit${i}`, { sum: `where(${held} * ${right}, ${weight}, 0)` }],
        ];
      }),
    ),
    rowOutputs: Object.fromEntries(
      sizes.flatMap((_, i) => [
        [`all${i}`, `all${i}`],
        [`hit${i}`, `hit${i}`],
      ]),
    ),
  });
  const column = (rows: number) => device.allocate(rows, 1);
  const now = {
    h: device.allocate(rowsAtOnce, units),
    itself: column(rowsAtOnce),
    t: column(rowsAtOnce),
    word: column(rowsAtOnce),
  };
  const past = {
    h: device.allocate(colsAtOnce, units),
    s: device.allocate(1, colsAtOnce),
    words: device.allocate(1, colsAtOnce),
  };
  const sums = sizes.flatMap(() => [column(rowsAtOnce), column(rowsAtOnce)]);
  const part = (from: number, length: number, scale: number) => {
    const rows = new Float32Array(length * units);
    rows.set(hidden.subarray(from * units, Math.min(count, from + length) * units));
    return scale === 1 ? rows : rows.map((each) => each * scale);
  };
  const numbers = (from: number, length: number) => Float32Array.from({ length }, (_, i) => from + i);
  const wordsFrom = (from: number, length: number) =>
    Float32Array.from({ length }, (_, i) => words[from + i] ?? -1);
  const loadPast = (from: number) => {
    device.write(past.h, part(from, colsAtOnce, 1));
    device.write(past.s, numbers(from, colsAtOnce));
    device.write(past.words, wordsFrom(from, colsAtOnce));
  };
  loadPast(0);
  const captured = device.capture(() => {
    const tape = new Tape(device, 1, false);
    const similarity = matmulTransposed(tape, tape.input(now.h), tape.input(past.h));
    const others = [now.itself, now.t, past.s, now.word, past.words].map((each) => tape.input(each));
    rowMap(tape, definition, [similarity, ...others]).forEach((sum, i) => {
      device.copy(sum.value, sums[i]!);
    });
  });
  for (let from = 0; from < count; from += colsAtOnce) {
    loadPast(from);
    for (let row = from - (from % rowsAtOnce); row < count; row += rowsAtOnce) {
      const mine = part(row, rowsAtOnce, theta);
      device.write(now.h, mine);
      const itself = Float32Array.from({ length: rowsAtOnce }, (_, r) => {
        let square = 0;
        for (let i = r * units; i < (r + 1) * units; i++) square += mine[i]! ** 2;
        return square / theta;
      });
      device.write(now.itself, itself);
      device.write(now.t, numbers(row, rowsAtOnce));
      device.write(now.word, wordsFrom(row, rowsAtOnce));
      captured.repeat();
      sums.forEach((sum, i) => {
        const into = found[i >> 1]![i % 2 === 0 ? "all" : "hit"];
        const values = device.read(sum);
        for (let r = 0; r < rowsAtOnce && row + r < count; r++) into[row + r]! += values[r]!;
      });
    }
  }
  captured.release();
  for (const buffer of [...Object.values(now), ...Object.values(past), ...sums]) device.release(buffer);
  return found;
}

/** Perplexity with a share of what was recalled; without, where nothing was. Of the first words only, where `count` says so. */
export function recalledPerplexity(
  text: ReadText,
  { all, hit }: Recalled,
  share: number,
  count = text.words.length,
): number {
  let total = 0;
  for (let t = 0; t < count; t++) {
    const own = text.probabilities[t]!;
    total -= Math.log(all[t]! > 0 ? (1 - share) * own + (share * hit[t]!) / all[t]! : own);
  }
  return Math.exp(total / count);
}
