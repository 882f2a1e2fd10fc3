import { expect, it } from "vitest";
import { uniformNumbers } from "../../../test/graph.js";
import { expectParity } from "../../../test/parity.js";
import { startEngine } from "../../../test/support/engine.js";
import type { Device } from "../device.js";
import { ReferenceDevice } from "../reference/index.js";

/** Rows, terms and columns: terms that fill no vector, one of four lanes, of eight, and more; columns with every rest of eight. */
const sizes = [1, 3, 4, 7, 8, 9, 51].flatMap((inner) =>
  [1, 3, 4, 8, 13, 100, 103].map((cols) => [5, inner, cols] as const),
);

/** out += d @ w^T and out = d @ w^T; `batch`: episodes, of a row each, or 1. */
function products(on: Device, [rows, inner, cols]: (typeof sizes)[number], batch: number) {
  on.reset();
  on.beginEpisode(batch);
  const numbers = (name: string, n: number, m: number) => {
    const buffer = on.scratch(n, m);
    on.write(buffer, uniformNumbers(inner, name, n * m, -0.5, 1));
    return buffer;
  };
  const [d, w] = [numbers("d", rows, inner), numbers("w", cols, inner)];
  const [added, made] = [numbers("added", rows, cols), numbers("made", rows, cols)];
  on.matmul(added, d, w, { transposeB: true, accumulate: true });
  on.matmul(made, d, w, { transposeB: true });
  return { added: on.read(added), made: on.read(made) };
}

it("multiplies with a transposed matrix of few columns or many as the reference device does", async () => {
  const [reference, device] = [new ReferenceDevice(), await startEngine(2)];
  for (const batch of [1, 5])
    for (const size of sizes) expectParity(reference, device, (on) => products(on, size, batch));
  await device.dispose();
});

it("has the same bits whether rows are episodes or not, and on however many threads", async () => {
  const [one, three] = [await startEngine(1), await startEngine(3)];
  for (const size of sizes) expect(products(three, size, 5)).toEqual(products(one, size, 1));
  await Promise.all([one.dispose(), three.dispose()]);
});
