import { type ConvolutionParts, type ConvolutionShape, convolutionSizes, imagesIn } from "../convolution.js";
import { convolutionArguments, tableWords } from "../loops/convolutionTiles.js";
import { rowGrain } from "../loops/tiles.js";
import type { EngineBuffer } from "./buffer.js";
import type { WorkSplit } from "./command.js";
import type { Kernels } from "./kernels.js";
import type { Arena } from "./machine.js";
import type { Packing } from "./packing.js";
import type { Program } from "./program.js";

type Buffers = ConvolutionParts<EngineBuffer>;

/** Writes the commands of convolutions: packs weights, then goes through all images at once. */
export class Convolutions {
  /** Where the patch of each output pixel lies, by shape and number of images. */
  private readonly tables = new Map<string, number>();

  constructor(
    private readonly arena: Arena,
    private readonly program: Program,
    private readonly kernels: Kernels,
    private readonly packing: Packing,
  ) {}

  forward(shape: ConvolutionShape, { x, weight, bias, out }: Buffers): void {
    const images = imagesIn("convolve", shape, { x, weight, bias, out });
    const { fanIn } = convolutionSizes(shape);
    const packed = this.packing.columns(weight);
    this.zeroPadding(out);
    const pixels = pixelsOf(shape, images);
    this.program.push({
      kernel: this.kernels.convolution(shape).convolve,
      split: rows(pixels, 4, pixels * fanIn * shape.filters),
      words: this.words(shape, images, { x, out, weights: packed, bias: bias.address }),
      reads: [x, bias],
      writes: [out],
    });
  }

  back(shape: ConvolutionShape, { x, weight, out }: Omit<Buffers, "bias">): void {
    const images = imagesIn("convolveBack", shape, { x, weight, out });
    const { fanIn } = convolutionSizes(shape);
    const packed = this.packing.transposed(weight, shape.kernelHeight);
    const work = pixelsOf(shape, images) * fanIn * shape.filters;
    this.program.push({
      kernel: this.kernels.convolution(shape).convolveBack,
      split: rows(images, 1, work),
      words: this.words(shape, images, { x, out, weights: packed, bias: 0 }),
      reads: [out],
      writes: [x],
    });
  }

  weights(shape: ConvolutionShape, { x, weight, bias, out }: Buffers): void {
    const images = imagesIn("convolveWeights", shape, { x, weight, bias, out });
    const { fanIn } = convolutionSizes(shape);
    const { convolveWeights, convolveBias } = this.kernels.convolution(shape);
    const { target } = this.kernels;
    const pixels = pixelsOf(shape, images);
    const words = this.words(shape, images, { x, out, weights: weight.address, bias: bias.address });
    const reads = [x, out];
    const split = rows(fanIn, rowGrain(target), pixels * fanIn * shape.filters);
    this.program.push({ kernel: convolveWeights, split, words, reads, writes: [weight] });
    this.program.push({
      kernel: convolveBias,
      split: rows(Math.ceil(shape.filters / target.lanes), 4, (pixels * shape.filters) / 4),
      words,
      reads: [out],
      writes: [bias],
    });
  }

  private words(
    shape: ConvolutionShape,
    images: number,
    { x, out, weights, bias }: Record<"x" | "out", EngineBuffer> & Record<"weights" | "bias", number>,
  ): number[] {
    return convolutionArguments.words({
      ...{ x: x.address, out: out.address, weights, bias },
      table: this.table(shape, images),
      pixels: pixelsOf(shape, images),
    });
  }

  /** Kernels store no more than an output's own numbers. */
  private zeroPadding(out: EngineBuffer): void {
    const { address, bytes, stride, cols } = out;
    if (stride === cols * 4) return;
    const extent = this.kernels.vectors(bytes);
    this.program.push({
      ...this.kernels.basic("zero", { address }),
      split: rows(extent, 4, extent),
      writes: [out],
    });
  }

  private table(shape: ConvolutionShape, images: number): number {
    const key = JSON.stringify([shape, images]);
    let address = this.tables.get(key);
    if (address === undefined) {
      const entries = patchTable(shape, images, (cols) => this.kernels.strideOf(cols));
      address = this.arena.keepZeroed(entries.length * this.kernels.target.wordBytes);
      this.arena.putWords(address, entries);
      this.tables.set(key, address);
    }
    return address;
  }
}

const rows = (extent: number, grain: number, work: number): WorkSplit => ({
  by: "rows",
  extent,
  grain,
  work,
});

function pixelsOf(shape: ConvolutionShape, images: number): number {
  const { outHeight, outWidth } = convolutionSizes(shape);
  return images * outHeight * outWidth;
}

/** For each output pixel, image by image: the bytes from the start of x to its patch, and of out to its numbers. */
function patchTable(shape: ConvolutionShape, images: number, strideOf: (cols: number) => number): number[] {
  const { height, width, channels, stride, filters } = shape;
  const { outHeight, outWidth } = convolutionSizes(shape);
  const inBytes = strideOf(width * channels);
  const outBytes = strideOf(outWidth * filters);
  const table = new Array<number>(pixelsOf(shape, images) * tableWords);
  let word = 0;
  for (let row = 0; row < images * outHeight; row++) {
    const image = Math.floor(row / outHeight);
    const inRow = image * height + (row - image * outHeight) * stride;
    for (let ox = 0; ox < outWidth; ox++) {
      table[word++] = inRow * inBytes + ox * stride * channels * 4;
      table[word++] = row * outBytes + ox * filters * 4;
    }
  }
  return table;
}
