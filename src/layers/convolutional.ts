import { type ConvolutionShape, convolutionSizes } from "../devices/convolution.js";
import type { Device } from "../devices/device.js";
import { convolution, Parameter, type Tape, type Tensor } from "../tape/index.js";
import { type Gaussian, gaussian, type Layer } from "./layer.js";

/** A convolution with its weight (`name`.weight) and bias (`name`.bias). */
export class Convolutional implements Layer {
  readonly weight: Parameter;
  readonly bias: Parameter;

  /** Weights start normal with standard deviation 1 / sqrt(fan-in), biases at 0. */
  constructor(
    device: Device,
    name: string,
    readonly shape: ConvolutionShape,
    random: Gaussian,
  ) {
    const { fanIn } = convolutionSizes(shape);
    const weights = gaussian(random, fanIn * shape.filters, 1 / Math.sqrt(fanIn));
    this.weight = new Parameter(`${name}.weight`, device, fanIn, shape.filters, weights);
    this.bias = new Parameter(`${name}.bias`, device, 1, shape.filters, null);
  }

  /** Its kernel and bias. */
  get parameters(): Parameter[] {
    return [this.weight, this.bias];
  }

  /** x [images * height, width * channels] -> [images * outHeight, outWidth * filters]. Throws a RangeError otherwise. */
  apply(tape: Tape, x: Tensor): Tensor {
    const [weight, bias] = [tape.param(this.weight), tape.param(this.bias)];
    return convolution(tape, this.shape, { x, weight, bias });
  }
}
