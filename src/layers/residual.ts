import type { Device } from "../devices/device.js";
import { defineMap, map, Parameter, rmsNorm, type Tape, type Tensor } from "../tape/index.js";
import type { CellStep, ConnectionInfo, TraceChange } from "./layer.js";
import type { SequenceCell } from "./sequenceCell.js";

const added = defineMap(["x", "y"], { z: "x + y" });

/**
 * A block of a stack: x + cell(gain * rms(x)), the norm before the cell, so that what enters the stack reaches its end however deep
 * it is. The cell gives as many numbers as it takes.
 */
export class Residual<State> implements SequenceCell<State> {
  readonly inputs: number;
  readonly neurons: number;
  readonly gain: Parameter;

  /** The gain is called `name`.gain and starts at 1. Throws a RangeError for a cell of other outputs than inputs. */
  constructor(
    device: Device,
    name: string,
    readonly cell: SequenceCell<State>,
  ) {
    const { inputs, neurons } = cell;
    if (inputs !== neurons) {
      throw new RangeError(
        `residual: the cell must give as many numbers as it takes, got ${inputs} inputs and ${neurons} outputs`,
      );
    }
    this.inputs = inputs;
    this.neurons = neurons;
    this.gain = new Parameter(`${name}.gain`, device, 1, inputs, new Float32Array(inputs).fill(1));
  }

  /** Its parameters, in the order in which files and checkpoints have them. */
  get parameters(): Parameter[] {
    return [this.gain, ...this.cell.parameters];
  }
  get connections(): readonly ConnectionInfo[] {
    return this.cell.connections;
  }

  begin(tape: Tape, steps?: number): State {
    return this.cell.begin(tape, steps);
  }

  step(tape: Tape, state: State, input: Tensor): CellStep<State> {
    const step = this.cell.step(tape, state, this.normed(tape, input));
    return { ...step, output: map(tape, added, [input, step.output])[0]! };
  }

  whole(tape: Tape, inputs: Tensor): { outputs: Tensor; state: State } {
    const { outputs, state } = this.cell.whole(tape, this.normed(tape, inputs));
    return { outputs: map(tape, added, [inputs, outputs])[0]!, state };
  }

  mapTraces(state: State, change: TraceChange): State {
    return this.cell.mapTraces(state, change);
  }

  private normed(tape: Tape, x: Tensor): Tensor {
    return rmsNorm(tape, x, tape.param(this.gain));
  }
}
