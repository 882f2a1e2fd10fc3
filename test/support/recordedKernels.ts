import type { ConvolutionShape } from "../../src/devices/convolution.js";
import type { MapProgram } from "../../src/devices/device.js";
import { emitBasic } from "../../src/devices/loops/basic.js";
import { emitConvolution } from "../../src/devices/loops/convolution.js";
import type { KernelModule } from "../../src/devices/loops/module.js";
import { emitProducts } from "../../src/devices/loops/products.js";
import { schedule } from "../../src/devices/loops/schedule.js";
import type { Block } from "../../src/devices/loops/sweepRows.js";
import { type MapShape, mapPass } from "../../src/devices/passes/map.js";
import { deferred, type SweepKind, sweepPass } from "../../src/devices/passes/sweep.js";
import { encodeWasm } from "../../src/devices/wasm/encode.js";
import { emitExecutor } from "../../src/devices/wasm/executor.js";
import { wasmTarget } from "../../src/devices/wasm/features.js";
import { linearDecay, type Rule } from "../../src/rules/index.js";
import { defineMap } from "../../src/tape/index.js";
import { testedRules } from "../rules.js";

/**
 * Sizes before and after a connection: hardly any, tails of every length, whole vectors, turns of several widths.
 * Kinds take these pairs in turn.
 */
const sizes: readonly (readonly (readonly [number, number])[])[] = [
  [
    [3, 1],
    [51, 65],
  ],
  [
    [257, 100],
    [1, 103],
  ],
];

type Kind = Omit<SweepKind, "pre" | "post"> & Block;

/** A sweep of each kind, with the block shapes that the engine takes for them. */
function kindsOf(rule: Rule): Record<string, Kind> {
  const late = deferred(rule);
  const wanted = Object.keys(rule.params).sort();
  const forward = { direction: "forward", wanted: [], inverted: false, flush: false } as const;
  const backward = { ...forward, direction: "backward", wanted, rows: 1, width: 8 } as const;
  const kinds: Record<string, Kind> = {
    "read alone": { ...forward, update: false, read: true, rows: 2, width: 5 },
    "read, streamed": { ...forward, update: true, read: true, rows: 1, width: 2 },
    "forward, flushing": { ...forward, update: true, read: true, flush: true, rows: 2, width: 5 },
    "update alone": { ...forward, update: true, read: false, rows: 1, width: 5 },
    backward: { ...backward, update: true, read: true },
    "backward of a read": { ...backward, update: false, read: true, flush: true },
    "backward of an update": { ...backward, update: true, read: false },
    "backward, nothing wanted": { ...backward, update: true, read: true, wanted: late },
  };
  if (linearDecay(rule))
    kinds["backward, inverted"] = { ...backward, update: true, read: true, inverted: true };
  return kinds;
}

const maps: Readonly<Record<string, readonly [MapProgram, MapShape]>> = {
  "tanh(z + b), rows": [
    defineMap(["z", "b"], { y: "tanh(z + b)" }).forward,
    { inputs: ["full", "row"], outputs: ["full"], accumulate: false },
  ],
  "sums of every extent": [
    defineMap(["x", "g", "k"], { a: "exp(x) * g", b: "log(x) + k", c: "sigmoid(x)", d: "clip(x, -1, 1)" })
      .forward,
    { inputs: ["full", "column", "single"], outputs: ["row", "column", "single", "full"], accumulate: true },
  ],
  "one output left out": [
    defineMap(["x", "y"], { a: "less(x, y)", b: "where(x, y, sign(y)) + sqrt(abs(x))" }).forward,
    { inputs: ["row", "single"], outputs: [null, "single"], accumulate: false },
  ],
};

const shape = (part: Partial<ConvolutionShape>): ConvolutionShape => ({
  ...{ height: 5, width: 6, channels: 1, filters: 4, kernelHeight: 3, kernelWidth: 3, stride: 1 },
  ...part,
});
const convolutions: Readonly<Record<string, ConvolutionShape>> = {
  "1 channel, 4 filters": shape({}),
  "3 channels, 5 filters, stride 2": shape({ channels: 3, filters: 5, stride: 2 }),
  "8 channels, 8 filters, 1 x 1": shape({ channels: 8, filters: 8, kernelHeight: 1, kernelWidth: 1 }),
  "64 channels, 64 filters": shape({ channels: 64, filters: 64 }),
  "2 channels, 19 filters, 2 x 1": shape({ channels: 2, filters: 19, kernelHeight: 2, kernelWidth: 1 }),
};

const encoded = (module: KernelModule, shared = false): Uint8Array =>
  withoutNames(encodeWasm(module, { shared }));

/** The sections of a module but the custom ones. */
function withoutNames(module: Uint8Array): Uint8Array {
  const kept = [module.subarray(0, 8)];
  for (let at = 8; at < module.length; ) {
    let [size, shift, next] = [0, 0, at + 1];
    for (let more = true; more; shift += 7) {
      const byte = module[next++]!;
      size += (byte & 0x7f) << shift;
      more = byte >= 0x80;
    }
    if (module[at] !== 0) kept.push(module.subarray(at, next + size));
    at = next + size;
  }
  return Buffer.concat(kept);
}

/** Modules of every kind that the engine makes, by what they are. */
export function* recordedKernels(): Generator<readonly [string, readonly Uint8Array[]]> {
  let turn = 0;
  for (const rule of testedRules) {
    for (const [kind, { rows, width, ...asked }] of Object.entries(kindsOf(rule))) {
      yield [
        `sweep ${rule.name}: ${kind}`,
        sizes[turn++ % sizes.length]!.map(([pre, post]) =>
          encoded(schedule(sweepPass(rule, { pre, post, ...asked }), wasmTarget(), { rows, width })),
        ),
      ];
    }
  }
  for (const [name, [program, extents]] of Object.entries(maps))
    yield [`map: ${name}`, [encoded(schedule(mapPass(program, extents), wasmTarget(), null))]];
  for (const [name, each] of Object.entries(convolutions))
    yield [`convolution: ${name}`, [encoded(emitConvolution(each, wasmTarget()))]];
  yield ["products", [encoded(emitProducts(wasmTarget()), true)]];
  yield ["basic", [encoded(emitBasic(wasmTarget()), true)]];
  yield ["executor", [encoded(emitExecutor(wasmTarget()), true)]];
}
