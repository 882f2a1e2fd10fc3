import type { Device } from "../devices/device.js";
import type { Tape, Tensor } from "../tape/index.js";
import type { Cell, CellStep, Gaussian, TraceChange } from "./layer.js";
import { Linear } from "./linear.js";

/**
 * A cell that takes `inputs` numbers through a linear layer of its own: for cells that have one input a neuron, in tasks
 * that have another number of them.
 */
export class Projected<State> implements Cell<State> {
  readonly projection: Linear;

  /** The layer's parameters are called `name`.weight and `name`.bias. */
  constructor(
    device: Device,
    name: string,
    readonly inputs: number,
    readonly cell: Cell<State>,
    random: Gaussian,
  ) {
    this.projection = new Linear(device, name, inputs, cell.inputs, random);
  }

  /** Numbers in its output. */
  get neurons(): number {
    return this.cell.neurons;
  }
  /** Its parameters, in the order in which files and checkpoints have them. */
  get parameters() {
    return [...this.projection.parameters, ...this.cell.parameters];
  }

  get connections() {
    return this.cell.connections;
  }

  begin(tape: Tape, steps?: number): State {
    return this.cell.begin(tape, steps);
  }

  step(tape: Tape, state: State, input: Tensor): CellStep<State> {
    return this.cell.step(tape, state, this.projection.apply(tape, input));
  }

  mapTraces(state: State, change: TraceChange): State {
    return this.cell.mapTraces(state, change);
  }
}
