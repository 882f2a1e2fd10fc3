import { afterAll, beforeAll, describe, test } from "vitest";
import { type ConvolutionShape, convolutionSizes } from "../src/devices/convolution.js";
import type { Device } from "../src/devices/device.js";
import { ReferenceDevice } from "../src/devices/reference/index.js";
import { uniformNumbers } from "./graph.js";
import { expectParity } from "./parity.js";
import { startEngine } from "./support/engine.js";

/** Products large enough for factors to be packed, with tiles of every size at the edges: rows, terms and columns of each. */
const productSizes: readonly (readonly [rows: number, inner: number, cols: number])[] = [
  [48, 257, 65],
  [51, 65, 257],
  [65, 513, 51],
  [192, 51, 65],
  [257, 257, 257],
  [200, 3, 51],
  [201, 1, 1],
  // A factor of more than 2 MiB, which is gone through in panels, the last of them narrower, with a rest after 512 terms.
  [51, 529, 1051],
];

function expectProducts(
  reference: Device,
  device: Device,
  [rows, inner, cols]: readonly [rows: number, inner: number, cols: number],
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

/** Large enough to be shared out, by several threads, in the middle of a kernel's row. */
const convolutions: readonly (readonly [images: number, shape: ConvolutionShape])[] = [
  [16, { height: 9, width: 9, channels: 8, kernelHeight: 3, kernelWidth: 3, stride: 1, filters: 19 }],
  [7, { height: 13, width: 11, channels: 12, kernelHeight: 2, kernelWidth: 2, stride: 2, filters: 51 }],
  [13, { height: 15, width: 15, channels: 1, kernelHeight: 3, kernelWidth: 3, stride: 2, filters: 65 }],
];

function expectConvolution(reference: Device, device: Device, images: number, shape: ConvolutionShape): void {
  const { outHeight, outWidth, fanIn } = convolutionSizes(shape);
  const sizes = {
    x: [images * shape.height, shape.width * shape.channels],
    weight: [fanIn, shape.filters],
    bias: [1, shape.filters],
    out: [images * outHeight, outWidth * shape.filters],
  } as const;
  expectParity(reference, device, (on) => {
    on.reset();
    on.beginEpisode(1);
    const numbers = (what: string) => (name: keyof typeof sizes) => {
      const [rows, cols] = sizes[name];
      const buffer = on.scratch(rows, cols);
      on.write(buffer, uniformNumbers(cols, `${what} ${name}`, rows * cols, -0.5, 1));
      return buffer;
    };
    const [value, adjoint] = [numbers("value"), numbers("adjoint")];
    const [x, weight, bias, out] = [value("x"), value("weight"), value("bias"), value("out")];
    on.convolve(shape, { x, weight, bias, out });
    const d = { x: adjoint("x"), weight: adjoint("weight"), bias: adjoint("bias"), out: adjoint("out") };
    on.convolveBack(shape, { x: d.x, weight, out: d.out });
    on.convolveWeights(shape, { x, weight: d.weight, bias: d.bias, out: d.out });
    return { out: on.read(out), dx: on.read(d.x), dw: on.read(d.weight), db: on.read(d.bias) };
  });
}

describe.each([1, 2, 5])("on threads: %i, packed products", (threads) => {
  const reference = new ReferenceDevice();
  let device: Device;
  beforeAll(async () => {
    device = await startEngine(threads);
  });
  afterAll(() => device.dispose());

  test.each(productSizes)(
    "of %i rows, %i terms and %i columns are those of the reference device, and so are both gradients",
    (...size) => expectProducts(reference, device, size),
  );

  test.each(convolutions)("and convolutions of %i images %o are too", (images, shape) =>
    expectConvolution(reference, device, images, shape),
  );
});
