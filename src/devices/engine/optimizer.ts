import type { AdamStep, Buffer } from "../device.js";
import { type EngineBuffer, expectSameShape, own } from "./buffer.js";
import type { Kernels } from "./kernels.js";
import type { Program } from "./program.js";
import type { Slots, Sums } from "./sums.js";

/** Writes the commands of what happens to whole parameters and gradients after an episode. */
export class OptimizerCommands {
  constructor(
    private readonly program: Program,
    private readonly kernels: Kernels,
    private readonly sums: Sums,
    private readonly threads: number,
  ) {}

  adam(step: AdamStep): void {
    const { param, grad, m, v, lr, beta1, beta2, eps, weightDecay, scale } = step;
    const buffers = [param, grad, m, v].map(own);
    for (const buffer of buffers) expectSameShape("adam", buffers[0]!, buffer);
    const [p, g, mean, square] = buffers as [EngineBuffer, EngineBuffer, EngineBuffer, EngineBuffer];
    const extent = this.kernels.vectors(p.bytes);
    // Recorded anew for each parameter at each step: objects that are put together of others would take longer than a small network.
    const { kernel, words } = this.kernels.basic("adam", {
      param: p.address,
      grad: g.address,
      m: mean.address,
      v: square.address,
      scale: scale ? own(scale).address : 0,
      beta1,
      beta2,
      eps,
      rate: lr / (1 - beta1 ** step.step),
      root: 1 / Math.sqrt(1 - beta2 ** step.step),
      decay: 1 - lr * weightDecay,
    });
    this.program.push({
      kernel,
      words,
      split: { by: "rows", extent, grain: 4, work: extent * 8 },
      reads: scale ? [g, own(scale)] : [g],
      writes: [p, mean, square],
    });
  }

  clipScale(grads: readonly Buffer[], maxNorm: number, scale: Buffer, norm: Buffer): void {
    const slots = this.sums.takeNumber();
    for (const grad of grads) this.reduce("sumOfSquares", own(grad), slots);
    this.program.push({
      ...this.kernels.basic("clip", {
        ...{ slots: slots.address, count: this.threads, most: maxNorm },
        ...{ scale: own(scale).address, norm: own(norm).address },
      }),
      split: { by: "nothing", extent: 1 },
      writes: [own(scale), own(norm)],
    });
    this.sums.giveBack(slots);
  }

  /** Puts 0 into `verdict` [1, 1] where all numbers are finite, else NaN. */
  checkFinite(buffers: readonly Buffer[], verdict: EngineBuffer): void {
    const slots = this.sums.takeNumber();
    for (const buffer of buffers) this.reduce("finite", own(buffer), slots);
    this.program.push(this.sums.combine(slots, verdict, true));
  }

  private reduce(kernel: "sumOfSquares" | "finite", buffer: EngineBuffer, slots: Slots): void {
    const extent = this.kernels.vectors(buffer.bytes);
    this.program.push({
      ...this.kernels.basic(kernel, { array: buffer.address, slots: slots.address }),
      split: { by: "rows", extent, grain: 4, work: extent * 4 },
      reads: [buffer],
    });
  }
}
