import { type ConvolutionShape, convolutionSizes } from "../convolution.js";
import type { ReferenceBuffer } from "./matrix.js";

/** Calls `visit` for every product of a convolution: places of x, of the weight and of out, in their data. */
function eachProduct(
  shape: ConvolutionShape,
  images: number,
  visit: (x: number, weight: number, out: number) => void,
): void {
  const { height, width, channels, kernelHeight, kernelWidth, stride, filters } = shape;
  const { outHeight, outWidth } = convolutionSizes(shape);
  for (let image = 0; image < images; image++) {
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ox = 0; ox < outWidth; ox++) {
        for (let ky = 0; ky < kernelHeight; ky++) {
          for (let kx = 0; kx < kernelWidth; kx++) {
            for (let c = 0; c < channels; c++) {
              const row = image * height + oy * stride + ky;
              const x = (row * width + ox * stride + kx) * channels + c;
              const weight = ((ky * kernelWidth + kx) * channels + c) * filters;
              const out = ((image * outHeight + oy) * outWidth + ox) * filters;
              for (let f = 0; f < filters; f++) visit(x, weight + f, out + f);
            }
          }
        }
      }
    }
  }
}

/** out = bias + x * weight: the definition, product by product. */
export function convolveImages(
  shape: ConvolutionShape,
  images: number,
  x: ReferenceBuffer,
  weight: ReferenceBuffer,
  bias: ReferenceBuffer,
  out: ReferenceBuffer,
): void {
  for (let i = 0; i < out.data.length; i++) out.data[i] = bias.data[i % shape.filters]!;
  eachProduct(shape, images, (i, k, o) => {
    out.data[o]! += x.data[i]! * weight.data[k]!;
  });
}

/** The adjoint of x is added to dx. */
export function convolveBack(
  shape: ConvolutionShape,
  images: number,
  dx: ReferenceBuffer,
  weight: ReferenceBuffer,
  d: ReferenceBuffer,
): void {
  eachProduct(shape, images, (i, k, o) => {
    dx.data[i]! += d.data[o]! * weight.data[k]!;
  });
}

/** The gradients of weight and bias are added to dWeight and dBias. */
export function convolveWeights(
  shape: ConvolutionShape,
  images: number,
  x: ReferenceBuffer,
  d: ReferenceBuffer,
  dWeight: ReferenceBuffer,
  dBias: ReferenceBuffer,
): void {
  eachProduct(shape, images, (i, k, o) => {
    dWeight.data[k]! += x.data[i]! * d.data[o]!;
  });
  for (let o = 0; o < d.data.length; o++) dBias.data[o % shape.filters]! += d.data[o]!;
}
