import { expect, it } from "vitest";
import type { KernelModule } from "../loops/module.js";
import { EngineBuffer } from "./buffer.js";
import type { Command, WorkSplit } from "./command.js";
import { Kernels } from "./kernels.js";
import type { Machine } from "./machine.js";
import { commandWords, Program, stageWords } from "./program.js";
import { Sums } from "./sums.js";

/** A machine that remembers what it was told to run: stages as [how, commands], commands as [kernel's name, words...]. */
function stage(threads: number, room = 4096) {
  const words = new Map<number, number>();
  const names: string[] = [];
  const ran: { together: boolean; stages: { alone: boolean; extent: number; commands: string[] }[] }[] = [];
  let top = 1_000_000;
  const take = (bytes: number) => {
    top += bytes;
    return top - bytes;
  };
  const machine: Machine = {
    ...{ threads, target: { lanes: 4, registers: 12, wordBytes: 4, fma: false, exact: false } },
    programArea: { from: 0, to: room },
    arena: {
      ...{ limit: Infinity, peakBytes: 0, idleBytes: 0, expectRoom: () => {}, resetScratch: () => {} },
      ...{ keepZeroed: take, scratch: take, release: () => {} },
      floats: (_, count) => new Float32Array(count),
      putWords: (address, all) => {
        for (let k = 0; k < all.length; k++) words.set(address + 4 * k, all[k]!);
      },
    },
    install: <Name extends string>(module: KernelModule<Name>) =>
      Object.fromEntries(
        module.functions.flatMap(({ exported }) => (exported ? [[exported, names.push(exported) - 1]] : [])),
      ) as Record<Name, number>,
    run: (address, together) => {
      const at = (word: number) => words.get(address + 4 * word)!;
      const stages = [];
      for (let from = 0, count = at(0); count > 0; count = at(from)) {
        const commands = Array.from({ length: count }, (_, k) => {
          const command = from + stageWords + k * commandWords;
          return names[at(command)] ?? `kernel ${at(command)}`;
        });
        stages.push({ alone: at(from + 4) === 1, extent: at(from + 1), commands });
        from += stageWords + count * commandWords;
      }
      ran.push({ together, stages });
    },
    dispose: async () => {},
  };
  const kernels = new Kernels(machine);
  const sums = new Sums(machine.arena, kernels, threads);
  const program = new Program(machine, sums);
  const buffer = () => new EngineBuffer(2, 4, 16, take(32), "scratch");
  return { program, sums, kernels, ran, buffer };
}
type Stage = ReturnType<typeof stage>;

const small: WorkSplit = { by: "nothing", extent: 1 };
const large: WorkSplit = { by: "rows", extent: 40, grain: 4, work: 1_000_000 };
const episodes: WorkSplit = { by: "episodes", work: 1_000_000 };
const zero = ({ kernels }: Stage, split: WorkSplit, more: Partial<Command> = {}): Command => ({
  ...{ ...kernels.basic("zero", { address: 64 }), split, ...more },
});

it("joins small work, and work that is divided by episodes, in one stage; work that is divided by rows has its own", () => {
  const s = stage(2);
  s.program.setBatch(3);
  for (const split of [small, small, large, large, episodes, episodes, small]) s.program.push(zero(s, split));
  s.program.flush();
  const [{ together, stages }] = s.ran as [(typeof s.ran)[number]];
  expect(together).toBe(true);
  expect(stages.map(({ alone, extent, commands }) => [alone, extent, commands.length])).toEqual([
    ...[
      [true, 3, 2],
      [false, 40, 1],
      [false, 40, 1],
    ],
    ...[
      [false, 3, 2],
      [true, 3, 1],
    ],
  ]);
});

it("shares nothing on one thread, and wakes nobody for small work", () => {
  const one = stage(1);
  one.program.push(zero(one, large));
  one.program.flush();
  expect(one.ran).toMatchObject([{ together: false, stages: [{ alone: true }] }]);
  const two = stage(2);
  two.program.push(zero(two, { ...large, work: 100 }));
  two.program.flush();
  expect(two.ran).toMatchObject([{ together: false, stages: [{ alone: true }] }]);
});

it("runs what it has before the area is full, and goes on", () => {
  const s = stage(1, 256);
  for (let k = 0; k < 20; k++) s.program.push(zero(s, small));
  s.program.flush();
  expect(s.ran.length).toBeGreaterThan(1);
  expect(s.ran.flatMap(({ stages }) => stages.flatMap(({ commands }) => commands))).toHaveLength(20);
});

it("adds up a sum that waits before whoever needs it, and lets it wait for others", () => {
  const s = stage(2);
  s.program.setBatch(3);
  const [target, other] = [s.buffer(), s.buffer()];
  const run = (command: Partial<Command>, split: WorkSplit = episodes) => {
    s.sums.defer(target, false, false);
    s.program.push(zero(s, split, command));
    const waited = s.sums.anyDeferred;
    s.program.settle();
    s.program.flush();
    const { stages } = s.ran.at(-1)!;
    return [waited, ...stages.flatMap(({ commands }) => commands)];
  };
  expect(run({ reads: [target] })).toEqual([false, "combine", "zero"]);
  expect(run({ writes: [target] })).toEqual([false, "combine", "zero"]);
  expect(run({ reads: [other], adds: [target] })).toEqual([true, "zero", "combine"]);
  expect(run({ reads: [other] })).toEqual([true, "zero", "combine"]);
  // All threads meet in any case.
  expect(run({ reads: [other] }, large)).toEqual([false, "combine", "zero"]);
  // Memory that no buffer shows.
  expect(run({}, large)).toEqual([true, "zero", "combine"]);
});

it("asks for words only once what was waiting is settled", () => {
  const s = stage(2);
  const target = s.buffer();
  const first = s.sums.defer(target, false, false);
  let second = first;
  s.program.push(
    zero(s, episodes, {
      writes: [target],
      words: () => {
        second = s.sums.defer(target, false, true);
        return [second.address];
      },
    }),
  );
  s.program.settle();
  s.program.flush();
  expect(s.ran[0]!.stages.flatMap(({ commands }) => commands)).toEqual(["combine", "zero", "combine"]);
});

it("counts every buffer that a command names as used", () => {
  const s = stage(1);
  const [a, b, c] = [s.buffer(), s.buffer(), s.buffer()];
  s.program.push(zero(s, small, { reads: [a], writes: [b], adds: [c] }));
  expect([a, b, c].map(({ used }) => used)).toEqual([true, true, true]);
});

it("hands out a captured program, unless it had to run in the middle", () => {
  const s = stage(1);
  s.program.beginCapture({ from: 8192, to: 8192 + 4096 });
  s.program.push(zero(s, small));
  const sealed = s.program.endCapture();
  expect(sealed).not.toBeNull();
  s.program.run(sealed!);
  expect(s.ran).toHaveLength(2);
  expect(s.ran[1]).toEqual(s.ran[0]);
  s.program.beginCapture({ from: 8192, to: 8192 + 4096 });
  s.program.push(zero(s, small));
  s.program.flush();
  s.program.push(zero(s, small));
  expect(s.program.endCapture()).toBeNull();
});
