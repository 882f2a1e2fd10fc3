import type { Buffer, Device } from "../devices/device.js";
import { defineMap, map, type Tape, type Tensor } from "../tape/index.js";

const masked = defineMap(["x", "mask"], { y: "x * mask" });

/**
 * Leaves out each number with a probability while training, and makes up for it with the others (Srivastava et al. 2014, with
 * inverted scaling): y = x * mask, mask 0 or 1 / (1 - rate). On a tape that does not record (evaluation), y is x.
 *
 * The mask is drawn on the host, before each episode: with a stream of `random(seed, "dropout", episode)` a run that was stopped
 * goes on with the same bits. A captured episode takes the new mask.
 */
export class Dropout {
  private readonly mask: Buffer;
  private readonly numbers: Float32Array;

  /**
   * For tensors [rows, cols], e.g. those of all steps, [steps * batch, cols].
   *
   * @throws RangeError unless rate is at least 0 and below 1
   */
  constructor(
    private readonly device: Device,
    rows: number,
    cols: number,
    /** The share that is left out. */
    readonly rate: number,
  ) {
    if (!(rate >= 0 && rate < 1)) {
      throw new RangeError(`dropout: rate must be at least 0 and below 1, got ${rate}`);
    }
    this.mask = device.allocate(rows, cols);
    this.numbers = new Float32Array(rows * cols).fill(1);
    device.write(this.mask, this.numbers);
  }

  /** Draws the mask of the next episode. */
  draw(random: { uniform(): number }): void {
    const { numbers, rate } = this;
    const kept = 1 / (1 - rate);
    for (let k = 0; k < numbers.length; k++) numbers[k] = random.uniform() < rate ? 0 : kept;
    this.device.write(this.mask, numbers);
  }

  /** x [rows, cols], or with `from` rows `from` on of that many, such as one step's. Throws a RangeError for other shapes. */
  apply(tape: Tape, x: Tensor, from = 0): Tensor {
    if (!tape.recording || this.rate === 0) return x;
    const { rows, cols } = this.mask;
    if (x.cols !== cols || from < 0 || from + x.rows > rows) {
      throw new RangeError(`dropout: x must be rows ${from} on of [${rows}, ${cols}], got ${x.shape}`);
    }
    const mask = x.rows === rows ? this.mask : this.device.view(this.mask, from, x.rows);
    return map(tape, masked, [x, tape.input(mask)])[0]!;
  }

  /** Gives the memory of its masks back to the device. */
  release(): void {
    this.device.release(this.mask);
  }
}
