import { cpus, release, totalmem, type } from "node:os";

/** Where a measurement was made, for the JSON that goes with it: processor, cores, memory and system; Node's version. */
export function machineHere(): { readonly machine: string; readonly node: string } {
  const cores = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`;
  return {
    machine: `${cores[0]?.model.trim() ?? "unknown"}, ${cores.length} cores, ${memory}, ${type()} ${release()}`,
    node: process.version,
  };
}
