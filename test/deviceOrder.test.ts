import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import type { Buffer, Device } from "../src/devices/device.js";
import { init } from "../src/devices/init.js";
import { clippedHebb } from "../src/rules/index.js";
import { defineMap } from "../src/tape/index.js";
import { random } from "../src/tasks/index.js";
import { runs } from "./support/runs.js";

const reference = await init({ device: "reference" });
const wasm = await init({ device: "wasm", threads: 2 });
afterAll(() => Promise.all([reference.dispose(), wasm.dispose()]));

const [batch, neurons] = [3, 5];
const squashed = defineMap(["a", "b"], { y: "tanh(a + b)" }).forward;

/** Buffers and traces of one device, the same on each: what is not written yet is zero. */
function stage(device: Device) {
  device.reset();
  device.beginEpisode(batch);
  const kept: Buffer[] = [];
  const allocate = (rows: number, cols: number) => {
    const buffer = device.allocate(rows, cols);
    kept.push(buffer);
    return buffer;
  };
  const scratch = (rows: number, cols: number) => {
    const buffer = device.scratch(rows, cols);
    device.write(buffer, new Float32Array(rows * cols));
    return buffer;
  };
  const params = { w: allocate(neurons, neurons), alpha: allocate(neurons, neurons), eta: allocate(1, 1) };
  device.write(params.w, numbers(neurons * neurons, 1));
  device.write(params.alpha, numbers(neurons * neurons, 2));
  device.write(params.eta, [0.5]);
  const rows = [scratch(batch, neurons), scratch(batch, neurons), allocate(batch, neurons)];
  const columns = [scratch(batch, 1), scratch(batch, 1)];
  const bare = [device.scratch(batch, neurons), device.scratch(batch, neurons)];
  const sums = [allocate(1, neurons), scratch(1, neurons), allocate(1, 1), scratch(1, 1)];
  const matrices = [allocate(neurons, neurons), scratch(neurons, neurons)];
  const trace = scratch(batch * neurons, neurons);
  const traces = device.traces({
    ...{ rule: clippedHebb, batch, pre: neurons, post: neurons, differentiable: false, params },
  });
  return { device, kept, params, rows, columns, bare, sums, matrices, trace, traces };
}
type Stage = ReturnType<typeof stage>;

const numbers = (count: number, seed: number): Float32Array => {
  const rng = random(seed, "numbers", 0);
  return Float32Array.from({ length: count }, () => 2 * rng.uniform() - 1);
};

/** A call, and which buffers it is about; `seed` for the numbers that are written. */
const calls = {
  write: ({ device, rows, sums, matrices, trace }: Stage, [a], seed) => {
    const to = [...rows, ...sums, ...matrices, trace][a % 10]!;
    device.write(to, numbers(to.rows * to.cols, seed));
  },
  "read of the traces": ({ traces, rows }, [a, b]) => {
    if (a % 3 !== b % 3) traces.forward({ read: { x: rows[a % 3]!, out: rows[b % 3]! } });
  },
  "read into nothing, then a write": ({ device, traces, rows, bare }, [a, b], seed) => {
    const out = bare[b % 2]!;
    traces.forward({ read: { x: rows[a % 3]!, out } });
    device.write(out, numbers(batch * neurons, seed));
    device.copy(out, rows[(a + 1) % 3]!);
  },
  update: ({ traces, rows }, [a, b]) => traces.forward({ update: { pre: rows[a % 3]!, post: rows[b % 3]! } }),
  "the trace read": ({ traces, trace }) => traces.read("H", trace),
  fill: ({ device, rows, sums }, [a], seed) => device.fill([[...rows, ...sums][a % 7]!], (seed % 3) / 2),
  copy: ({ device, rows }, [a, b]) => {
    if (a % 3 !== b % 3) device.copy(rows[a % 3]!, rows[b % 3]!);
  },
  map: ({ device, rows }, [a, b, c], seed) =>
    device.map(squashed, [rows[a % 3]!, rows[b % 3]!], [rows[c % 3]!], seed % 2 === 0),
  "map that broadcasts": ({ device, rows, sums }, [a, b, c], seed) =>
    device.map(squashed, [rows[a % 3]!, sums[b % 4]!], [rows[c % 3]!], seed % 2 === 0),
  "map that sums": ({ device, rows, sums }, [a, b, c], seed) =>
    device.map(squashed, [rows[a % 3]!, rows[b % 3]!], [sums[c % 4]!], seed % 2 === 0),
  // One number is then a sum over rows of one column, and over rows of many: threads keep these in other places.
  "map of columns that sums": ({ device, columns, sums }, [a, b, c], seed) =>
    device.map(squashed, [columns[a % 2]!, columns[b % 2]!], [sums[2 + (c % 2)]!], seed % 2 === 0),
  "map to a column": ({ device, rows, columns }, [a, b, c], seed) =>
    device.map(squashed, [rows[a % 3]!, rows[b % 3]!], [columns[c % 2]!], seed % 2 === 0),
  "map that sums into a row of another buffer": ({ device, rows }, [a, b, c], seed) => {
    const row = device.view(rows[c % 3]!, seed % batch, 1);
    if (a % 3 !== c % 3 && b % 3 !== c % 3)
      device.map(squashed, [rows[a % 3]!, rows[b % 3]!], [row], seed % 2 === 0);
  },
  "map that broadcasts a row of another buffer": ({ device, rows }, [a, b, c], seed) => {
    const row = device.view(rows[b % 3]!, seed % batch, 1);
    if (b % 3 !== c % 3) device.map(squashed, [rows[a % 3]!, row], [rows[c % 3]!], seed % 2 === 0);
  },
  "a row of what is new, then a write of all": ({ device, rows }, [a, b], seed) => {
    const whole = device.scratch(batch, neurons);
    const row = device.view(whole, seed % batch, 1);
    device.map(squashed, [rows[a % 3]!, rows[b % 3]!], [row], false);
    device.write(whole, numbers(batch * neurons, seed));
    device.copy(whole, rows[(a + 1) % 3]!);
  },
  matmul: ({ device, rows, matrices }, [a, b, c], seed) => {
    if (a % 3 === c % 3) return;
    const options = { transposeB: seed % 2 === 0, accumulate: seed % 3 === 0 };
    device.matmul(rows[c % 3]!, rows[a % 3]!, matrices[b % 2]!, options);
  },
  outerSum: ({ device, rows, matrices }, [a, b, c], seed) =>
    device.outerSum(
      matrices[c % 2]!,
      Array.from({ length: 1 + (seed % 20) }, () => ({ x: rows[a % 3]!, d: rows[b % 3]! })),
    ),
} satisfies Record<string, (stage: Stage, which: [number, number, number], seed: number) => void>;

const everything = ({ rows, columns, sums, matrices, trace }: Stage) => [
  ...[...rows, ...columns, ...sums, ...matrices],
  trace,
];

describe("a device keeps the order of calls", () => {
  it("whatever they are", () => {
    const call = fc.record({
      what: fc.constantFrom(...(Object.keys(calls) as (keyof typeof calls)[])),
      which: fc.tuple(fc.nat(30), fc.nat(30), fc.nat(30)),
      seed: fc.nat(50),
      seen: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(call, { minLength: 1, maxLength: 25 }), (all) => {
        const both = [stage(reference), stage(wasm)] as const;
        const compare = () => {
          const [expected, got] = both.map((each) => everything(each).map((b) => each.device.read(b)));
          expected!.forEach((values, k) => {
            values.forEach((value, i) => {
              const other = got![k]![i]!;
              if (Math.abs(value - other) > 1e-3 * (1 + Math.abs(value)))
                throw new Error(`buffer ${k}, number ${i}: expected ${value}, got ${other}`);
            });
          });
        };
        for (const { what, which, seed, seen } of all) {
          for (const each of both) calls[what](each, which, seed);
          if (seen) compare();
        }
        compare();
        for (const { device, kept } of both) for (const buffer of kept) device.release(buffer);
      }),
      { numRuns: runs(100) },
    );
  });

  it.each(["a sweep", "a trace read"])("so that what is written after %s is what is there", (what) => {
    for (const device of [reference, wasm]) {
      const { traces, rows, bare, kept } = stage(device);
      const out = what === "a sweep" ? bare[0]! : device.scratch(batch * neurons, neurons);
      if (what === "a sweep") traces.forward({ read: { x: rows[0]!, out } });
      else traces.read("H", out);
      const written = numbers(out.rows * out.cols, 7);
      device.write(out, written);
      expect(Float32Array.from(device.read(out))).toEqual(written);
      for (const buffer of kept) device.release(buffer);
    }
  });

  /** The same calls on both devices, which must leave the same numbers. */
  const expectSame = (run: (on: Stage) => Buffer) => {
    const [expected, got] = [reference, wasm].map((device) => {
      const on = stage(device);
      for (const [k, buffer] of [...on.rows, ...on.columns].entries())
        device.write(buffer, numbers(buffer.rows * buffer.cols, k));
      const values = Array.from(device.read(run(on)));
      for (const buffer of on.kept) device.release(buffer);
      return values;
    });
    got!.forEach((value, k) => {
      expect(value).toBeCloseTo(expected![k]!, 4);
    });
  };

  it("so that one number takes sums over columns of rows, and over rows of one column", () =>
    expectSame(({ device, rows, columns, sums }) => {
      device.map(squashed, [columns[0]!, columns[1]!], [sums[3]!], true);
      device.map(squashed, [rows[0]!, rows[1]!], [sums[3]!], true);
      return sums[3]!;
    }));

  it("so that what was summed into a row is there when all rows are read", () =>
    expectSame(({ device, rows }) => {
      device.map(squashed, [rows[0]!, rows[0]!], [device.view(rows[1]!, 1, 1)], true);
      device.map(squashed, [rows[1]!, rows[0]!], [rows[2]!], false);
      return rows[2]!;
    }));

  it("so that what is written to all rows after one was computed is what is there", () =>
    expectSame(({ device, rows, bare }) => {
      device.map(squashed, [rows[0]!, rows[0]!], [device.view(bare[0]!, 1, 1)], false);
      device.write(bare[0]!, numbers(batch * neurons, 9));
      return bare[0]!;
    }));
});
