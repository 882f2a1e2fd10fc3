import { type Cell, PlasticReadout } from "../layers/index.js";
import { architectureText, ModelError, readModelFile } from "../models/index.js";
import type { Parameter } from "../tape/index.js";
import { encodeModel, type Precision } from "./checkpoint.js";
import { describeNetwork } from "./describe.js";
import { expectSettings } from "./expectSettings.js";
import {
  type CellNetworkOptions,
  cellNetwork,
  type FewShotOptions,
  fewShotNetwork,
  type Network,
} from "./network.js";
import { Recorder } from "./recorder.js";

/**
 * What can be saved: a cell, or several in a stack; a plastic readout; a network of one's own, step by step; or what has such
 * a network, as an experiment's model and an agent do.
 */
export type Savable =
  // A cell takes back no state but its own.
  // biome-ignore lint/suspicious/noExplicitAny: whatever that is
  | Cell<any>
  | PlasticReadout
  | Network
  | { readonly network: Network; readonly parameters: readonly Parameter[] };

/** How `saveModel` keeps numbers, and what the file says of them. */
export interface SaveOptions extends CellNetworkOptions, FewShotOptions {
  /** How numbers are kept; "float32" unless given. */
  readonly precision?: Precision;
  /** What `model.name` will say; "network" unless given. */
  readonly name?: string;
  /** Training episodes lived through, if that is worth noting. */
  readonly episode?: number;
  /** Whatever else is worth noting: `model.provenance` has it. */
  readonly notes?: Readonly<Record<string, string>>;
}

const PRECISIONS: readonly Precision[] = ["float32", "float16", "int8"];
const SETTINGS = [
  ...["precision", "name", "episode", "notes", "input", "tail", "readout", "answers"],
  ...["size", "rows", "features"],
];

/**
 * A trained network as the bytes of a model file, for `loadModel` of `hebbian/lifetime` and `hebbian export`, `compile`.
 *
 *     writeFileSync("mine.safetensors", saveModel(network, { readout, precision: "float16" }));
 *
 * The network is neither changed nor built again: it takes a step on a device that only writes down what is asked of it
 * (`describeNetwork`), and its parameters are read where they are. `input`, `tail`, `readout` and `answers` say how a cell is to
 * be used (`cellNetwork`); `input`, `size`, `rows` and `features` how a plastic readout is (`fewShotNetwork`).
 *
 * @throws TypeError for what is no network, or an option that there is not; RangeError for options that do not fit it; Error for a network that no model file
 *   can describe, which says what in it
 */
export function saveModel(network: Savable, options: SaveOptions = {}): Uint8Array {
  expectSettings("saveModel", options, [], SETTINGS);
  const { precision, name = "network", episode = 0, notes = {} } = options;
  if (precision !== undefined && !PRECISIONS.includes(precision)) {
    throw new RangeError(
      `saveModel: precision must be one of ${PRECISIONS.join(", ")}, got ${JSON.stringify(precision)}`,
    );
  }
  const recorder = new Recorder();
  const alone = networkOf(network, options);
  if ("parameters" in network) recorder.know(network.parameters);
  const architecture = describeNetwork(recorder, alone);
  const { parameters } = recorder;
  const stored = Object.fromEntries(
    [...parameters].map(([key, { device, value, shape }]) => [
      key,
      { shape, data: Float32Array.from(device.read(value)) },
    ]),
  );
  const device = [...parameters.values()][0]?.device;
  for (const [key, buffer] of recorder.constants) {
    if (!device)
      throw new Error("saveModel: a network without parameters cannot say where its constants lie");
    stored[key] = { shape: [buffer.rows, buffer.cols], data: Float32Array.from(device.read(buffer)) };
  }
  const state = { experiment: name, options: {}, seed: 0, episode, parameters: stored };
  const bytes = encodeModel(state, architectureText(architecture), notes, precision);
  try {
    readModelFile(bytes, "saveModel");
  } catch (cause) {
    if (!(cause instanceof ModelError)) throw cause;
    throw new Error(`saveModel: no model file can hold this network (${cause.message.replace(/;.*/, "")})`, {
      cause,
    });
  }
  return bytes;
}

function networkOf(given: Savable, options: SaveOptions): Network {
  if (typeof given !== "object" || given === null) throw notSavable();
  if (given instanceof PlasticReadout) return fewShotNetwork(given, options);
  if ("network" in given) return given.network;
  if ("steps" in given) return given;
  if ("step" in given && "begin" in given) return cellNetwork(given, options);
  throw notSavable();
}

const notSavable = (): TypeError =>
  new TypeError(
    "saveModel: expected a cell, a plastic readout, or a network { inputs, answers, begin, steps }, or what has one as `network`",
  );
