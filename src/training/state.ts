import type { Device } from "../devices/device.js";
import type { StoredMatrix } from "../models/index.js";
import type { Parameter } from "../tape/index.js";
import { type Checkpoint, CheckpointError } from "./checkpoint.js";
import type { Trainer } from "./trainer.js";

type Matrices = Readonly<Record<string, StoredMatrix>>;

/** Copies parameters from the device. */
export function readParameters(device: Device, parameters: readonly Parameter[]): Matrices {
  return Object.fromEntries(
    parameters.map(({ name, shape, value }) => [name, { shape, data: device.read(value) }]),
  );
}

/** Copies stored parameters to the device. Throws a CheckpointError, before any change, unless names and shapes agree. */
export function writeParameters(device: Device, parameters: readonly Parameter[], stored: Matrices): void {
  expectSame("parameters", parameters, stored);
  for (const { name, value } of parameters) device.write(value, stored[name]!.data);
}

/** All of a trainer's state that lives on the device or counts its steps. */
export function readTrainer(
  device: Device,
  trainer: Trainer,
): Pick<Checkpoint, "parameters" | "m" | "v" | "carried" | "adamSteps" | "annealed" | "saturatedEpisodes"> {
  const moments = (key: "m" | "v"): Matrices =>
    Object.fromEntries(
      trainer.optimizer.moments.map(({ parameter, [key]: buffer }) => [
        parameter.name,
        { shape: parameter.shape, data: device.read(buffer) },
      ]),
    );
  return {
    parameters: readParameters(device, trainer.model.parameters),
    m: moments("m"),
    v: moments("v"),
    carried: trainer.model.carried?.read() ?? {},
    adamSteps: trainer.optimizer.steps,
    annealed: trainer.optimizer.annealed,
    saturatedEpisodes: trainer.saturation.episodes,
  };
}

/** Puts a trainer where the checkpoint left off. Throws a CheckpointError, before any change, if it is another network's. */
export function writeTrainer(device: Device, trainer: Trainer, checkpoint: Checkpoint): void {
  const trained = trainer.optimizer.moments.map(({ parameter }) => parameter);
  expectSame("m", trained, checkpoint.m);
  expectSame("v", trained, checkpoint.v);
  writeCarried(trainer, checkpoint);
  writeParameters(device, trainer.model.parameters, checkpoint.parameters);
  for (const { parameter, m, v } of trainer.optimizer.moments) {
    device.write(m, checkpoint.m[parameter.name]!.data);
    device.write(v, checkpoint.v[parameter.name]!.data);
  }
  trainer.optimizer.steps = checkpoint.adamSteps;
  trainer.optimizer.annealed = checkpoint.annealed ?? 1;
  trainer.saturation.episodes = checkpoint.saturatedEpisodes;
}

/** Throws a CheckpointError for what another network carries from batch to batch. */
function writeCarried({ model }: Trainer, { carried = {} }: Checkpoint): void {
  if (!model.carried && Object.keys(carried).length === 0) return;
  try {
    if (!model.carried) throw new RangeError("this network carries nothing from batch to batch");
    model.carried.write(carried);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new CheckpointError(`the checkpoint's carried state is of another network: ${error.message}`, {
      cause: error,
    });
  }
}

function expectSame(part: string, parameters: readonly Parameter[], stored: Matrices): void {
  const words = (names: readonly string[], shape: (name: string) => readonly number[]) =>
    names
      .map((name) => `${name} [${shape(name)}]`)
      .sort()
      .join(", ") || "nothing";
  const byName = new Map(parameters.map((parameter) => [parameter.name, parameter.shape]));
  const expected = words([...byName.keys()], (name) => byName.get(name)!);
  const got = words(Object.keys(stored), (name) => stored[name]!.shape);
  if (expected === got) return;
  throw new CheckpointError(
    `the checkpoint's ${part} are of another network: expected ${expected}, got ${got}; ` +
      "use the options that it was trained with",
  );
}
