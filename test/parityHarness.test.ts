import { describe, expect, test } from "vitest";
import type { Buffer, Device, Traces } from "../src/devices/device.js";
import { ReferenceDevice } from "../src/devices/reference/index.js";
import { deviceChecks } from "./deviceChecks.js";
import { episodeChecks, loadedTracesChecks } from "./episodeChecks.js";
import { Mismatch, type ParityCheck } from "./parity.js";

const reference = new ReferenceDevice();
/** Of all rules, one without reads and one with: a mistake is made in both. */
const ofSome = ({ name }: ParityCheck) => / of (decayingHebb|kimiDelta)\b/.test(name);
const all = [...deviceChecks, ...[...loadedTracesChecks, ...episodeChecks].filter(ofSome)];

/** A reference device with some methods replaced. */
class Broken extends ReferenceDevice {
  constructor(replaced: Partial<Device>) {
    super();
    Object.assign(this, replaced);
  }
}

/** Adds a little more than rounding to a buffer's last element. */
function nudge(buffer: Buffer | null | undefined): void {
  if (!buffer) return;
  const data = reference.read(buffer);
  data[data.length - 1]! += 1e-3;
  reference.write(buffer, data);
}

/** Traces of which one method is followed by a wrong step. */
function brokenTraces(breakThem: (traces: Traces) => Partial<Traces>): Partial<Device> {
  return {
    traces: (options) => {
      const traces = reference.traces(options);
      return Object.assign(Object.create(traces) as Traces, breakThem(traces));
    },
  };
}

/** Mistakes that a fast device might make, by the method in question. */
const mistakes: readonly (readonly [string, ParityCheck["method"], Partial<Device>])[] = [
  [
    "fill misses a buffer's last element",
    "fill",
    {
      fill: (buffers, value) => {
        reference.fill(buffers, value);
        buffers.forEach(nudge);
      },
    },
  ],
  ["copy does nothing", "copy", { copy: () => {} }],
  [
    "a view is a copy",
    "view",
    {
      view: (buffer, from, rows) => {
        const view = reference.scratch(rows, buffer.cols);
        reference.copy(reference.view(buffer, from, rows), view);
        return view;
      },
    },
  ],
  [
    "allocate gives ones",
    "allocate",
    {
      allocate: (rows, cols) => {
        const buffer = reference.allocate(rows, cols);
        reference.fill([buffer], 1);
        return buffer;
      },
      release: () => {},
    },
  ],
  [
    "matmul forgets to accumulate",
    "matmul",
    {
      matmul: (out, a, b, options) => reference.matmul(out, a, b, { ...options, accumulate: false }),
    },
  ],
  [
    "matmul is off in one element",
    "matmul",
    {
      matmul: (out, a, b, options) => {
        reference.matmul(out, a, b, options);
        nudge(out);
      },
    },
  ],
  [
    "outerSum misses a pair",
    "outerSum",
    { outerSum: (out, pairs) => reference.outerSum(out, pairs.slice(1)) },
  ],
  [
    "convolve forgets the bias",
    "convolve",
    {
      convolve: (shape, buffers) =>
        reference.convolve(shape, { ...buffers, bias: reference.scratch(1, shape.filters) }),
    },
  ],
  [
    "convolveBack is off in one element",
    "convolveBack",
    {
      convolveBack: (shape, buffers) => {
        reference.convolveBack(shape, buffers);
        nudge(buffers.x);
      },
    },
  ],
  [
    "convolveWeights is off in one element",
    "convolveWeights",
    {
      convolveWeights: (shape, buffers) => {
        reference.convolveWeights(shape, buffers);
        nudge(buffers.bias);
      },
    },
  ],
  [
    "map misses its second output",
    "map",
    {
      map: (program, inputs, [first], accumulate) =>
        reference.map({ ...program, outputs: program.outputs.slice(0, 1) }, inputs, [first!], accumulate),
    },
  ],
  [
    "map ignores accumulate",
    "map",
    {
      map: (program, inputs, outputs) => reference.map(program, inputs, outputs, false),
    },
  ],
  ["adam forgets the weight decay", "adam", { adam: (step) => reference.adam({ ...step, weightDecay: 0 }) }],
  ["adam forgets the bias correction", "adam", { adam: (step) => reference.adam({ ...step, step: 1000 }) }],
  ["adam forgets the scale", "adam", { adam: (step) => reference.adam({ ...step, scale: undefined }) }],
  [
    "clipScale measures only the first gradient",
    "clipScale",
    {
      clipScale: (grads, ...rest) => reference.clipScale(grads.slice(0, 1), ...rest),
    },
  ],
  [
    "allFinite looks at the first buffer only",
    "allFinite",
    {
      allFinite: (buffers) => reference.allFinite(buffers.slice(0, 1)),
    },
  ],
  [
    "a read is off in one neuron",
    "traces",
    brokenTraces((traces) => ({
      forward: (sweep) => {
        traces.forward(sweep);
        nudge(sweep.read?.out);
      },
    })),
  ],
  [
    "an update uses x for pre",
    "traces",
    brokenTraces((traces) => ({
      forward: ({ update, ...rest }) =>
        traces.forward({ ...rest, update: update && { ...update, pre: rest.read?.x ?? update.pre! } }),
    })),
  ],
  [
    "a named read is off in one neuron",
    "traces",
    brokenTraces((traces) => ({
      forward: (sweep) => {
        traces.forward(sweep);
        for (const { out } of Object.values(sweep.reads ?? {})) nudge(out);
      },
    })),
  ],
  [
    "the adjoint of what a named read takes is lost",
    "traces",
    brokenTraces((traces) => ({
      backward: (index, { reads, ...adjoint }, params) =>
        traces.backward(
          index,
          {
            ...adjoint,
            ...(reads && {
              reads: Object.fromEntries(
                Object.entries(reads).map(([key, { out }]) => [key, { out, vectors: {} }]),
              ),
            }),
          },
          params,
        ),
    })),
  ],
  ["loaded values are lost", "traces", brokenTraces(() => ({ load: () => {} }))],
  [
    "the adjoint of a trace that was looked at is lost",
    "traces",
    brokenTraces(() => ({ addAdjoint: () => {} })),
  ],
  [
    "the adjoint of the update's pre is lost",
    "traces",
    brokenTraces((traces) => ({
      backward: (index, adjoint, params) =>
        traces.backward(index, { ...adjoint, update: { ...adjoint.update, pre: undefined! } }, params),
    })),
  ],
  [
    "the gradient of alpha is lost",
    "traces",
    brokenTraces((traces) => ({
      backward: (index, adjoint, { alpha, ...params }) => traces.backward(index, adjoint, params),
    })),
  ],
];

describe("the harness of device parity", () => {
  test("accepts a device whose methods are replaced by right ones", () => {
    const device = new Broken({ ...brokenTraces(() => ({})), fill: (...args) => reference.fill(...args) });
    for (const { check } of all) check(reference, device, { numRuns: 2 });
  });

  test.each(mistakes)("notices when %s", (_, method, replaced) => {
    const device = new Broken(replaced);
    const noticed = all
      .filter((each) => each.method === method)
      .some((each) =>
        throws(() => each.check(reference, device, { seed: 1, numRuns: 8, endOnFailure: true })),
      );
    expect(noticed).toBe(true);
  });
});

function throws(run: () => void): boolean {
  try {
    run();
    return false;
  } catch (error) {
    // A harness that stumbles over the mistake has not noticed it: only wrong numbers count.
    if (!((error as Error).cause instanceof Mismatch)) throw error;
    return true;
  }
}
