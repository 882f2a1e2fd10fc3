import type { Device } from "../../src/devices/device.js";
import { actorCritic } from "./actorCritic.js";
import { type Comparison, compare } from "./compare.js";
import type { Family } from "./family.js";
import { fastWeights } from "./fastWeights.js";
import type { Golden } from "./golden.js";
import { maze } from "./maze.js";
import { neuronTraces } from "./neuronTraces.js";
import { oneshot } from "./oneshot.js";
import { plasticLstm } from "./plasticLstm.js";
import { rnn } from "./rnn.js";
import { runSplit } from "./split.js";

const families: readonly Family[] = [rnn, maze, plasticLstm, oneshot, actorCritic, fastWeights, neuronTraces];

/** The largest relative error that passes: rounding of float64, and of float32 over some ten steps. */
export const limits: Readonly<Record<Device["info"]["kind"], number>> = {
  reference: 1e-9,
  wasm: 2e-5,
  native: 2e-5,
};

export interface Verdict {
  readonly case: string;
  readonly status: "pass" | "fail" | "unsupported";
  /** max |difference| / max |expected|, the largest over all tensors; null if not computed. */
  readonly maxOutputError: number | null;
  readonly maxGradientError: number | null;
}

/** Rebuilds the golden's network on the device and compares everything with what the file expects; `report` hears why one failed to run. */
export function check(device: Device, golden: Golden, report: (problem: string) => void): Verdict {
  const family = families.find((family) => family.supports(golden));
  if (!family)
    return { case: golden.case, status: "unsupported", maxOutputError: null, maxGradientError: null };
  let errors: Comparison;
  try {
    errors = compare(golden, family.run(device, golden));
    if (family.splits) errors = worse(errors, compare(golden, runSplit(family, device, golden)));
  } catch (error) {
    report(`${golden.case}: ${(error as Error).message}`);
    return { case: golden.case, status: "fail", maxOutputError: null, maxGradientError: null };
  }
  const limit = limits[device.info.kind];
  const passes = errors.maxOutputError <= limit && errors.maxGradientError <= limit;
  return { case: golden.case, status: passes ? "pass" : "fail", ...errors };
}

const worse = (a: Comparison, b: Comparison): Comparison => ({
  maxOutputError: Math.max(a.maxOutputError, b.maxOutputError),
  maxGradientError: Math.max(a.maxGradientError, b.maxGradientError),
});
