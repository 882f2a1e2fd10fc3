import fc from "fast-check";
import type { Buffer, Device } from "../src/devices/device.js";
import { uniformNumbers } from "./graph.js";
import { expectParity, type Nudge, type Outcome, type ParityCheck } from "./parity.js";
import { seeds } from "./plasticEpisode.js";

/** Sizes around the borders of vectors, blocks and pages. */
export const size = fc.constantFrom(1, 3, 4, 5, 51, 65, 257);
export const few = fc.constantFrom(1, 2, 3, 7);

/** The buffers of one case: made on either device in the same order, with the same content. */
export class Bench {
  private made = 0;
  private readonly wholes: Record<string, Buffer> = {};

  constructor(
    readonly device: Device,
    private readonly seed: number,
    private readonly nudge: Nudge,
  ) {}

  /** A scratch buffer of random numbers. Mostly positive, so that no sum is all rounding. */
  random(rows: number, cols: number, low = -0.5, high = 1): Buffer {
    const name = `buffer ${this.made++}`;
    return this.holding(
      rows,
      cols,
      this.nudge(name, uniformNumbers(this.seed, name, rows * cols, low, high)),
    );
  }

  holding(rows: number, cols: number, data: ArrayLike<number>): Buffer {
    const buffer = this.device.scratch(rows, cols);
    this.device.write(buffer, data);
    return buffer;
  }

  /** A view with a row before and a row behind it that nothing may write to. */
  guarded(name: string, rows: number, cols: number): Buffer {
    const whole = this.random(rows + 2, cols);
    this.wholes[name] = whole;
    return this.device.view(whole, 1, rows);
  }

  /** All guarded buffers with their guards. */
  outcome(): Outcome {
    return Object.fromEntries(
      Object.entries(this.wholes).map(([name, whole]) => [name, this.device.read(whole)]),
    );
  }
}

/** A check that tries random cases on both devices. */
export function check<Case>(
  method: keyof Device,
  name: string,
  cases: fc.Arbitrary<Case>,
  run: (bench: Bench, given: Case) => Outcome,
): ParityCheck {
  return {
    method,
    name,
    check(reference, device, parameters) {
      const property = fc.property(seeds, few, cases, (seed, batch, given) =>
        expectParity(reference, device, (on, nudge) => {
          on.reset();
          on.beginEpisode(batch);
          return run(new Bench(on, seed, nudge), given);
        }),
      );
      fc.assert(property, parameters as fc.Parameters<[number, number, Case]>);
    },
  };
}

const extents = ["all", "row", "column", "one"] as const;
export const extent = fc.constantFrom(...extents);
export type Extent = (typeof extents)[number];
/** The shape of a buffer that has all rows and columns, or one row, one column, one number to be broadcast. */
export const shaped = (kind: Extent, rows: number, cols: number): [number, number] => [
  kind === "all" || kind === "column" ? rows : 1,
  kind === "all" || kind === "row" ? cols : 1,
];
