import type { Buffer, Device } from "../devices/device.js";
import type { Parameter } from "../tape/index.js";

/** The global norm of gradients on the device, and the factor that brings it down to a limit. */
export class GradientNorm {
  /** min(1, clipNorm / norm), [1, 1]: as of the latest `measure`. */
  readonly scale: Buffer;
  private readonly norm: Buffer;
  /** Whether `scale` is that of the gradients of the step to come. */
  private isMeasured = false;

  constructor(
    private readonly device: Device,
    private readonly parameters: readonly Parameter[],
    private readonly clipNorm = Number.MAX_VALUE,
  ) {
    this.scale = device.allocate(1, 1);
    this.norm = device.allocate(1, 1);
  }

  /** The root of the sum of squares of all gradients; not finite if any of them is not. */
  measure(): number {
    this.compute();
    return this.device.read(this.norm)[0]!;
  }

  /** `scale` for a step: measured now, unless it was since the last one. */
  forStep(): Buffer {
    if (!this.isMeasured) this.compute();
    this.isMeasured = false;
    return this.scale;
  }

  private compute(): void {
    const grads = this.parameters.map(({ grad }) => grad);
    this.device.clipScale(grads, this.clipNorm, this.scale, this.norm);
    this.isMeasured = true;
  }

  release(): void {
    this.device.release(this.scale);
    this.device.release(this.norm);
  }
}
