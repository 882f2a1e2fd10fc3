import type { Device } from "../devices/device.js";
import type { Rule } from "../rules/rule.js";
import type { Cell, Gaussian } from "./layer.js";
import { expectSignals, type Modulator, type ModulatorMaker } from "./modulator.js";
import { PlasticConnection } from "./plasticConnection.js";

/** A cell with recurrent connections that can be exchanged: PlasticRnn, Lstm, Gru. */
export interface Recurrent<Self> {
  readonly neurons: number;
  readonly connection: PlasticConnection;
  withConnection(connection: PlasticConnection, modulator: Modulator | null): Self;
}

export interface PlasticOptions {
  readonly rule: Rule;
  /** Standard deviation of the first alphas; 0 unless given: then the cell at first does just what it did before. */
  readonly alpha?: number;
  /** Gives the rule its signal m, for rules that have one. */
  readonly modulator?: ModulatorMaker;
  readonly fixed?: readonly string[];
}

/**
 * Turns the recurrent connections of a trained (or fresh) cell plastic. The new cell takes over all its parameters, so
 * that the old one must not be trained or released any more; alpha and the rule's constants are new. With alpha = 0 its
 * outputs are bit for bit those of the old one. For plain cells: `plainRnn`, and `Lstm` and `Gru` without a rule.
 *
 * @throws TypeError for a cell that is plastic already, or a rule whose signals the modulator does not give
 */
export function plastic<Self extends Recurrent<Self> & Cell<unknown>>(
  device: Device,
  cell: Self,
  { rule, alpha = 0, modulator: maker, fixed }: PlasticOptions,
  random: Gaussian,
): Self {
  const { connection, neurons } = cell;
  if (connection.rule.traces.length > 0) {
    throw new TypeError(
      `plastic: the cell already learns by the rule ${connection.rule.name}; pass a plain one`,
    );
  }
  const { name, pre, post } = connection;
  const learning = new PlasticConnection(
    device,
    { name, rule, pre, post, alphaStd: alpha, fixed, w: connection.parameter("w") },
    random,
  );
  const modulator = maker?.(device, neurons, random) ?? null;
  expectSignals("plastic", rule, modulator);
  return cell.withConnection(learning, modulator);
}
