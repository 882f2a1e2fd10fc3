/** Kernels that every program needs: filling, copying, adding up the threads' shares, and Adam. */
import {
  type Code,
  f32,
  f64,
  floatWord,
  forRange,
  get,
  i32,
  increment,
  memoryCopy,
  memoryFill,
  seq,
  set,
  splatWord,
  vector,
  when,
  word,
} from "./code.js";
import { splat } from "./math.js";
import { type FunctionBuilder, KernelModule, type Local } from "./module.js";
import { type Target, vectorBytes } from "./target.js";
import { vectorsIn } from "./tiles.js";

/** `from`, `to` count vectors. Names the pointer locals of a kernel that walks several arrays in step. */
function vectorLoop(f: FunctionBuilder, arrays: number, body: (pointers: Local[]) => Code): Code {
  const [, from, to] = f.params as [Local, Local, Local];
  const i = f.local("i32");
  const pointers = Array.from({ length: arrays }, () => f.local("i32"));
  const start = (index: number) => i32.add(word(index), vectorsIn(f, get(from)));
  return seq(
    ...pointers.map((pointer, index) => set(pointer, start(index))),
    forRange(
      i,
      get(from),
      get(to),
      1,
      seq(body(pointers), ...pointers.map((p) => increment(p, vectorBytes(f.target)))),
    ),
  );
}

/** Words: address. Fills vectors with zeros. */
function emitZero(f: FunctionBuilder): Code {
  const [, from, to] = f.params as [Local, Local, Local];
  const bytes = (local: Local) => vectorsIn(f, get(local));
  return memoryFill(i32.add(word(0), bytes(from)), i32.const(0), i32.sub(bytes(to), bytes(from)));
}

/** Words: source, target. */
function emitCopy(f: FunctionBuilder): Code {
  const [, from, to] = f.params as [Local, Local, Local];
  const bytes = (local: Local) => vectorsIn(f, get(local));
  const at = (index: number) => i32.add(word(index), bytes(from));
  return memoryCopy(at(1), at(0), i32.sub(bytes(to), bytes(from)));
}

/** Words: target, source. target += source. */
function emitAdd(f: FunctionBuilder): Code {
  return vectorLoop(f, 2, ([target, source]) =>
    vector.store(get(target!), vector.add(vector.load(get(target!)), vector.load(get(source!)))),
  );
}

/**
 * Words: target, slots, bytes from slot to slot, number of slots, 1 to overwrite the target (0: add), 1 to clear the slots.
 * Adds the slots up in their order, always the same.
 */
function emitCombine(f: FunctionBuilder): Code {
  const slot = f.local("i32");
  const k = f.local("i32");
  const sum = f.local("vector");
  return vectorLoop(f, 2, ([target, slots]) =>
    seq(
      set(sum, splat(0)),
      set(slot, get(slots!)),
      forRange(
        k,
        i32.const(0),
        word(3),
        1,
        seq(
          set(sum, vector.add(get(sum), vector.load(get(slot)))),
          when(word(5), vector.store(get(slot), splat(0))),
          set(slot, i32.add(get(slot), word(2))),
        ),
      ),
      when(
        word(4),
        vector.store(get(target!), get(sum)),
        vector.store(get(target!), vector.add(vector.load(get(target!)), get(sum))),
      ),
    ),
  );
}
/** Words: target, slots, bytes from slot to slot, number of slots, 1 to overwrite. Float64 slots, which are cleared. */
function emitCombineNumber(f: FunctionBuilder): Code {
  const slot = f.local("i32");
  const k = f.local("i32");
  const sum = f.local("f64");
  return seq(
    set(sum, f64.const(0)),
    set(slot, word(1)),
    forRange(
      k,
      i32.const(0),
      word(3),
      1,
      seq(
        set(sum, f64.add(get(sum), f64.load(get(slot)))),
        f64.store(get(slot), f64.const(0)),
        set(slot, i32.add(get(slot), word(2))),
      ),
    ),
    when(
      word(4),
      f32.store(word(0), f32.fromF64(get(sum))),
      f32.store(word(0), f32.add(f32.load(word(0)), f32.fromF64(get(sum)))),
    ),
  );
}

/** Words: array, slots. Adds a number for each vector to the thread's float64 slot (64 bytes apart). */
function emitReduce(f: FunctionBuilder, of: (x: Code) => Code): Code {
  const thread = f.params[3] as Local;
  const x = f.local("vector");
  const place = f.local("i32");
  return seq(
    set(place, i32.add(word(1), i32.shl(get(thread), i32.const(6)))),
    vectorLoop(f, 1, ([array]) =>
      seq(
        set(x, vector.load(get(array!))),
        set(x, of(get(x))),
        f64.store(get(place), f64.add(f64.load(get(place)), f64.fromF32(vector.sum(x)))),
      ),
    ),
  );
}

/** Words: slots, number of slots, address of scale, address of norm, maxNorm (float). The slots are cleared. */
function emitClip(f: FunctionBuilder): Code {
  const k = f.local("i32");
  const slot = f.local("i32");
  const sum = f.local("f64");
  return seq(
    set(slot, word(0)),
    forRange(
      k,
      i32.const(0),
      word(1),
      1,
      seq(
        set(sum, f64.add(get(sum), f64.load(get(slot)))),
        f64.store(get(slot), f64.const(0)),
        increment(slot, 64),
      ),
    ),
    set(sum, f64.sqrt(get(sum))),
    f32.store(word(3), f32.fromF64(get(sum))),
    f32.store(word(2), f32.fromF64(f64.min(f64.const(1), f64.div(f64.fromF32(floatWord(4)), get(sum))))),
  );
}

/**
 * Words: param, grad, m, v, address of a scale or 0; floats: beta1, beta2, eps, lr / (1 - beta1^t),
 * 1 / sqrt(1 - beta2^t), 1 - lr * weightDecay. Kingma and Ba 2015; Loshchilov and Hutter 2019 for the decay.
 */
function emitAdam(f: FunctionBuilder): Code {
  const scalar = (index: number): { local: Local; code: Code } => {
    const local = f.local("vector");
    return { local, code: set(local, splatWord(index)) };
  };
  const [beta1, beta2, eps, rate, root, decay] = [5, 6, 7, 8, 9, 10].map(scalar) as ReturnType<
    typeof scalar
  >[];
  const scale = f.local("vector");
  const rest1 = f.local("vector");
  const rest2 = f.local("vector");
  const g = f.local("vector");
  const m = f.local("vector");
  const v = f.local("vector");
  const loop = vectorLoop(f, 4, ([param, grad, mean, square]) =>
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
    ...[beta1, beta2, eps, rate, root, decay].map((s) => s!.code),
    set(rest1, vector.sub(splat(1), get(beta1!.local))),
    set(rest2, vector.sub(splat(1), get(beta2!.local))),
    set(scale, splat(1)),
    when(word(4), set(scale, vector.loadSplat(word(4)))),
    loop,
  );
}

/** The module of basic kernels. */
export function emitBasic(target: Target): KernelModule {
  const module = new KernelModule(target);
  const kernels: Record<string, (f: FunctionBuilder) => Code> = {
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
    const f = module.kernel(name);
    f.body = emit(f);
  }
  return module;
}
