import { availableParallelism } from "node:os";
import { afterAll, describe, expect, test } from "vitest";
import { EngineDevice } from "../../src/devices/engine/device.js";
import { kernelFlags } from "../../src/devices/native/compile.js";
import { featuresOf, targetOf } from "../../src/devices/native/compiler.js";
import { NativeMachine } from "../../src/devices/native/machine.js";
import { Objects } from "../../src/devices/native/objects.js";
import { loadRuntime } from "../../src/devices/native/runtime.js";
import { clippedHebb, kimiDelta } from "../../src/rules/index.js";
import { checksOf, episodeOf, type Look, notices } from "../support/looks.js";
import { compilerHere, testCache } from "../support/nativeHere.js";

const delta = episodeOf(kimiDelta, "step", "step");
const clipped = episodeOf(clippedHebb, "step", "step");

/** Mistakes that a printer might make: what becomes of a kernel's text, of kernels whose label begins so, and who should see it. */
const mistakes: readonly (readonly [
  what: string,
  kernels: string,
  change: (text: string) => string,
  Look,
])[] = [
  [
    "an offset from an address is left out",
    "sweep",
    (text) => text.replace(/AT\(vector_at, (\w+) \+ \d+\)/g, "AT(vector_at, $1)"),
    clipped,
  ],
  [
    "a loop ends a turn early",
    "sweep",
    (text) => text.replace(/; (i\d+) < (\d+); /g, "; $1 + 1 < $2; "),
    delta,
  ],
  ["a sum is a difference", "sweep", (text) => text.replace(/\bmadd\(/g, "nmadd("), delta],
  [
    "an argument word is its neighbour",
    "adam",
    (text) => text.replace(/AT\(f32_at, args \+ (\d+)\)/, (_, at) => `AT(f32_at, args + ${Number(at) + 8})`),
    checksOf("adam"),
  ],
];

/** The native device, on texts that were changed before they are compiled. */
function changedDevice(change: (text: string) => string): EngineDevice {
  const compiler = compilerHere!;
  const options = { env: testCache(), lanes: availableParallelism() };
  class Changed extends Objects {
    override provide(...[sources, load]: Parameters<Objects["provide"]>): void {
      super.provide(
        sources.map((source) => ({ ...source, text: change(source.text) })),
        load,
      );
    }
  }
  const [target, flags] = [targetOf(featuresOf(compiler)), kernelFlags(compiler)];
  const runtime = loadRuntime(new Objects(compiler, options));
  const machine = new NativeMachine(runtime, new Changed(compiler, options), target, flags, {
    ...{ threads: 2, limit: 2 ** 29 },
  });
  return new EngineDevice({ kind: "native", threads: machine.threads, why: "of the tests" }, machine);
}

describe.skipIf(!compilerHere)("the checks of kernels in C", () => {
  const devices: EngineDevice[] = [];
  afterAll(() => Promise.all(devices.map((device) => device.dispose())));
  const started = (change: (text: string) => string) => {
    const device = changedDevice(change);
    devices.push(device);
    return device;
  };

  test("find nothing where nothing was changed", () => {
    const device = started((text) => text);
    for (const look of new Set(mistakes.map(([, , , look]) => look)))
      expect(notices(look, device)).toBe(false);
  });

  test.each(mistakes)("notice when %s", (_, kernels, change, look) => {
    let planted = 0;
    const device = started((text) => {
      // What is before the kernels is the same in all texts.
      const from = text.indexOf(`/* ${kernels}`);
      const changed = from < 0 ? text : text.slice(0, from) + change(text.slice(from));
      if (changed !== text) planted++;
      return changed;
    });
    const noticed = notices(look, device);
    expect({ planted: planted > 0, noticed }).toEqual({ planted: true, noticed: true });
  });
});
