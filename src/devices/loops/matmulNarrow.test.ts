import { expect, it } from "vitest";
import { uniformNumbers } from "../../../test/graph.js";
import { expectParity } from "../../../test/parity.js";
import { startEngine } from "../../../test/support/engine.js";
import type { Device } from "../device.js";
import { ReferenceDevice } from "../reference/index.js";

/** Rows (episodes), terms and columns: tails of terms and columns of every kind, one vector and two of them, and none left. */
const sizes = [
  [7, 51, 1],
  [5, 1, 3],
  [2, 100, 4],
  [7, 3, 5],
  [3, 102, 8],
  [7, 257, 13],
  [9, 65, 16],
] as const;

/** out += x @ w with a row for each episode, and out = x @ w. */
function products(on: Device, [rows, inner, cols]: (typeof sizes)[number], episodes: number = rows) {
  on.reset();
  on.beginEpisode(episodes);
  const numbers = (name: string, n: number, m: number) => {
    const buffer = on.scratch(n, m);
    on.write(buffer, uniformNumbers(inner + cols, name, rows * m, -0.5, 1).subarray(0, n * m));
    return buffer;
  };
  const [x, w] = [numbers("x", episodes, inner), on.scratch(inner, cols)];
  on.write(w, uniformNumbers(inner, "w", inner * cols, -0.5, 1));
  const [added, made] = [numbers("out", episodes, cols), numbers("out", episodes, cols)];
  on.matmul(added, x, w, { accumulate: true });
  on.matmul(made, x, w);
  return { added: on.read(added), made: on.read(made) };
}

it("multiplies an episode's row with a few columns as the reference device does", async () => {
  const [reference, device] = [new ReferenceDevice(), await startEngine(2)];
  for (const size of sizes) expectParity(reference, device, (on) => products(on, size));
  await device.dispose();
});

it("has the same bits for a row, however many rows come with it, and on however many threads", async () => {
  const [one, five] = [await startEngine(1), await startEngine(5)];
  for (const size of sizes) {
    const all = products(one, size);
    expect(products(five, size)).toEqual(all);
    const two = products(one, size, 2);
    expect(two.made).toEqual(all.made.subarray(0, two.made.length));
    expect(two.added).toEqual(all.added.subarray(0, two.added.length));
  }
  await one.dispose();
  await five.dispose();
});
