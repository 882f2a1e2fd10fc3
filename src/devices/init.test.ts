import { afterEach, describe, expect, it, vi } from "vitest";
import { mostThreads } from "./cores.js";
import { DeviceMemoryError, DeviceUnavailableError } from "./device.js";
import { init } from "./init.js";
import { createWasmDevice } from "./wasm/index.js";

const { Memory } = WebAssembly;
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  WebAssembly.Memory = Memory;
});

const page = 65536;

/** A system that refuses each memory of which `refuses` is true. */
function systemThat(
  refuses: (wanted: WebAssembly.MemoryDescriptor) => boolean,
): WebAssembly.MemoryDescriptor[] {
  const asked: WebAssembly.MemoryDescriptor[] = [];
  WebAssembly.Memory = class extends Memory {
    constructor(wanted: WebAssembly.MemoryDescriptor) {
      asked.push(wanted);
      if (refuses(wanted)) throw new RangeError("WebAssembly.Memory(): could not allocate memory");
      super(wanted);
    }
  };
  return asked;
}

describe("a device's memory", () => {
  it("reserves no more than memoryLimit, in whole pages", async () => {
    const asked = systemThat(() => false);
    await (await init({ threads: 1, memoryLimit: 100 * page + 1 })).dispose();
    await (await init({ threads: 1, memoryLimit: 1e30 })).dispose();
    await expect(init({ memoryLimit: 1 })).rejects.toThrow(/the limit is 1 MB/);
    expect(asked.map(({ maximum }) => maximum)).toEqual([128, 65536, 128]);
    await (await init({ threads: 1, memoryLimit: 1000 * page + 1 })).dispose();
    expect(asked.at(-1)!.maximum).toBe(1001);
  });

  it("is smaller where the system refuses the largest, and the device says so", async () => {
    systemThat(({ maximum }) => maximum! > 20_000);
    const device = await createWasmDevice({ threads: 2 });
    expect(device.info).toMatchObject({ kind: "wasm", threads: 2 });
    expect(device.info.why).toMatch(/2 threads; the system refused more than 1\.1 GB of memory$/);
    expect(device.arena.limit).toBe(16384 * page);
    await device.dispose();
  });

  it("is not shared where the system refuses that: one thread, and the device says why", async () => {
    systemThat(({ shared }) => shared === true);
    const device = await createWasmDevice({ threads: 2 });
    expect(device.info).toMatchObject({ kind: "wasm", threads: 1 });
    expect(device.info.why).toMatch(/1 thread instead of 2: the system refused shared memory$/);
    device.beginEpisode(1);
    const buffer = device.allocate(1, 3);
    device.fill([buffer], 2);
    expect([...device.read(buffer)]).toEqual([2, 2, 2]);
    await device.dispose();
  });

  it("is a DeviceMemoryError with the cure where the system refuses any", async () => {
    systemThat(() => true);
    for (const device of ["auto", "wasm"] as const) {
      const started = init({ device });
      await expect(started).rejects.toThrow(DeviceMemoryError);
      await expect(started).rejects.toThrow(/refuses even 9 MB .* node --disable-wasm-trap-handler$/);
    }
  });
});

describe("where WebAssembly does not work", () => {
  const missing = () => vi.stubGlobal("WebAssembly", undefined);
  const forbidden = () =>
    vi.spyOn(WebAssembly, "Module").mockImplementation(
      class {
        constructor() {
          throw new WebAssembly.CompileError("violates the policy");
        }
      } as never,
    );

  it.each([
    ["there is none", missing, /there is no WebAssembly here \(Node has none with --jitless/],
    ["it may not compile", forbidden, /refuses the kernels here \(violates the policy\)/],
  ])('because %s, "auto" takes the reference device, and "wasm" is an error', async (_, breaks, why) => {
    breaks();
    const device = await init();
    expect(device.info).toMatchObject({ kind: "reference", threads: 1, why: expect.stringMatching(why) });
    const started = init({ device: "wasm" });
    await expect(started).rejects.toThrow(DeviceUnavailableError);
    await expect(started).rejects.toThrow(why);
  });
});

describe("init refuses", () => {
  it.each<[string, unknown, RegExp]>([
    [
      "a kind of device that there is not",
      { device: "nonsense" },
      /device must be one of auto, wasm, native, reference, got "nonsense"/,
    ],
    ["no kind", { device: null }, /device must be one of .*, got null/],
    [
      "a million threads, at once",
      { threads: 1e6 },
      /threads must be a whole number from 1 to \d+, .* got 1000000/,
    ],
    ["a thread too many", { threads: mostThreads() + 1 }, /from 1 to \d+/],
    ["half a thread", { threads: 1.5 }, /got 1\.5/],
    ["threads as text", { threads: "2" }, /got "2"/],
    [
      "a memory limit that is no number",
      { memoryLimit: Number.NaN },
      /memoryLimit must be a number of bytes above 0, got NaN/,
    ],
    ["a negative memory limit", { memoryLimit: -1 }, /got -1/],
    ["a memory limit as text", { memoryLimit: "1GB" }, /got "1GB"/],
    [
      "an option that there is not",
      { thread: 2 },
      /there is no option "thread"; there are device, threads and memoryLimit/,
    ],
    ["no options", null, /expected options, \{ device, threads, memoryLimit \}, got null/],
    ["a kind instead of options", "wasm", /got wasm/],
  ])("%s", async (_, options, message) => {
    await expect(init(options as never)).rejects.toThrow(message);
  });
});
