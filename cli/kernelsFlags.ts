import { Option } from "commander";
import { wholeNumber } from "./flags.js";

const forms = ["pass", "loop", "wat", "c"] as const;
const targets = ["wasm", "native"] as const;
/** Neurons on either side of a rule's connection. */
export const usualSize = 100;

export interface KernelsFlags {
  /** Absent where not given: an experiment has sizes of its own. */
  readonly pre?: number;
  readonly post?: number;
  readonly as: (typeof forms)[number];
  readonly target?: (typeof targets)[number];
}

export const kernelsFlags = (): Option[] => [
  new Option("--pre <number>", `of a rule: neurons before the connection (default: ${usualSize})`).argParser(
    wholeNumber(1, 4096),
  ),
  new Option("--post <number>", `of a rule: neurons after it (default: ${usualSize})`).argParser(
    wholeNumber(1, 4096),
  ),
  new Option("--as <form>", "pass: equations; loop: loops over vectors; wat: WebAssembly text; c: C")
    .choices(forms)
    .default("loop"),
  new Option("--target <device>", "whose kernels (default: wasm; of C, native)").choices(targets),
];
