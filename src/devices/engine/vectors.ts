/** Commands over whole vectors of memory, whatever their numbers mean. */
import { type EngineBuffer, expectSameShape } from "./buffer.js";
import type { Kernels } from "./kernels.js";
import type { Program } from "./program.js";

/** Blocks begin at multiples of this, so a smaller gap is padding. */
const alignment = 64;

export class Vectors {
  constructor(
    private readonly program: Program,
    private readonly kernels: Kernels,
  ) {}

  /** Buffers that lie next to one another are zeroed in one go. */
  zero(buffers: readonly EngineBuffer[]): void {
    let start = 0;
    let end = 0;
    let viewBefore = false;
    let writes: EngineBuffer[] = [];
    const emit = () => {
      const extent = this.kernels.vectors(end - start);
      const split = { by: "rows", extent, grain: 4, work: extent } as const;
      if (extent > 0) this.program.push({ ...this.kernels.basic("zero", { address: start }), split, writes });
      writes = [];
    };
    for (const each of buffers) {
      const { address, bytes, isView } = each;
      const gap = address - end;
      if (gap < 0 || gap >= alignment || (gap > 0 && (isView || viewBefore))) {
        emit();
        start = address;
      }
      writes.push(each);
      end = address + bytes;
      viewBefore = isView;
    }
    emit();
  }

  copy(from: EngineBuffer, to: EngineBuffer): void {
    expectSameShape("copy", from, to);
    const extent = this.kernels.vectors(from.bytes);
    this.program.push({
      ...this.kernels.basic("copy", { from: from.address, to: to.address }),
      split: { by: "rows", extent, grain: 4, work: extent },
      reads: [from],
      writes: [to],
    });
  }
}
