import type { FunctionBuilder } from "../../src/devices/loops/module.js";
import type { Code, Local, Operator } from "../../src/devices/loops/nodes.js";

/** Numbers are numbers; vectors are Float32Arrays that nobody changes. */
type Value = number | Float32Array;
type Frame = Value[];
type Run = (frame: Frame) => Value;

/** The memory of an interpreted kernel. */
export interface Memory {
  readonly view: DataView;
  /** The address of its first byte. */
  readonly origin: number;
}

const { fround } = Math;
const bitsOf = (v: Value): Int32Array => new Int32Array((v as Float32Array).buffer);
const isTrue = (value: Value): boolean => value !== 0;

/** Each lane of the arguments' floats, or of their bits, through a function. */
const byFloats = (f: (...lanes: number[]) => number) => (args: Value[]) =>
  Float32Array.from(args[0] as Float32Array, (_, k) => f(...args.map((arg) => (arg as Float32Array)[k]!)));
const byBits = (f: (...lanes: number[]) => number) => (args: Value[]) => {
  const all = args.map(bitsOf);
  const out = Int32Array.from(all[0]!, (_, k) => f(...all.map((each) => each[k]!)));
  return new Float32Array(out.buffer);
};
/** A comparison: all bits of a lane, or none. */
const mask = (f: (a: number, b: number) => boolean) => (args: Value[]) => {
  const [a, b] = args as [Float32Array, Float32Array];
  return new Float32Array(Int32Array.from(a, (x, k) => (f(x, b[k]!) ? -1 : 0)).buffer);
};
const whole = (f: (a: number, b: number) => number | boolean) => (args: Value[]) =>
  Number(f(args[0] as number, args[1] as number));
const nearestEven = (x: number): number => {
  const down = Math.floor(x);
  if (x - down !== 0.5) return Math.round(x);
  return down % 2 === 0 ? down : down + 1;
};
const toInt = (x: number): number =>
  Number.isNaN(x) ? 0 : Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Math.trunc(x)));

const operations: Record<Operator, (args: Value[], lanes: number) => Value> = {
  "i32.add": whole((a, b) => a + b),
  "i32.sub": whole((a, b) => a - b),
  "i32.mul": whole((a, b) => a * b),
  "i32.divU": whole((a, b) => Math.floor(a / b)),
  "i32.and": whole((a, b) => a !== 0 && b !== 0),
  "i32.shl": whole((a, b) => a * 2 ** b),
  "i32.eqz": whole((a) => a === 0),
  "i32.eq": whole((a, b) => a === b),
  "i32.ne": whole((a, b) => a !== b),
  "i32.lt": whole((a, b) => a < b),
  "i32.gt": whole((a, b) => a > b),
  "i32.le": whole((a, b) => a <= b),
  "i32.ge": whole((a, b) => a >= b),
  "i32.min": whole(Math.min),
  "i32.fromF32": whole(toInt),
  "f32.add": whole((a, b) => fround(a + b)),
  "f32.mul": whole((a, b) => fround(a * b)),
  "f32.fromF64": whole(fround),
  "f64.add": whole((a, b) => a + b),
  "f64.mul": whole((a, b) => a * b),
  "f64.div": whole((a, b) => a / b),
  "f64.sqrt": whole(Math.sqrt),
  "f64.min": whole(Math.min),
  "f64.fromF32": whole((a) => a),
  "vector.splat": ([value], lanes) => new Float32Array(lanes).fill(value as number),
  "vector.sum": ([v]) => (v as Float32Array).reduce((sum, x) => fround(sum + x), 0),
  "vector.add": byFloats((a, b) => a! + b!),
  "vector.sub": byFloats((a, b) => a! - b!),
  "vector.mul": byFloats((a, b) => a! * b!),
  "vector.div": byFloats((a, b) => a! / b!),
  "vector.neg": byFloats((a) => -a!),
  "vector.abs": byFloats((a) => Math.abs(a!)),
  "vector.sqrt": byFloats((a) => Math.sqrt(a!)),
  "vector.min": byFloats((a, b) => Math.min(a!, b!)),
  "vector.max": byFloats((a, b) => Math.max(a!, b!)),
  "vector.pmin": byFloats((a, b) => (b! < a! ? b! : a!)),
  "vector.pmax": byFloats((a, b) => (a! < b! ? b! : a!)),
  "vector.nearest": byFloats((a) => nearestEven(a!)),
  "vector.madd": byFloats((a, b, c) => a! * b! + c!),
  "vector.nmadd": byFloats((a, b, c) => c! - a! * b!),
  "vector.eq": mask((a, b) => a === b),
  "vector.ne": mask((a, b) => a !== b),
  "vector.lt": mask((a, b) => a < b),
  "vector.gt": mask((a, b) => a > b),
  "vector.le": mask((a, b) => a <= b),
  "vector.ge": mask((a, b) => a >= b),
  "vector.toI32": ([v]) => new Float32Array(Int32Array.from(v as Float32Array, toInt).buffer),
  "vector.fromI32": ([v]) => Float32Array.from(bitsOf(v!)),
  "vector.and": byBits((a, b) => a! & b!),
  "vector.andnot": byBits((a, b) => a! & ~b!),
  "vector.or": byBits((a, b) => a! | b!),
  "vector.select": byBits((m, a, b) => (a! & m!) | (b! & ~m!)),
  "bits.eq": byBits((a, b) => (a === b ? -1 : 0)),
  "bits.add": byBits((a, b) => a! + b!),
  "bits.sub": byBits((a, b) => a! - b!),
  "bits.shl": ([v, by]) => byBits((a) => a! << (by as number))([v!]),
  "bits.shrU": ([v, by]) => byBits((a) => a! >>> (by as number))([v!]),
};

/** A kernel as a function of its arguments: slow, of any lanes and words. `functions`: those of its module. */
export function interpreted(
  f: FunctionBuilder,
  functions: readonly FunctionBuilder[],
  memory: Memory,
): (...args: Value[]) => Value {
  const { lanes, wordBytes } = f.target;
  const { view, origin } = memory;
  const known = new Map<number, (...args: Value[]) => Value>();
  const callee = (index: number) => {
    if (!known.has(index)) known.set(index, interpreted(functions[index]!, functions, memory));
    return known.get(index)!;
  };
  const floatAt = (at: number) => view.getFloat32(at - origin, true);
  const placeAt = (at: number): number =>
    wordBytes === 4 ? view.getInt32(at - origin, true) : Number(view.getBigInt64(at - origin, true));
  const splat = (value: number) => new Float32Array(lanes).fill(value);
  const loads = {
    i32: (at: number) => view.getInt32(at - origin, true),
    place: placeAt,
    f32: floatAt,
    f64: (at: number) => view.getFloat64(at - origin, true),
    vector: (at: number) => Float32Array.from({ length: lanes }, (_, k) => floatAt(at + 4 * k)),
    splat: (at: number) => splat(floatAt(at)),
  };
  const stores = {
    i32: (at: number, value: Value) => view.setInt32(at - origin, value as number, true),
    f32: (at: number, value: Value) => view.setFloat32(at - origin, value as number, true),
    f64: (at: number, value: Value) => view.setFloat64(at - origin, value as number, true),
    vector: (at: number, value: Value) => {
      (value as Float32Array).forEach((x, k) => {
        view.setFloat32(at - origin + 4 * k, x, true);
      });
    },
  };
  const set =
    ({ index }: Local, value: Run): Run =>
    (frame) => {
      frame[index] = value(frame);
      return 0;
    };
  const compile = (code: Code): Run => {
    switch (code.kind) {
      case "seq": {
        const parts = code.parts.map(compile);
        return (frame) => parts.reduce<Value>((_, part) => part(frame), 0);
      }
      case "get":
        return (frame) => frame[code.local.index]!;
      case "set":
        return set(code.local, compile(code.value));
      case "number":
        return () => code.value;
      case "splat": {
        const bits = new Float32Array(new Int32Array(lanes).fill(code.value).buffer);
        const value = code.bits ? bits : splat(code.value);
        return () => value;
      }
      case "mask": {
        const value = new Float32Array(
          Int32Array.from({ length: lanes }, (_, k) => (k < code.lanes ? -1 : 0)).buffer,
        );
        return () => value;
      }
      case "word": {
        const load = loads[code.as];
        return ([args]) => load((args as number) + code.index * wordBytes);
      }
      case "op": {
        const args = code.args.map(compile);
        const operation = operations[code.op];
        return (frame) =>
          operation(
            args.map((arg) => arg(frame)),
            lanes,
          );
      }
      case "load": {
        const [address, load] = [compile(code.address), loads[code.what]];
        return (frame) => load((address(frame) as number) + code.offset);
      }
      case "store": {
        const [address, value, store] = [compile(code.address), compile(code.value), stores[code.what]];
        return (frame) => {
          store((address(frame) as number) + code.offset, value(frame));
          return 0;
        };
      }
      case "extract": {
        const value = compile(code.value);
        return (frame) => (value(frame) as Float32Array)[code.lane]!;
      }
      case "sums":
        return (frame) => {
          const out = new Float32Array(lanes);
          code.of.forEach(({ index }, k) => {
            out[k] = operations["vector.sum"]([frame[index]!], lanes) as number;
          });
          return out;
        };
      case "call": {
        const args = code.args.map(compile);
        return (frame) => callee(code.callee.index)(...args.map((arg) => arg(frame)));
      }
      case "fill": {
        const [address, size] = [compile(code.address), compile(code.size)];
        return (frame) => {
          const from = (address(frame) as number) - origin;
          new Uint8Array(view.buffer).fill(0, from, from + (size(frame) as number));
          return 0;
        };
      }
      case "copy": {
        const [to, from, size] = [compile(code.to), compile(code.from), compile(code.size)];
        return (frame) => {
          const start = (from(frame) as number) - origin;
          const end = start + (size(frame) as number);
          new Uint8Array(view.buffer).copyWithin((to(frame) as number) - origin, start, end);
          return 0;
        };
      }
      case "if": {
        const [condition, then] = [compile(code.condition), compile(code.then)];
        const otherwise = code.otherwise ? compile(code.otherwise) : () => 0;
        return (frame) => (isTrue(condition(frame)) ? then(frame) : otherwise(frame));
      }
      case "for": {
        const [from, to, body] = [compile(code.from), compile(code.to), compile(code.body)];
        const { index } = code.local;
        return (frame) => {
          for (frame[index] = from(frame); frame[index] < to(frame); ) {
            body(frame);
            frame[index] = (frame[index] as number) + code.step;
          }
          return 0;
        };
      }
      case "while": {
        const [condition, body] = [compile(code.condition), compile(code.body)];
        return (frame) => {
          while (isTrue(condition(frame))) body(frame);
          return 0;
        };
      }
      case "doWhile": {
        const [condition, body] = [compile(code.condition), compile(code.body)];
        return (frame) => {
          do body(frame);
          while (isTrue(condition(frame)));
          return 0;
        };
      }
      case "separator":
        return () => 0;
      default:
        throw new Error(`no kernel has a ${code.kind}`);
    }
  };
  const body = compile(f.body);
  const zeros = f.localTypes.map((type) => (type === "vector" ? splat(0) : 0));
  return (...args) => body([...args, ...zeros]);
}
