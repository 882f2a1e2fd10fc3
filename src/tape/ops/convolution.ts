import { type ConvolutionShape, convolutionSizes } from "../../devices/convolution.js";
import type { Tape } from "../tape.js";
import type { Tensor } from "../tensor.js";

/**
 * Convolution without padding, of all images at once: x [images * height, width * channels] -> [images * outHeight,
 * outWidth * filters], with weight [kernelHeight * kernelWidth * channels, filters] and bias [1, filters].
 * out = bias + sum over the patch of x * weight. Adjoints: dx += d weight^T, dweight += x^T d, dbias += sum of d.
 *
 * @throws RangeError where a shape does not fit
 */
export function convolution(
  tape: Tape,
  shape: ConvolutionShape,
  { x, weight, bias }: { readonly x: Tensor; readonly weight: Tensor; readonly bias: Tensor },
): Tensor {
  const { device } = tape;
  const { outHeight, outWidth } = convolutionSizes(shape);
  const images = x.rows / shape.height;
  if (!Number.isInteger(images)) {
    throw new RangeError(
      `convolution: x must have ${shape.height} rows for each image, got ${x.rows}; pass whole images`,
    );
  }
  const out = tape.result(device.scratch(images * outHeight, outWidth * shape.filters), [x, weight, bias]);
  device.convolve(shape, { x: x.value, weight: weight.value, bias: bias.value, out: out.value });
  if (out.differentiable) {
    tape.onBackward({ adds: [x, weight, bias].filter((tensor) => tensor.differentiable) }, () => {
      const d = out.grad!;
      if (x.differentiable) device.convolveBack(shape, { x: x.grad!, weight: weight.value, out: d });
      if (weight.differentiable && bias.differentiable) {
        device.convolveWeights(shape, { x: x.value, weight: weight.grad!, bias: bias.grad!, out: d });
      }
    });
  }
  return out;
}
