import type { AdamStep, Buffer } from "../device.js";
import type { Kernels } from "./kernels.js";
import { expectSameShape, own, type WasmBuffer } from "./memory.js";
import type { Program, Split } from "./program.js";
import type { Slots, Sums } from "./sums.js";

const bits = new DataView(new ArrayBuffer(4));
const floatWord = (value: number): number => {
  bits.setFloat32(0, value);
  return bits.getInt32(0);
};

/** Writes the commands of what happens to whole parameters and gradients after an episode. */
export class Optimizer {
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
    this.sums.settle();
    const { vectors: extent, bytes } = buffers[0]!;
    const floats = [
      beta1,
      beta2,
      eps,
      lr / (1 - beta1 ** step.step),
      1 / Math.sqrt(1 - beta2 ** step.step),
      1 - lr * weightDecay,
    ];
    this.push("adam", { by: "rows", extent, grain: 4, work: bytes / 2 }, [
      ...buffers.map((buffer) => buffer.address),
      scale ? own(scale).address : 0,
      ...floats.map(floatWord),
    ]);
  }

  clipScale(grads: readonly Buffer[], maxNorm: number, scale: Buffer, norm: Buffer): void {
    this.sums.settle();
    const slots = this.sums.takeNumber();
    for (const grad of grads) this.reduce("sumOfSquares", own(grad), slots);
    own(scale).used = true;
    own(norm).used = true;
    this.push("clip", { by: "nothing", extent: 1 }, [
      slots.address,
      this.threads,
      own(scale).address,
      own(norm).address,
      floatWord(maxNorm),
    ]);
    this.sums.giveBack(slots);
  }

  /** Puts 0 into `verdict` [1, 1] where all numbers are finite, else NaN. */
  checkFinite(buffers: readonly Buffer[], verdict: WasmBuffer): void {
    this.sums.settle();
    const slots = this.sums.takeNumber();
    for (const buffer of buffers) this.reduce("finite", own(buffer), slots);
    this.sums.combine(slots, verdict, true);
  }

  private reduce(kernel: string, buffer: WasmBuffer, slots: Slots): void {
    const { vectors: extent, bytes } = buffer;
    this.push(kernel, { by: "rows", extent, grain: 4, work: bytes / 4 }, [buffer.address, slots.address]);
  }

  private push(kernel: string, split: Split, words: readonly number[]): void {
    this.program.push(this.kernels.basic[kernel]!, split, words);
  }
}
