import { type ConvolutionParts, type ConvolutionShape, convolutionSizes, imagesIn } from "../convolution.js";
import type { BlockMemory } from "../engine/blocks.js";
import type { Machine } from "../engine/machine.js";
import { columnsOf, packedBytes, tableWords } from "../loops/convolutionTiles.js";
import { strideOf, type Target } from "../loops/target.js";
import type { Kernels } from "./kernels.js";
import type { WasmBuffer } from "./memory.js";
import type { Program, Split } from "./program.js";

type Buffers = ConvolutionParts<WasmBuffer>;

/** Writes the commands of convolutions: packs weights, then goes through all images at once. */
export class Convolutions {
  /** Where the patch of each output pixel lies, by shape and number of images. */
  private readonly tables = new Map<string, number>();

  constructor(
    private readonly machine: Machine,
    private readonly memory: BlockMemory,
    private readonly program: Program,
    private readonly kernels: Kernels,
  ) {}

  forward(shape: ConvolutionShape, { x, weight, bias, out }: Buffers): void {
    const images = imagesIn("convolve", shape, { x, weight, bias, out });
    const { fanIn } = convolutionSizes(shape);
    const kernels = this.kernels.convolution(shape);
    const packed = this.memory.scratch(packedBytes(shape, this.machine.target).forward);
    const extent = columnsOf(shape.filters, this.machine.target);
    this.program.push(kernels.pack!, rows(extent, 1, fanIn * shape.filters), [packed, weight.address]);
    out.used = true;
    this.zeroPadding(out);
    const pixels = pixelsOf(shape, images);
    this.program.push(kernels.convolve!, rows(pixels, 4, pixels * fanIn * shape.filters), [
      x.address,
      out.address,
      packed,
      bias.address,
      this.table(shape, images),
      pixels,
    ]);
  }

  back(shape: ConvolutionShape, { x, weight, out }: Omit<Buffers, "bias">): void {
    const images = imagesIn("convolveBack", shape, { x, weight, out });
    const { fanIn, segment } = convolutionSizes(shape);
    const kernels = this.kernels.convolution(shape);
    const packed = this.memory.scratch(packedBytes(shape, this.machine.target).back);
    const extent = shape.kernelHeight * columnsOf(segment, this.machine.target);
    this.program.push(kernels.packTransposed!, rows(extent, 1, fanIn * shape.filters), [
      packed,
      weight.address,
    ]);
    x.used = true;
    const pixels = pixelsOf(shape, images);
    this.program.push(kernels.convolveBack!, rows(images, 1, pixels * fanIn * shape.filters), [
      x.address,
      out.address,
      packed,
      0,
      this.table(shape, images),
      pixels,
    ]);
  }

  weights(shape: ConvolutionShape, { x, weight, bias, out }: Buffers): void {
    const images = imagesIn("convolveWeights", shape, { x, weight, bias, out });
    const { fanIn } = convolutionSizes(shape);
    const kernels = this.kernels.convolution(shape);
    weight.used = true;
    bias.used = true;
    const pixels = pixelsOf(shape, images);
    const words = [x, out, weight, bias].map(({ address }) => address);
    words.push(this.table(shape, images), pixels);
    this.program.push(kernels.convolveWeights!, rows(fanIn, 4, pixels * fanIn * shape.filters), words);
    this.program.push(
      kernels.convolveBias!,
      rows(Math.ceil(shape.filters / this.machine.target.lanes), 4, (pixels * shape.filters) / 4),
      words,
    );
  }

  /** Kernels store no more than an output's own numbers. */
  private zeroPadding({ address, vectors, bytes, stride, cols }: WasmBuffer): void {
    if (stride === cols * 4) return;
    this.program.push(this.kernels.basic.zero!, rows(vectors, 4, bytes / 16), [address]);
  }

  private table(shape: ConvolutionShape, images: number): number {
    const key = JSON.stringify([shape, images]);
    let address = this.tables.get(key);
    if (address === undefined) {
      const { memory, target } = this.machine;
      const entries = patchTable(shape, images, target);
      address = this.memory.keepZeroed(entries.length * target.wordBytes);
      memory.writeWords(address, entries);
      this.tables.set(key, address);
    }
    return address;
  }
}

const rows = (extent: number, grain: number, work: number): Split => ({ by: "rows", extent, grain, work });

function pixelsOf(shape: ConvolutionShape, images: number): number {
  const { outHeight, outWidth } = convolutionSizes(shape);
  return images * outHeight * outWidth;
}

/** For each output pixel, image by image: the bytes from the start of x to its patch, and of out to its numbers. */
function patchTable(shape: ConvolutionShape, images: number, target: Target): Float64Array {
  const { height, width, channels, stride, filters } = shape;
  const { outHeight, outWidth } = convolutionSizes(shape);
  const inBytes = strideOf(width * channels, target) * 4;
  const outBytes = strideOf(outWidth * filters, target) * 4;
  const table = new Float64Array(pixelsOf(shape, images) * tableWords);
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
