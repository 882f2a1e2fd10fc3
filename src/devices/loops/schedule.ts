import type { Pass } from "../passes/pass.js";
import { scheduleMap } from "./map.js";
import type { KernelModule } from "./module.js";
import { scheduleSweep } from "./sweep.js";
import type { Block } from "./sweepRows.js";
import type { Target } from "./target.js";

/** A kernel, as a tree for each of its functions: what printers take. */
export type Loop<Name extends string = string> = KernelModule<Name>;

/**
 * How a pass is computed on a target. A pass whose sizes are known becomes the kernel `sweep`, in blocks of a shape; one that is
 * told its sizes the kernel `map`, which takes one row and one vector at a time.
 */
export function schedule(pass: Pass, target: Target, block: Block): Loop<"sweep">;
export function schedule(pass: Pass, target: Target, block: null): Loop<"map">;
export function schedule(pass: Pass, target: Target, block: Block | null): Loop {
  return block ? scheduleSweep(pass, target, block) : scheduleMap(pass, target);
}
