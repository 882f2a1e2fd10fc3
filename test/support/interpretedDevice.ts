import { BlockArena } from "../../src/devices/engine/arena.js";
import { EngineDevice } from "../../src/devices/engine/device.js";
import type { Machine } from "../../src/devices/engine/machine.js";
import { commandWords, stageWords } from "../../src/devices/engine/program.js";
import type { KernelModule } from "../../src/devices/loops/module.js";
import type { Target } from "../../src/devices/loops/target.js";
import { interpreted } from "./interpret.js";

/** Where its memory begins: places above 4 GiB, so that one that was cut to 32 bits is found out. */
const origin = 2 ** 40;
const bytes = 48 * 1024 * 1024;
const programBytes = 256 * 1024;

class InterpretedArena extends BlockArena {
  readonly view = new DataView(new ArrayBuffer(bytes));

  constructor() {
    super(origin, origin + programBytes, bytes, "use fewer numbers");
  }
  floats(address: number, count: number): Float32Array {
    return new Float32Array(this.view.buffer, address - origin, count);
  }
  putWords(address: number, words: ArrayLike<number>): void {
    for (let k = 0; k < words.length; k++)
      this.view.setBigInt64(address - origin + 8 * k, BigInt(words[k]!), true);
  }
  protected hold(): void {}
}

/**
 * The engine on a machine that is a test's: kernels are interpreted, in vectors of so many lanes, with words of eight bytes
 * and 64-bit places. Its threads take turns. `changed`: what it takes in a module's place.
 */
export function interpretedDevice(
  lanes: number,
  threads: number,
  changed: <Name extends string>(module: KernelModule<Name>) => KernelModule<Name> = (module) => module,
): EngineDevice {
  const target: Target = { lanes, registers: 2 * lanes, wordBytes: 8, fma: true, exact: false };
  const arena = new InterpretedArena();
  const { view } = arena;
  const memory = { view, origin };
  const table: ((...args: number[]) => unknown)[] = [];
  const word = (address: number) => Number(view.getBigInt64(address - origin, true));
  const machine: Machine = {
    ...{ target, arena, threads },
    programArea: { from: origin + 4096, to: origin + programBytes },
    install: <Name extends string>(module: KernelModule<Name>) => {
      const { functions } = changed(module);
      const entries = functions.flatMap((f) => {
        if (f.exported === null) return [];
        return [[f.exported, table.push(interpreted(f, functions, memory)) - 1]];
      });
      return Object.fromEntries(entries) as Record<Name, number>;
    },
    // All threads take part in whatever may be shared, however little it is: they cost nothing here.
    run: (program) => {
      for (let stage = program; word(stage) > 0; ) {
        const [count, extent, grain, group, serial] = [0, 8, 16, 24, 32].map((at) => word(stage + at)) as [
          ...[number, number, number, number, number],
        ];
        const first = stage + 8 * stageWords;
        const commands = Array.from({ length: count }, (_, k) => first + 8 * commandWords * k);
        const each = (
          run: (kernel: (...args: number[]) => unknown, args: number, extent: number) => void,
        ) => {
          for (const at of commands) run(table[word(at)]!, word(at + 8), word(at + 16));
        };
        if (serial) each((kernel, args, all) => kernel(args, 0, all, 0));
        for (let thread = 0; thread < threads && !serial; thread++) {
          const chunk = Math.ceil(Math.ceil(extent / threads) / grain) * grain;
          const low = Math.min(thread * chunk, extent);
          const high = Math.min(low + chunk, extent);
          let from = low;
          do {
            const to = Math.min(from + group, high);
            each((kernel, args) => kernel(args, from, to, thread));
            from = to;
          } while (from < high);
        }
        stage = first + 8 * commandWords * count;
      }
    },
    dispose: async () => {},
  };
  return new EngineDevice({ kind: "wasm", threads, why: `${lanes} lanes` }, machine);
}
