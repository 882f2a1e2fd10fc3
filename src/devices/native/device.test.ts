import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { compilerHere, testCache } from "../../../test/support/nativeHere.js";
import { PlasticRnn } from "../../layers/index.js";
import { clippedHebb, decayingHebb } from "../../rules/index.js";
import { defineMap, map, sum, Tape } from "../../tape/index.js";
import { random } from "../../tasks/index.js";
import { live } from "../../training/index.js";
import { type Device, DeviceMemoryError } from "../device.js";
import { init } from "../init.js";
import { createNativeDevice } from "./index.js";

const folder = mkdtempSync(join(tmpdir(), "hebbian-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A compiler that is the real one, but for what `script` does first. */
function compilerThat(script: string): NodeJS.ProcessEnv {
  const program = join(folder, "cc");
  writeFileSync(program, `#!/bin/sh\n${script}\nexec ${compilerHere!.command.join(" ")} "$@"\n`);
  chmodSync(program, 0o755);
  return { ...testCache(), CC: program };
}

const squared = defineMap(["y"], { e: "y * y" });

/** Trains a small network for an episode; its gradients. */
function gradients(
  device: Device,
  neurons: number,
  batch: number,
  steps = 6,
): (Float32Array | Float64Array)[] {
  const network = new PlasticRnn(device, { neurons, rule: decayingHebb }, random(0, "weights", 0));
  const draw = random(0, "inputs", 0);
  const inputs = Float32Array.from({ length: steps * batch * neurons }, () => draw.uniform() - 0.5);
  const tape = new Tape(device, batch);
  const { outputs } = live(tape, network, inputs);
  tape.backward(sum(tape, map(tape, squared, [outputs.at(-1)!])[0]!));
  return network.parameters.map(({ grad }) => device.read(grad));
}

test("without a compiler there is an error that says how to get one", async () => {
  const nobody = createNativeDevice({ env: { PATH: "/nowhere" } });
  await expect(nobody).rejects.toMatchObject({ name: "DeviceUnavailableError", code: "no-compiler" });
  await expect(nobody).rejects.toThrow(/no C compiler was found .*(apt install gcc|xcode-select --install)/);
});

describe.skipIf(!compilerHere)("the native device", () => {
  const env = testCache();

  test("is there for whoever asks, and says of what it is made", async () => {
    const device = await init({ device: "native", threads: 2 });
    expect(device.info).toMatchObject({ kind: "native", threads: 2 });
    expect(device.info.why).toMatch(/^C by (gcc|clang) [\d.]+, \d+-bit vectors.*, 2 threads/);
    await device.dispose();
  });

  test("does the same twice, bit for bit, on one thread and on two", async () => {
    for (const threads of [1, 2]) {
      const twice: unknown[] = [];
      for (const _ of [1, 2]) {
        const device = await createNativeDevice({ threads, env });
        twice.push(gradients(device, 203, 1));
        await device.dispose();
      }
      expect(twice[1]).toEqual(twice[0]);
    }
  });

  test("takes vectors that every processor has where this one lacks what the compiler promises", async () => {
    const promised = ["F", "DQ", "BW", "VL"].map((part) => `echo '#define __AVX512${part}__ 1'`).join("; ");
    const lying = compilerThat(`case "$*" in *native*-dM*) ${promised};; esac`);
    const device = await createNativeDevice({ threads: 1, env: lying });
    const expected = process.arch === "x64" ? /(128|512)-bit vectors/ : /128-bit vectors/;
    expect(device.info.why).toMatch(expected);
    const honest = await createNativeDevice({ threads: 1, env });
    const [one, other] = [gradients(device, 21, 2), gradients(honest, 21, 2)];
    one.forEach((grad, k) => {
      const largest = Math.max(...other[k]!.map(Math.abs));
      const apart = Math.max(...grad.map((g, i) => Math.abs(g - other[k]![i]!)));
      expect(apart / largest).toBeLessThan(2e-5);
    });
    await Promise.all([device.dispose(), honest.dispose()]);
  });

  test("says so if a kernel cannot be compiled, and goes on once it can", async () => {
    const failing = compilerThat(`[ -e ${folder}/broken ] && { echo "disk on fire" >&2; exit 1; }`);
    const device = await createNativeDevice({ threads: 1, env: { ...failing, XDG_CACHE_HOME: folder } });
    writeFileSync(join(folder, "broken"), "");
    const x = device.allocate(1, 3);
    device.fill([x], 0);
    expect(() => device.read(x)).toThrow(/the C compiler .* failed: disk on fire; name another one in CC/);
    rmSync(join(folder, "broken"));
    device.fill([x], 0);
    expect([...device.read(x)]).toEqual([0, 0, 0]);
    await device.dispose();
  });

  test("refuses what does not fit, and keeps to the limit it is given", async () => {
    const device = await createNativeDevice({ threads: 1, env, memoryLimit: 100e6 });
    const need = { rule: clippedHebb, batch: 30, pre: 100, post: 100, steps: 2000 };
    expect(() => device.expectRoom(need)).toThrow(/needs .* but the limit is 100 MB/);
    expect(() => device.allocate(10_000, 10_000)).toThrow(DeviceMemoryError);
    await device.dispose();
  });
});
