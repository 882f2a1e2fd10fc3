/** Kernels that every program needs: filling, copying, adding up the threads' shares, and Adam. */

import { Arguments } from "./arguments.js";
import { type Code, forRange, get, increment, memoryCopy, memoryFill, seq, set, when } from "./code.js";
import * as f32 from "./f32.js";
import * as f64 from "./f64.js";
import * as i32 from "./i32.js";
import { splat } from "./math.js";
import { type FunctionBuilder, KernelModule, type Local } from "./module.js";
import { type Target, vectorBytes } from "./target.js";
import { vectorsIn } from "./tiles.js";
import * as vector from "./vector.js";

/** The arguments of each kernel. `slots` lie `stride` bytes apart, a slot of a single number 64. */
export const basicArguments = {
  zero: new Arguments({ address: "place" }),
  copy: new Arguments({ from: "place", to: "place" }),
  add: new Arguments({ target: "place", source: "place" }),
  combine: new Arguments({
    ...{ target: "place", slots: "place", stride: "place", count: "place" },
    /** 1 to overwrite the target, else it is added to; 1 to clear the slots. */
    ...{ overwrite: "place", clear: "place" },
  }),
  combineNumber: new Arguments({
    ...{ target: "place", slots: "place", stride: "place", count: "place", overwrite: "place" },
  }),
  sumOfSquares: new Arguments({ array: "place", slots: "place" }),
  finite: new Arguments({ array: "place", slots: "place" }),
  clip: new Arguments({ slots: "place", count: "place", scale: "place", norm: "place", most: "float" }),
  adam: new Arguments({
    ...{ param: "place", grad: "place", m: "place", v: "place" },
    /** Address of a factor on the gradient, or 0. */
    scale: "place",
    ...{ beta1: "float", beta2: "float", eps: "float" },
    /** lr / (1 - beta1^t), 1 / sqrt(1 - beta2^t), 1 - lr * weightDecay. */
    ...{ rate: "float", root: "float", decay: "float" },
  }),
} as const;
export type BasicKernel = keyof typeof basicArguments;
const args = basicArguments;

/** `from`, `to` count vectors. Names the pointer locals of a kernel that walks several arrays in step. */
function vectorLoop(f: FunctionBuilder, arrays: readonly Code[], body: (pointers: Local[]) => Code): Code {
  const [, from, to] = f.params as [Local, Local, Local];
  const i = f.local("i32");
  const pointers = arrays.map(() => f.local("i32"));
  return seq(
    ...pointers.map((pointer, index) => set(pointer, i32.add(arrays[index]!, vectorsIn(f, get(from))))),
    forRange(
      i,
      get(from),
      get(to),
      1,
      seq(body(pointers), ...pointers.map((p) => increment(p, vectorBytes(f.target)))),
    ),
  );
}

/** Fills vectors with zeros. */
function emitZero(f: FunctionBuilder): Code {
  const [, from, to] = f.params as [Local, Local, Local];
  const bytes = (local: Local) => vectorsIn(f, get(local));
  return memoryFill(
    i32.add(args.zero.read("address"), bytes(from)),
    i32.const(0),
    i32.sub(bytes(to), bytes(from)),
  );
}

function emitCopy(f: FunctionBuilder): Code {
  const [, from, to] = f.params as [Local, Local, Local];
  const bytes = (local: Local) => vectorsIn(f, get(local));
  const at = (name: "from" | "to") => i32.add(args.copy.read(name), bytes(from));
  return memoryCopy(at("to"), at("from"), i32.sub(bytes(to), bytes(from)));
}

/** target += source. */
function emitAdd(f: FunctionBuilder): Code {
  return vectorLoop(f, [args.add.read("target"), args.add.read("source")], ([target, source]) =>
    vector.store(get(target!), vector.add(vector.load(get(target!)), vector.load(get(source!)))),
  );
}

/**
 * Adds the slots up in their order, always the same.
 */
function emitCombine(f: FunctionBuilder): Code {
  const word = (name: Parameters<typeof args.combine.read>[0]) => args.combine.read(name);
  const slot = f.local("i32");
  const k = f.local("i32");
  const sum = f.local("vector");
  return vectorLoop(f, [word("target"), word("slots")], ([target, slots]) =>
    seq(
      set(sum, splat(0)),
      set(slot, get(slots!)),
      forRange(
        k,
        i32.const(0),
        word("count"),
        1,
        seq(
          set(sum, vector.add(get(sum), vector.load(get(slot)))),
          when(word("clear"), vector.store(get(slot), splat(0))),
          set(slot, i32.add(get(slot), word("stride"))),
        ),
      ),
      when(
        word("overwrite"),
        vector.store(get(target!), get(sum)),
        vector.store(get(target!), vector.add(vector.load(get(target!)), get(sum))),
      ),
    ),
  );
}
/** As `combine` for float64 slots, which are cleared. */
function emitCombineNumber(f: FunctionBuilder): Code {
  const word = (name: Parameters<typeof args.combineNumber.read>[0]) => args.combineNumber.read(name);
  const slot = f.local("i32");
  const k = f.local("i32");
  const sum = f.local("f64");
  return seq(
    set(sum, f64.const(0)),
    set(slot, word("slots")),
    forRange(
      k,
      i32.const(0),
      word("count"),
      1,
      seq(
        set(sum, f64.add(get(sum), f64.load(get(slot)))),
        f64.store(get(slot), f64.const(0)),
        set(slot, i32.add(get(slot), word("stride"))),
      ),
    ),
    when(
      word("overwrite"),
      f32.store(word("target"), f32.fromF64(get(sum))),
      f32.store(word("target"), f32.add(f32.load(word("target")), f32.fromF64(get(sum)))),
    ),
  );
}

/** Adds a number for each vector to the thread's float64 slot (64 bytes apart). */
function emitReduce(f: FunctionBuilder, of: (x: Code) => Code): Code {
  // Both kernels that reduce have these.
  const { sumOfSquares: words } = args;
  const thread = f.params[3] as Local;
  const x = f.local("vector");
  const place = f.local("i32");
  return seq(
    set(place, i32.add(words.read("slots"), i32.shl(get(thread), i32.const(6)))),
    vectorLoop(f, [words.read("array")], ([array]) =>
      seq(
        set(x, vector.load(get(array!))),
        set(x, of(get(x))),
        f64.store(get(place), f64.add(f64.load(get(place)), f64.fromF32(vector.sum(x)))),
      ),
    ),
  );
}

/** scale = min(1, most / norm), norm = the root of the slots' sum. The slots are cleared. */
function emitClip(f: FunctionBuilder): Code {
  const k = f.local("i32");
  const slot = f.local("i32");
  const sum = f.local("f64");
  return seq(
    set(slot, args.clip.read("slots")),
    forRange(
      k,
      i32.const(0),
      args.clip.read("count"),
      1,
      seq(
        set(sum, f64.add(get(sum), f64.load(get(slot)))),
        f64.store(get(slot), f64.const(0)),
        increment(slot, 64),
      ),
    ),
    set(sum, f64.sqrt(get(sum))),
    f32.store(args.clip.read("norm"), f32.fromF64(get(sum))),
    f32.store(
      args.clip.read("scale"),
      f32.fromF64(f64.min(f64.const(1), f64.div(f64.fromF32(args.clip.read("most")), get(sum)))),
    ),
  );
}

/**
 * Kingma and Ba 2015; Loshchilov and Hutter 2019 for the decay.
 */
function emitAdam(f: FunctionBuilder): Code {
  const { adam } = args;
  const scalar = (name: "beta1" | "beta2" | "eps" | "rate" | "root" | "decay") => {
    const local = f.local("vector");
    return { local, code: set(local, adam.splat(name)) };
  };
  const floats = (["beta1", "beta2", "eps", "rate", "root", "decay"] as const).map(scalar);
  const [beta1, beta2, eps, rate, root, decay] = floats;
  const scale = f.local("vector");
  const rest1 = f.local("vector");
  const rest2 = f.local("vector");
  const g = f.local("vector");
  const m = f.local("vector");
  const v = f.local("vector");
  const loop = vectorLoop(
    f,
    ["param", "grad", "m", "v"].map((name) => adam.read(name as "param")),
    ([param, grad, mean, square]) =>
      seq(
        set(g, vector.mul(vector.load(get(grad!)), get(scale))),
        set(m, vector.madd(get(beta1!.local), vector.load(get(mean!)), vector.mul(get(rest1), get(g)))),
        set(
          v,
          vector.madd(
            get(beta2!.local),
            vector.load(get(square!)),
            vector.mul(vector.mul(get(rest2), get(g)), get(g)),
          ),
        ),
        vector.store(get(mean!), get(m)),
        vector.store(get(square!), get(v)),
        vector.store(
          get(param!),
          vector.sub(
            vector.mul(vector.load(get(param!)), get(decay!.local)),
            vector.div(
              vector.mul(get(rate!.local), get(m)),
              vector.madd(vector.sqrt(get(v)), get(root!.local), get(eps!.local)),
            ),
          ),
        ),
      ),
  );
  return seq(
    ...floats.map(({ code }) => code),
    set(rest1, vector.sub(splat(1), get(beta1!.local))),
    set(rest2, vector.sub(splat(1), get(beta2!.local))),
    set(scale, splat(1)),
    when(adam.read("scale"), set(scale, vector.loadSplat(adam.read("scale")))),
    loop,
  );
}

/** The module of basic kernels. */
export function emitBasic(target: Target): KernelModule<BasicKernel> {
  const module = new KernelModule<BasicKernel>(target);
  const kernels: Record<BasicKernel, (f: FunctionBuilder) => Code> = {
    zero: emitZero,
    copy: emitCopy,
    add: emitAdd,
    combine: emitCombine,
    combineNumber: emitCombineNumber,
    sumOfSquares: (f) => emitReduce(f, (x) => vector.mul(x, x)),
    /** Adds 0 for finite elements, NaN for others. */
    finite: (f) => emitReduce(f, (x) => vector.mul(x, splat(0))),
    clip: emitClip,
    adam: emitAdam,
  };
  for (const [name, emit] of Object.entries(kernels)) {
    const f = module.kernel(name as BasicKernel);
    f.body = emit(f);
  }
  return module;
}
