import { afterAll, beforeAll, describe, test } from "vitest";
import type { Device } from "../src/devices/device.js";
import { ReferenceDevice } from "../src/devices/reference/index.js";
import { uniformNumbers } from "./graph.js";
import { expectParity } from "./parity.js";
import { startEngine } from "./support/engine.js";

/** Products large enough for factors to be packed, with tiles of every size at the edges: rows, terms and columns of each. */
const sizes = [
  [48, 257, 65],
  [51, 65, 257],
  [65, 513, 51],
  [192, 51, 65],
  [257, 257, 257],
  [200, 3, 51],
  [201, 1, 1],
] as const;

function expectProducts(
  reference: Device,
  device: Device,
  [rows, inner, cols]: (typeof sizes)[number],
): void {
  expectParity(reference, device, (on) => {
    on.reset();
    on.beginEpisode(1);
    const numbers = (name: string, n: number, m: number) => {
      const buffer = on.scratch(n, m);
      on.write(buffer, uniformNumbers(n + m, name, n * m, -0.5, 1));
      return buffer;
    };
    const [x, w, d] = [numbers("x", rows, inner), numbers("w", inner, cols), numbers("d", rows, cols)];
    const [y, dx, dw] = [numbers("y", rows, cols), numbers("dx", rows, inner), numbers("dw", inner, cols)];
    on.matmul(y, x, w, { accumulate: true });
    on.matmul(dx, d, w, { transposeB: true });
    on.outerSum(dw, [{ x, d }]);
    return { y: on.read(y), dx: on.read(dx), dw: on.read(dw) };
  });
}

describe.each([1, 2])("on threads: %i, packed products", (threads) => {
  const reference = new ReferenceDevice();
  let device: Device;
  beforeAll(async () => {
    device = await startEngine(threads);
  });
  afterAll(() => device.dispose());

  test.each(sizes)(
    "of %i rows, %i terms and %i columns are those of the reference device, and so are both gradients",
    (...size) => expectProducts(reference, device, size),
  );
});
