import { describe, expect, test } from "vitest";
import { ReferenceDevice } from "../src/devices/reference/index.js";
import { deviceChecks } from "./deviceChecks.js";
import { uniformNumbers } from "./graph.js";
import { expectGraphParity, expectParity } from "./parity.js";
import { type Move, plasticEpisode } from "./plasticEpisode.js";
import { testedRules } from "./rules.js";
import { interpretedDevice } from "./support/interpretedDevice.js";
import { runs } from "./support/runs.js";

const reference = new ReferenceDevice();
const moves: readonly Move[] = ["step", "twice", "update", "step", "read", "look", "step"];

/*
 * The engine and its kernels for vectors that WebAssembly does not have, and with places above 4 GiB: no compiler is needed, a
 * test's interpreter runs them.
 */
describe.each([
  [8, 1],
  [16, 2],
])("kernels for vectors of %i lanes, on %i threads", (lanes, threads) => {
  const device = interpretedDevice(lanes, threads);

  // Sizes with whole vectors and a rest, with a rest alone, and with none. Every other rule on either: all take a while. The last two
  // have all that a rule may have.
  const some = testedRules.flatMap((rule, k) =>
    (k + threads) % 2 === 0 || k >= testedRules.length - 2 ? [[rule.name, rule, k] as const] : [],
  );
  test.each(some)("find outputs and gradients of an episode of %s", (_, rule, k) => {
    const [pre, post] = [
      [7, 2 * lanes + 3],
      [lanes, 3],
      [5, lanes],
    ][k % 3] as [number, number];
    const episode = { rule, batch: 1 + (k % 3), pre, post, moves, announced: k % 2 === 0, seed: k };
    expectGraphParity(reference, device, plasticEpisode(episode));
  });

  // Were more stored than was summed up, it would be in the next row.
  test.each([lanes, 2 * lanes, lanes + 4])("find a transposed product with rows of %i numbers", (cols) => {
    expectParity(reference, device, (on) => {
      on.reset();
      on.beginEpisode(1);
      const numbers = (rows: number, n: number) => {
        const buffer = on.scratch(rows, n);
        on.write(buffer, uniformNumbers(rows, "numbers", rows * n, -0.5, 1));
        return buffer;
      };
      const [a, b, out] = [numbers(5, 7), numbers(cols, 7), numbers(5, cols)];
      on.matmul(out, a, b, { transposeB: true });
      return { out: on.read(out) };
    });
  });

  for (const method of [
    "copy",
    "map",
    "matmul",
    "outerSum",
    "convolve",
    "convolveBack",
    "convolveWeights",
    "adam",
  ]) {
    const checks = deviceChecks.filter((each) => each.method === method);
    for (const { name, check } of checks)
      test(`${method} ${name}`, () => check(reference, device, { numRuns: runs(3) }));
    test(`there is a check of ${method}`, () => expect(checks.length).toBeGreaterThan(0));
  }
});
