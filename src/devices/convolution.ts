/**
 * A two-dimensional convolution without padding. Images lie with their channels innermost: a buffer of images is
 * [images * height, width * channels], its output [images * outHeight, outWidth * filters]. The weight is
 * [kernelHeight * kernelWidth * channels, filters], rows in that order.
 */
export interface ConvolutionShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  /** Pixels from one place of the kernel to the next, both ways. */
  readonly stride: number;
  readonly filters: number;
}

export interface ConvolutionSizes {
  readonly outHeight: number;
  readonly outWidth: number;
  /** Neighbouring numbers of an image row under one kernel row: kernelWidth * channels. */
  readonly segment: number;
  /** Rows of the weight: kernelHeight * segment. */
  readonly fanIn: number;
}

/** What follows from a shape. Throws a RangeError for sizes that are no whole numbers from 1, or a kernel larger than the image. */
export function convolutionSizes(shape: ConvolutionShape): ConvolutionSizes {
  for (const [name, value] of Object.entries(shape)) {
    if (!(Number.isSafeInteger(value) && value >= 1)) {
      throw new RangeError(`convolution: ${name} must be a whole number from 1, got ${value}`);
    }
  }
  const { height, width, channels, kernelHeight, kernelWidth, stride } = shape;
  if (kernelHeight > height || kernelWidth > width) {
    throw new RangeError(
      `convolution: a kernel of ${kernelHeight} x ${kernelWidth} does not fit into images of ${height} x ${width}; ` +
        "use fewer layers, a smaller kernel or larger images",
    );
  }
  const segment = kernelWidth * channels;
  return {
    outHeight: Math.floor((height - kernelHeight) / stride) + 1,
    outWidth: Math.floor((width - kernelWidth) / stride) + 1,
    segment,
    fanIn: kernelHeight * segment,
  };
}

/** The matrices of a convolution, or those of its adjoints in their places. */
export interface ConvolutionParts<Matrix> {
  /** [images * height, width * channels]. */
  readonly x: Matrix;
  /** [fanIn, filters]. */
  readonly weight: Matrix;
  /** [1, filters]. */
  readonly bias: Matrix;
  /** [images * outHeight, outWidth * filters]. */
  readonly out: Matrix;
}

interface Sized {
  readonly rows: number;
  readonly cols: number;
}

/** How many images these buffers hold. Throws a RangeError where a buffer does not fit the shape. */
export function imagesIn(
  where: string,
  shape: ConvolutionShape,
  buffers: Partial<ConvolutionParts<Sized>> & Pick<ConvolutionParts<Sized>, "out">,
): number {
  const { outHeight, outWidth, fanIn } = convolutionSizes(shape);
  const images = buffers.out.rows / outHeight;
  const expected = {
    x: [images * shape.height, shape.width * shape.channels],
    weight: [fanIn, shape.filters],
    bias: [1, shape.filters],
    out: [Math.floor(images) * outHeight, outWidth * shape.filters],
  } as const;
  for (const name of ["out", "x", "weight", "bias"] as const) {
    const buffer = buffers[name];
    const [rows, cols] = expected[name];
    if (!buffer || (buffer.rows === rows && buffer.cols === cols)) continue;
    throw new RangeError(
      `${where}: ${name} must be [${rows}, ${cols}], got [${buffer.rows}, ${buffer.cols}]; ` +
        "one row for each row of an image, pixel by pixel, channels innermost",
    );
  }
  return images;
}
