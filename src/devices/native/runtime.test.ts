import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compilerHere, emptyCache } from "../../../test/support/nativeHere.js";
import { featuresOf } from "./compiler.js";
import { Objects } from "./objects.js";
import { loadRuntime, type Runtime, runtimeText } from "./runtime.js";

const mebibyte = 2 ** 20;
/** Writes at `args[0]`, for every unit of its share, thread + 1; counts its calls in the slot of its thread at args[1]. */
const kernels = `
#include <stdint.h>
__attribute__((visibility("default"))) void mark(int64_t args, int64_t from, int64_t to, int64_t thread) {
  int64_t *a = (int64_t *)args, *marks = (int64_t *)a[0], *calls = (int64_t *)a[1];
  for (int64_t i = from; i < to; i++) marks[i] = 10 * marks[i] + thread + 1;
  calls[thread]++;
}
`;

describe.skipIf(!compilerHere)("the runtime", () => {
  const cache = emptyCache();
  let objects: Objects;
  let runtime: Runtime;
  beforeAll(() => {
    objects = new Objects(compilerHere!, { env: cache.env, lanes: 1 });
    runtime = loadRuntime(objects);
  });
  afterAll(cache.remove);

  /** An engine with the kernel `mark` at index 7, and ways to write and read words of its arena. */
  function opened(threads: number, reserve = 256 * mebibyte) {
    const engine = runtime.open(reserve, threads);
    const start = runtime.start(engine);
    runtime.grow(engine, mebibyte);
    const words = new BigInt64Array(runtime.window(engine, 0, mebibyte));
    objects.provide([{ text: kernels, flags: ["-O1"] }], (path) => runtime.load(engine, 7, path, "mark"));
    const put = (at: number, values: readonly number[]) => {
      values.forEach((value, i) => {
        words[at / 8 + i] = BigInt(value);
      });
      return start + at;
    };
    const get = (at: number, count: number) => Array.from(words.subarray(at / 8, at / 8 + count), Number);
    return { engine, start, put, get };
  }
  const [args, marks, calls, program] = [1024, 2048, 4096, 8192];
  const stage = (extent: number, grain: number, group: number, serial: number, commands: number[][]) => [
    ...[commands.length, extent, grain, group, serial],
    ...commands.flat(),
  ];

  test("has the threads that were asked for, and says what the processor can do", () => {
    const { engine } = opened(3);
    expect(runtime.threads(engine)).toBe(3);
    runtime.close(engine);
    // What the compiler takes for this machine is there.
    expect(runtime.features().trim().split(" ").sort()).toEqual([...featuresOf(compilerHere!)].sort());
  });

  test("gives each thread its share, in multiples of the grain, a group at a time", () => {
    const { engine, start, put, get } = opened(2);
    const at = put(args, [start + marks, start + calls]);
    const run = (together: boolean, ...stages: number[][]) => {
      put(marks, Array(12).fill(0));
      put(calls, [0, 0]);
      runtime.run(engine, put(program, [...stages.flat(), 0]), together);
      return [get(marks, 10).join(), get(calls, 2).join()];
    };
    const command = [7, at, 10];
    expect(run(true, stage(10, 1, 10, 0, [command]))).toEqual(["1,1,1,1,1,2,2,2,2,2", "1,1"]);
    expect(run(true, stage(10, 4, 10, 0, [command]))).toEqual(["1,1,1,1,1,1,1,1,2,2", "1,1"]);
    expect(run(true, stage(10, 4, 2, 0, [command]))).toEqual(["1,1,1,1,1,1,1,1,2,2", "4,1"]);
    // A thread without a share still comes by, to clear its partial sums.
    expect(run(true, stage(10, 16, 16, 0, [command]))).toEqual(["1,1,1,1,1,1,1,1,1,1", "1,1"]);
    expect(run(false, stage(10, 4, 10, 0, [command]))).toEqual(["1,1,1,1,1,1,1,1,1,1", "1,0"]);
    expect(run(true, stage(10, 1, 10, 1, [command]))).toEqual(["1,1,1,1,1,1,1,1,1,1", "1,0"]);
    // Both commands of a stage for a group, before the next.
    expect(run(true, stage(10, 1, 10, 0, [command, command]))).toEqual([
      "11,11,11,11,11,22,22,22,22,22",
      "2,2",
    ]);
    expect(run(true, stage(10, 1, 10, 1, [command]), stage(10, 1, 10, 0, [command]))[0]).toBe(
      "11,11,11,11,11,12,12,12,12,12",
    );
    runtime.close(engine);
  });

  test("meets at every barrier, however often and however late a thread wakes", async () => {
    const { engine, start, put, get } = opened(2);
    const at = put(args, [start + marks, start + calls]);
    put(calls, [0, 0]);
    const once = stage(64, 1, 64, 0, [[7, at, 64]]);
    const long = put(program, [...once, ...once, ...once, 0]);
    const short = put(program + 1024, [...once, 0]);
    for (let k = 0; k < 2000; k++) runtime.run(engine, k % 2 === 0 ? long : short, true);
    // Long enough that the other thread has gone to sleep.
    for (let k = 0; k < 5; k++) {
      await new Promise((done) => setTimeout(done, 2));
      runtime.run(engine, long, true);
    }
    expect(get(calls, 2)).toEqual([4015, 4015]);
    runtime.close(engine);
  });

  test("has memory beyond 4 GiB, zero where nothing was written, and none beyond what was reserved", () => {
    const gibibyte = 2 ** 30;
    const engine = runtime.open(24 * gibibyte, 1);
    runtime.grow(engine, 20 * gibibyte);
    const far = new Float32Array(runtime.window(engine, 20 * gibibyte - mebibyte, mebibyte));
    expect(far.at(-1)).toBe(0);
    far[far.length - 1] = 3;
    expect(far.at(-1)).toBe(3);
    expect(() => runtime.grow(engine, 25 * gibibyte)).toThrow(/grow: more than was reserved/);
    runtime.close(engine);
    expect(() => runtime.open(2 ** 62, 1)).toThrow(/addresses could not be reserved: Cannot allocate memory/);
  });

  test("says of a kernel that is not there why", () => {
    const { engine } = opened(1);
    expect(() => runtime.load(engine, 8, "/nowhere.so", "mark")).toThrow(/load: .*nowhere\.so/);
    expect(() =>
      objects.provide([{ text: kernels, flags: ["-O1"] }], (path) => runtime.load(engine, 8, path, "no")),
    ).toThrow(/does not load \(load: .*no/);
    runtime.close(engine);
  });

  test("also waits without futexes, as on macOS", () => {
    const before = runtime;
    runtime = loadRuntime(objects, `#define HEBBIAN_PORTABLE_WAIT\n${runtimeText}`);
    try {
      const { engine, start, put, get } = opened(2);
      const at = put(args, [start + marks, start + calls]);
      const once = stage(64, 1, 64, 0, [[7, at, 64]]);
      const both = put(program, [...once, ...once, 0]);
      for (let k = 0; k < 500; k++) runtime.run(engine, both, true);
      expect(get(calls, 2)).toEqual([1000, 1000]);
      runtime.close(engine);
    } finally {
      runtime = before;
    }
  });
});
