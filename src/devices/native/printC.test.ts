import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compilerHere, emptyCache } from "../../../test/support/nativeHere.js";
import * as bits from "../loops/bits.js";
import { type Code, callFunction, get, seq, set } from "../loops/code.js";
import * as f32 from "../loops/f32.js";
import * as f64 from "../loops/f64.js";
import * as i32 from "../loops/i32.js";
import { type FunctionBuilder, KernelModule, type Local } from "../loops/module.js";
import { type Operator, operators } from "../loops/nodes.js";
import type { Target } from "../loops/target.js";
import * as vector from "../loops/vector.js";
import { encodeWasm } from "../wasm/encode.js";
import { kernelFlags } from "./compile.js";
import { featuresOf } from "./compiler.js";
import { Objects } from "./objects.js";
import { printC, symbolOf } from "./printC.js";
import { loadRuntime, type Runtime } from "./runtime.js";

const lanes = 4;
const c: Target = { lanes, registers: 16, wordBytes: 8, fma: false, exact: false };
const wasm: Target = { ...c, wordBytes: 4 };
const places = 64;

/** A kernel over places: what it reads begins at its first argument word, what it writes at the second. */
function moduleOf(target: Target, body: (f: FunctionBuilder, from: Code, to: Code) => Code): KernelModule {
  const module = new KernelModule(target);
  const f = module.kernel("test");
  const [from, to] = f.locals("i32", 2);
  const word = (index: number): Code => ({ kind: "word", index, as: "place", name: `argument ${index}` });
  f.body = seq(set(from, word(0)), set(to, word(1)), body(f, get(from), get(to)));
  return module;
}

/** Numbers at the edges of what float32 can be, and some within, in every order. */
const edges = [
  0, -0, 1, -1, 0.5, 2.5, -3.5, 1e-40, -1e-40, 3e38, -3e38, 2147483648, -2147483648, 1e10,
].concat([Infinity, -Infinity, NaN, 88.7, 1.0000001, 16777217]);
const inputs = Float32Array.from(
  { length: 3 * lanes * places },
  (_, i) => edges[(i * 7 + (i >> 3) * 5) % edges.length]!,
);

/** The first ones: a product of the first with itself, and what comes next, differ by less than one rounding. */
const [x, y] = [1 + 2 ** -12, -(1 + 2 ** -11)];
inputs.set([x, x, x, x, y, y, y, y, -y, -y, -y, -y]);

const inputBytes = inputs.byteLength;
const outputBytes = lanes * places * 4;

/** What is at the output's place after the kernel has run as WebAssembly. */
function asWasm(module: KernelModule): Uint32Array {
  const memory = new WebAssembly.Memory({ initial: 2, maximum: 65536 });
  const table = new WebAssembly.Table({ element: "anyfunc", initial: 1 });
  const bytes = encodeWasm(module, { shared: false });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory, table } });
  const [args, from] = [1024, 65536];
  new Uint32Array(memory.buffer).set([from, from + inputBytes], args / 4);
  new Float32Array(memory.buffer).set(inputs, from / 4);
  (exports.test as (...args: number[]) => void)(args, 0, 1, 0);
  return new Uint32Array(memory.buffer, from + inputBytes, outputBytes / 4);
}

/** NaN has many bit patterns; which one comes out is the processor's affair. */
const plain = (words: Uint32Array): string[] =>
  Array.from(words, (word) => ((word & 0x7fffffff) > 0x7f800000 ? "NaN" : word.toString(16)));

describe.skipIf(!compilerHere)("kernels in C", () => {
  const cache = emptyCache();
  let objects: Objects;
  let runtime: Runtime;
  beforeAll(() => {
    objects = new Objects(compilerHere!, { env: cache.env, lanes: 2 });
    runtime = loadRuntime(objects);
  });
  afterAll(cache.remove);

  function asC(module: KernelModule): Uint32Array {
    const engine = runtime.open(2 ** 21, 1);
    runtime.grow(engine, 2 ** 20);
    const start = runtime.start(engine);
    const window = runtime.window(engine, 0, 2 ** 20);
    const source = { text: printC(module), flags: kernelFlags(compilerHere!) };
    objects.provide([source], (path) =>
      runtime.load(engine, 0, path, symbolOf(module.functions.find((f) => f.exported)!)),
    );
    const [args, program, from] = [1024, 2048, 65536];
    const words = new BigInt64Array(window);
    [start + from, start + from + inputBytes].forEach((word, i) => {
      words[args / 8 + i] = BigInt(word);
    });
    [1, 1, 1, 1, 1, 0, start + args, 1, 0].forEach((word, i) => {
      words[program / 8 + i] = BigInt(word);
    });
    new Float32Array(window).set(inputs, from / 4);
    runtime.run(engine, start + program, false);
    const out = new Uint32Array(window, from + inputBytes, outputBytes / 4).slice();
    runtime.close(engine);
    return out;
  }

  /** The vector operators that compute from one to three vectors. */
  const counts: Partial<Record<Operator, number>> = {};
  for (const op of Object.keys(operators) as Operator[]) {
    if (operators[op] !== "vector" || op === "vector.splat" || /sh[lr]/.test(op)) continue;
    counts[op] = /neg|abs|sqrt|nearest|I32/.test(op) ? 1 : /madd|select/.test(op) ? 3 : 2;
  }

  test("compute what WebAssembly computes, bit for bit, whatever the numbers", () => {
    const all = Object.entries(counts) as [Operator, number][];
    expect(all.length).toBeGreaterThan(25);
    for (const fewer of [all.slice(0, 14), all.slice(14)]) {
      // Several at a time, one after the other over its own share of the places.
      const each = Math.floor(places / fewer.length);
      const made = (target: Target) =>
        moduleOf(target, (_, from, to) =>
          seq(
            ...fewer.flatMap(([op, count], k) =>
              Array.from({ length: each }, (_, n) => {
                const place = k * each + n;
                const arg = (a: number) => vector.load(from, (a * places + place) * lanes * 4);
                const args = [arg(0), arg(1), arg(2)].slice(0, count);
                // A mask has all bits of a lane or none.
                if (op === "vector.select") args[0] = vector.lt(args[0]!, arg(1));
                return vector.store(to, { kind: "op", op, args }, place * lanes * 4);
              }),
            ),
          ),
        );
      const [inC, inWasm] = [plain(asC(made(c))), plain(asWasm(made(wasm)))];
      fewer.forEach(([op], k) => {
        const part = [k * each * lanes, (k + 1) * each * lanes] as const;
        expect(inC.slice(...part), op).toEqual(inWasm.slice(...part));
      });
    }
  });

  test("shift, sum lanes, extract, mask, convert and call as WebAssembly does", () => {
    const made = (target: Target) =>
      moduleOf(target, (f, from, to) => {
        const [a, b, c, d] = f.locals("vector", 4);
        const at = (k: number) => vector.load(from, k * 16);
        const finite = (k: number) => vector.pmin(vector.pmax(at(k), vector.const(-100)), vector.const(100));
        const load = () => seq(set(a, finite(0)), set(b, finite(5)), set(c, finite(9)), set(d, finite(14)));
        const double = f64.mul(f64.fromF32(f32.load(from, 4 * 14)), f64.const(0.1));
        return seq(
          vector.store(to, bits.shl(bits.add(at(3), bits.const(126)), i32.const(3))),
          vector.store(to, bits.shrU(at(4), i32.const(9)), 16),
          load(),
          f32.store(to, vector.sum(a), 32),
          vector.store(to, vector.sums(a, b), 48),
          load(),
          vector.store(to, vector.sums(a, b, c, d), 64),
          vector.store(to, vector.and(at(1), vector.mask(3)), 80),
          f32.store(to, vector.extract(2, at(2)), 96),
          f32.store(to, f32.fromF64(f64.min(f64.sqrt(double), f64.const(7))), 100),
          f32.store(to, f32.fromF64(f64.min(f64.const(1), f64.const(Number.NaN))), 104),
          vector.store(to, vector.splat(f32.load(from, 20)), 112),
          vector.store(to, vector.const(-0), 128),
          vector.store(to, vector.const(0.1), 144),
        );
      });
    expect(plain(asC(made(c)))).toEqual(plain(asWasm(made(wasm))));
  });

  test.skipIf(!compilerHere || !featuresOf(compilerHere).has("fma"))(
    "round a product that is added once with `fma`, and twice without",
    () => {
      const made = (fma: boolean) =>
        moduleOf({ ...c, fma }, (_, from, to) => {
          const [a, minus, plus] = [0, 16, 32].map((offset) => vector.load(from, offset)) as [
            Code,
            Code,
            Code,
          ];
          return seq(
            vector.store(to, vector.madd(a, a, minus)),
            vector.store(to, vector.add(vector.mul(a, a), minus), 16),
            vector.store(to, vector.nmadd(a, a, plus), 32),
          );
        });
      const numbers = (fma: boolean) => new Float32Array(asC(made(fma)).buffer);
      const [once, twice] = [numbers(true), numbers(false)];
      expect([once[0], once[4], once[8]]).toEqual([2 ** -24, 0, -(2 ** -24)]);
      expect([twice[0], twice[4], twice[8]]).toEqual([0, 0, 0]);
    },
  );
});

test("no text of a rule or a file becomes C: labels are made of letters, and what is said about a value is a comment", () => {
  const nasty = 'x*/;system("id");/*\\\n??/\u2028"';
  const module = moduleOf(c, (f, from, to) => {
    const a = f.local("vector");
    return seq(set(a, vector.load(from), nasty), vector.store(to, get(a)));
  });
  const helper = module.func(null, ["vector"], ["vector"], nasty);
  helper.body = get(helper.params[0] as Local);
  const used = module.kernel("other", nasty);
  used.body = seq(set(used.local("vector"), callFunction(helper, vector.const(1))));
  const text = printC(module);
  const outsideComments = text.replace(/\/\*[\s\S]*?\*\//g, "");
  expect(text).toContain("system"); // It is there, in comments and, without its signs, in names.
  expect(outsideComments).not.toMatch(/system\(|"id"|\\|\u2028|\?\?/);
  expect(symbolOf(used)).toMatch(/^k\d+_[A-Za-z0-9_]+$/);
  expect(text.match(/\/\*/g)).toHaveLength(text.match(/\*\//g)!.length);
});

test("names of arguments are comments too, whatever they are", () => {
  const module = new KernelModule(c);
  const f = module.kernel("test");
  const nasty = 'param:*/ system("id"); /*';
  f.body = vector.store(
    { kind: "word", index: 0, as: "place", name: nasty },
    { kind: "word", index: 1, as: "splat", name: nasty },
  );
  const outsideComments = printC(module).replace(/\/\*[\s\S]*?\*\//g, "");
  expect(printC(module)).toContain("system");
  expect(outsideComments).not.toContain("system");
});

test("modules that are one text have one prelude, and functions of one label have names of their own", () => {
  const one = () => {
    const module = new KernelModule(c);
    const f = module.kernel("test");
    const helper = module.func(null, ["vector"], ["vector"], "tanh");
    helper.body = get(helper.params[0] as Local);
    f.body = set(f.local("vector"), callFunction(helper, vector.const(1)));
    return module;
  };
  const text = printC(one(), one());
  expect(text.match(/#define LANES/g)).toHaveLength(1);
  expect([...text.matchAll(/ (k\w+)\(.*\) \{$/gm)].map(([, name]) => name)).toEqual([
    ...["k0_test", "k1_tanh"],
    ...["k2_test", "k3_tanh"],
  ]);
  expect(text.match(/v\d+ = k1_tanh\(/g)).toHaveLength(1);
  expect(text.match(/v\d+ = k3_tanh\(/g)).toHaveLength(1);
});
