import { availableParallelism, cpus, platform } from "node:os";

/** Where a measurement was made, for the JSON that goes with it. */
export const machineHere = (): { readonly machine: string; readonly node: string } => ({
  machine: `${cpus()[0]?.model ?? "unknown"}, ${availableParallelism()} cores, ${platform()}`,
  node: process.version,
});
