import type { Device } from "../devices/device.js";
import type { Rule } from "../rules/rule.js";
import type { Afferents, PlasticityOptions } from "./afferents.js";
import { expectLayerOptions, type Kinds, plasticityKinds } from "./expectLayerOptions.js";
import type { Cell, Gaussian } from "./layer.js";
import { expectSignals, type Modulator, type ModulatorMaker } from "./modulator.js";

/** A cell whose connections can be exchanged: PlasticRnn, Lstm, Gru. */
export interface Recurrent<Self> {
  readonly neurons: number;
  readonly afferents: Afferents;
  /** The same cell with other connections to its neurons, and a modulator of their learning. */
  withAfferents(afferents: Afferents, modulator: Modulator | null): Self;
}

/** `from` and `pre` as for a cell that is plastic from the start. */
export interface PlasticOptions extends PlasticityOptions {
  readonly rule: Rule;
  /** Standard deviation of the first alphas; 0 unless given: then the cell at first does just what it did before. */
  readonly alpha?: number;
  /** Gives the rule its signal m, for rules that have one. */
  readonly modulator?: ModulatorMaker;
  readonly fixed?: readonly string[];
}

const kinds: Kinds = { rule: "rule", ...plasticityKinds, fixed: "constants" };

/**
 * Turns connections of a trained (or fresh) cell plastic. The new cell takes over all its parameters, so
 * that the old one must not be trained or released any more; alpha and the rule's constants are new. With alpha = 0 its
 * outputs are bit for bit those of the old one. For plain cells: `plainRnn`, and `Lstm` and `Gru` without a rule.
 *
 * @throws TypeError for a cell that is plastic already, one that has no connections `from` there, or a rule whose signals the
 *   modulator does not give
 */
export function plastic<Self extends Recurrent<Self> & Cell<unknown>>(
  device: Device,
  cell: Self,
  { alpha = 0, modulator: maker, ...options }: PlasticOptions,
  random: Gaussian,
): Self {
  expectLayerOptions("plastic", options, kinds, ["rule"]);
  const afferents = cell.afferents.learning(device, { ...options, alpha }, random);
  const modulator = maker?.(device, cell.neurons, random) ?? null;
  expectSignals("plastic", options.rule, modulator);
  return cell.withAfferents(afferents, modulator);
}
