import type { Buffer, Device } from "../src/devices/device.js";
import type { Parameter, Tape, Tensor } from "../src/tape/index.js";
import type { Problem } from "./problem.js";

/** What problems of given inputs need: parameters with their names in the problem, and the loss of one episode. */
export interface Network {
  readonly parameters: readonly Parameter[];
  readonly nameOf: (parameter: Parameter) => string;
  /** Records one episode; the loss is [1, 1]. */
  loss(tape: Tape): Tensor;
}

/** A buffer that lives across episodes, with the problem's numbers. */
export function kept(device: Device, rows: number, cols: number, data: ArrayLike<number>): Buffer {
  const buffer = device.allocate(rows, cols);
  device.write(buffer, data);
  return buffer;
}

/** Gives parameters the problem's numbers; `names` has the problem's name of each, where it is another. */
export function named(
  device: Device,
  problem: Problem,
  parameters: readonly Parameter[],
  names: Readonly<Record<string, string>>,
): Pick<Network, "parameters" | "nameOf"> {
  const nameOf = ({ name }: Parameter) => names[name] ?? name;
  for (const parameter of parameters) device.write(parameter.value, problem.params[nameOf(parameter)]!);
  return { parameters, nameOf };
}
