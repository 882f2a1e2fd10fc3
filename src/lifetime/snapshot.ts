import { LIFE_FORMAT, ModelError, type Part, partsAsFile, readStored, toFloat16 } from "../models/index.js";
import { described } from "./bytes.js";
import type { Engine } from "./engine.js";
import { type BeginOptions, type Moment, momentPlaces } from "./moment.js";

/** How a life is written down. */
export interface SnapshotOptions {
  /**
   * "float32" (default) keeps every bit. "float16" takes half the bytes and rounds each number to 11 significant bits: a life
   * that is resumed from it is one that has nearly the same memory, not the same bits.
   */
  readonly precision?: "float32" | "float16";
}

/** Which snapshots a model may go on from. */
export interface ResumeOptions {
  /**
   * Also takes the snapshot of another model that has states and traces of the same names and sizes, such as the same network
   * trained further. What its traces mean is then up to whoever does so.
   */
  readonly adopt?: boolean;
}

/** A life as a safetensors file. Throws a RangeError for a number that float16 cannot hold, or an unknown precision. */
export function encodeSnapshot(
  engine: Engine,
  moment: Moment,
  { batch, halfLife }: Required<BeginOptions>,
  { precision = "float32" }: SnapshotOptions,
): Uint8Array {
  if (precision !== "float32" && precision !== "float16") {
    throw new RangeError(`snapshot: precision must be "float32" or "float16", got ${described(precision)}`);
  }
  const places = momentPlaces(engine);
  const parts = [...moment.tensors].map(([name, data]): Part => {
    const { rows, cols } = places.get(name)!;
    const shape = [batch * rows, cols];
    if (precision === "float32") return { name, dtype: "F32", shape, data };
    const halves = toFloat16(data);
    if (halves) return { name, dtype: "F16", shape, data: halves };
    throw new RangeError(
      `snapshot: ${name} has numbers beyond 65504, which float16 cannot hold; use float32`,
    );
  });
  return partsAsFile(parts, {
    format: LIFE_FORMAT,
    model: engine.fingerprint(),
    steps: String(moment.steps),
    frozen: String(moment.frozen),
    batch: String(batch),
    halfLife: String(halfLife),
  });
}

/** Reads a snapshot of one of this model's lives. Throws a ModelError, and nothing else. */
export function decodeSnapshot(
  bytes: Uint8Array,
  engine: Engine,
  { adopt }: ResumeOptions,
): Moment & { readonly options: Required<BeginOptions> } {
  const where = "resume: this is no snapshot to go on from";
  return readStored(bytes, LIFE_FORMAT, where, ({ tensors: stored, metadata: facts }) => {
    const ours = engine.fingerprint();
    const other = new ModelError(
      `it was taken with another model (${facts.model}, this one is ${ours}); resume it with that one` +
        (adopt
          ? ", or one of the same states and traces"
          : ", or with { adopt: true } if its shapes are the same"),
      { code: "other-model" },
    );
    const isOurs = facts.model === ours;
    if (!isOurs && !adopt) throw other;
    const fact = (key: string, isGood: (text: string | undefined) => boolean): string => {
      if (isGood(facts[key])) return facts[key]!;
      throw new ModelError(`its "${key}" is ${facts[key]}; use another copy`);
    };
    const number = (key: string, isGood: (value: number) => boolean): number =>
      Number(fact(key, (text) => String(Number(text)) === text && isGood(Number(text))));
    const batch = number("batch", (value) => Number.isSafeInteger(value) && value > 0);
    const halfLife = number("halfLife", (value) => value > 0);
    const steps = number("steps", (value) => Number.isSafeInteger(value) && value >= 0);
    const frozen = fact("frozen", (text) => text === "true" || text === "false") === "true";
    const places = momentPlaces(engine);
    const tensors = new Map<string, Float32Array>();
    for (const [key, { rows, cols }] of places) {
      const { shape, data } = stored.get(key) ?? {};
      const fits = shape?.length === 2 && shape[0] === batch * rows && shape[1] === cols;
      if (!isOurs && !fits) throw other;
      if (!fits || !(data instanceof Float32Array)) {
        throw new ModelError(
          `expected "${key}" [${batch * rows}, ${cols}], got ${shape ? `[${shape}]` : "nothing"}`,
        );
      }
      tensors.set(key, data);
    }
    // Earlier versions held vectors too, which a step makes anew.
    const isKnown = (key: string) => places.has(key) || key.startsWith("vector/");
    if (!isOurs && ![...stored.keys()].every(isKnown)) throw other;
    return { steps, frozen, tensors, options: { batch, halfLife } };
  });
}
