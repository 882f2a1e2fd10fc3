import { expect, test } from "vitest";
import { oja } from "../../rules/index.js";
import { defineMap } from "../../tape/index.js";
import * as bits from "../loops/bits.js";
import { forRange, get, seq, set, whileLoop } from "../loops/code.js";
import * as i32 from "../loops/i32.js";
import { KernelModule } from "../loops/module.js";
import { schedule } from "../loops/schedule.js";
import * as vector from "../loops/vector.js";
import { mapPass } from "../passes/map.js";
import { sweepPass } from "../passes/sweep.js";
import { encodeWasm } from "./encode.js";
import { exactWasm, wasmTarget } from "./features.js";

const compiled = (module: KernelModule) => new WebAssembly.Module(encodeWasm(module, { shared: false }));
const started = (module: KernelModule) => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536 });
  const table = new WebAssembly.Table({ element: "anyfunc", initial: 1 });
  const { exports } = new WebAssembly.Instance(compiled(module), { env: { memory, table } });
  return { exports: exports as Record<string, (...args: number[]) => number>, memory };
};

/** The names of functions that a module tells debuggers. */
function namesIn(module: KernelModule): string[] {
  const [section] = WebAssembly.Module.customSections(compiled(module), "name");
  return new TextDecoder().decode(section).match(/[ -~]{3,}/g) ?? [];
}

test("a profile shows what a kernel computes", () => {
  const backward = sweepPass(oja, {
    ...{ pre: 100, post: 60, direction: "backward", update: true, read: true, inverted: false },
    ...{ wanted: ["alpha"], flush: false },
  });
  const sweep = schedule(backward, wasmTarget(), { rows: 1, width: 8 });
  expect(namesIn(sweep).join()).toContain("sweep oja 100x60 backward");
  const shape = { inputs: ["full", "row"], outputs: ["full"], accumulate: false } as const;
  const forward = mapPass(defineMap(["z", "b"], { y: "tanh(z + b)" }).forward, shape);
  const map = schedule(forward, wasmTarget(), null);
  expect(namesIn(map).join()).toMatch(/map tanh\(z \+ b\).*tanh/);
});

test("a for and a while run as long as their condition holds, and not once if it never does", () => {
  const module = new KernelModule(exactWasm);
  const sum = module.func("sum", ["i32", "i32"], ["i32"]);
  const [from, to] = sum.params;
  const [i, total] = sum.locals("i32", 2);
  sum.body = seq(
    forRange(i, get(from!), get(to!), 3, set(total, i32.add(get(total), get(i)))),
    whileLoop(i32.lt(get(total), i32.const(5)), set(total, i32.add(get(total), i32.const(100)))),
    get(total),
  );
  const { exports } = started(module);
  expect(exports.sum!(2, 9)).toBe(2 + 5 + 8);
  expect(exports.sum!(9, 2)).toBe(100);
  expect(exports.sum!(-1, 0)).toBe(99);
});

test("sums over the lanes of one, two and four vectors have one order", () => {
  const module = new KernelModule(exactWasm);
  const f = module.func("sums", []);
  const vectors = f.locals("vector", 4);
  const load = vectors.map((v, k) => set(v, vector.load(i32.const(16 * k))));
  const [a, b, c, d] = vectors;
  f.body = seq(
    ...load,
    vector.store(i32.const(64), vector.sums(a, b)),
    ...load,
    vector.store(i32.const(80), vector.sums(a, b, c, d)),
    ...load,
    vector.store(i32.const(96), vector.splat(vector.sum(d))),
  );
  const { exports, memory } = started(module);
  const floats = new Float32Array(memory.buffer);
  const numbers = Float32Array.from({ length: 16 }, (_, k) => Math.fround(Math.sin(k) * 10 ** (k % 5)));
  floats.set(numbers);
  exports.sums!();
  const expected = [0, 1, 2, 3].map((v) => {
    const [p, q, r, s] = numbers.subarray(4 * v, 4 * v + 4) as unknown as [number, number, number, number];
    return Math.fround(Math.fround(p + r) + Math.fround(q + s));
  });
  expect([...floats.subarray(16, 18)]).toEqual(expected.slice(0, 2));
  expect([...floats.subarray(20, 24)]).toEqual(expected);
  expect(floats[24]).toBe(expected[3]);
});

test("constants of every size come out as they are", () => {
  const module = new KernelModule(exactWasm);
  const whole = [0, 1, -1, 63, 64, -64, -65, 8191, 8192, 2 ** 31 - 1, -(2 ** 31)];
  whole.forEach((value, k) => {
    module.func(`i${k}`, [], ["i32"]).body = i32.const(value);
  });
  const f = module.func("store", []);
  f.body = seq(
    vector.store(i32.const(0), vector.const(0.1)),
    vector.store(i32.const(16), bits.const(0x7f800001)),
    vector.store(i32.const(32), vector.mask(3)),
  );
  const { exports, memory } = started(module);
  whole.forEach((value, k) => {
    expect(exports[`i${k}`]!()).toBe(value);
  });
  exports.store!();
  expect([...new Float32Array(memory.buffer, 0, 4)]).toEqual(Array(4).fill(Math.fround(0.1)));
  expect([...new Int32Array(memory.buffer, 16, 8)]).toEqual([...Array(4).fill(0x7f800001), -1, -1, -1, 0]);
});
