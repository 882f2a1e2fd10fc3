import { isDeepStrictEqual } from "node:util";
import { encode } from "fast-png";
import { afterAll, expect, it } from "vitest";
import { DataError } from "../../cli/dataFolders.js";
import { unzip } from "../../cli/zip.js";
import { init } from "../../src/devices/init.js";
import { patternsSmall } from "../../src/experiments/index.js";
import { loadModel, ModelError } from "../../src/lifetime/index.js";
import { readModelFile } from "../../src/models/index.js";
import { pngImages, proceduralImages, random } from "../../src/tasks/index.js";
import {
  CheckpointError,
  decodeCheckpoint,
  encodeCheckpoint,
  readSafetensors,
  resolveOptions,
  run,
} from "../../src/training/index.js";
import { modelFileOf, networks } from "../support/networks.js";
import { seed } from "../support/seed.js";
import { zipOf } from "../support/zips.js";
import { damaged } from "./damage.js";

/** Damaged files of each kind; there are five kinds. */
const FILES = 2000;
const LIMIT_MS = 1000;
/** Far above what reading one of these files of some kilobytes takes, far below what a bomb does. */
const LIMIT_BYTES = 256 * 1024 * 1024;
/** Faults that are told. */
const SHOWN = 10;

const reference = await init({ device: "reference" });
afterAll(() => reference.dispose());

/**
 * Reads damaged files. `read` says whether what it read is right: the same as in the whole file or, where the format cannot
 * tell, at least possible. Anything thrown but a `refusal` is a fault, and so is what takes too long or too much memory.
 */
function survive(
  kind: string,
  files: readonly Uint8Array[],
  refusal: new (...args: never[]) => Error,
  read: (bytes: Uint8Array, file: number) => boolean,
): void {
  const faults: string[] = [];
  let [accepted, slowest] = [0, 0];
  for (const [k, file] of files.entries()) {
    if (!read(file, k)) throw new Error(`the whole ${kind} ${k} is not read rightly`);
  }
  const attempt = (bytes: Uint8Array, file: number): string => {
    try {
      return read(bytes, file) ? "accepted" : "accepted with other content";
    } catch (error) {
      if (error instanceof refusal && error.message.length < 1000) return "refused";
      return String(error).slice(0, 300);
    }
  };
  for (let index = 0; index < FILES; index++) {
    const file = index % files.length;
    const { how, bytes } = damaged(random(seed, `damaged ${kind}`, index), files[file]!, files);
    const { maxRSS } = process.resourceUsage();
    // Of this process's own time, for another may have the processor.
    const cpu = process.cpuUsage();
    let outcome = attempt(bytes, file);
    const { user, system } = process.cpuUsage(cpu);
    const took = (user + system) / 1000;
    slowest = Math.max(slowest, took);
    if (outcome === "accepted") accepted++;
    const grown = 1024 * (process.resourceUsage().maxRSS - maxRSS);
    if (took > LIMIT_MS) outcome = `${took} ms`;
    if (grown > LIMIT_BYTES) outcome = `${grown} bytes of memory`;
    if (outcome !== "accepted" && outcome !== "refused")
      faults.push(`${kind} ${file}, ${index}, ${how}: ${outcome}`);
  }
  console.log(
    `${kind}: HEBBIAN_SEED=${seed}, ${FILES} files, ${accepted} accepted, ${faults.length} faults, the slowest took ${slowest.toFixed(0)} ms`,
  );
  expect(faults.slice(0, SHOWN), `${faults.length} faults`).toEqual([]);
}

const DIGEST = /digest|checksum|sha/i;

/** The same entries, but that a digest may have lost its name and with it its meaning. */
function sameNotes(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  return Object.entries(b).every(([key, value]) => a[key] === value || (!(key in a) && DIGEST.test(key)));
}

/** The same tensors and metadata. */
function sameFile(bytes: Uint8Array, whole: Uint8Array): boolean {
  const [a, b] = [readSafetensors(bytes), readSafetensors(whole)];
  return isDeepStrictEqual(a.tensors, b.tensors) && sameNotes(a.metadata, b.metadata);
}

it(`${FILES} damaged models are each refused as such, or read as they were`, () => {
  const builders = [networks["plastic RNN"], networks["plastic LSTM"], networks["few-shot classifier"]];
  const files = builders.map((build) => modelFileOf(build!, reference));
  files.push(modelFileOf(builders[0]!, reference, "float16"), modelFileOf(builders[0]!, reference, "int8"));
  survive("model", files, ModelError, (bytes, k) => {
    readModelFile(bytes, "model");
    return sameFile(bytes, files[k]!);
  });
});

it(`${FILES} damaged snapshots are each refused as such, or go on as they would have`, async () => {
  const model = await loadModel(modelFileOf(networks["plastic RNN"]!, reference));
  const rng = random(seed, "lived", 0);
  const files = [1, 2].map((batch) => {
    const life = model.begin({ batch, halfLife: 10 });
    for (let t = 0; t < 5; t++) {
      life.step(Float32Array.from({ length: batch * model.inputs[0]!.size }, () => rng.uniform()));
    }
    return life.snapshot();
  });
  survive("snapshot", files, ModelError, (bytes, k) => {
    const life = model.resume(bytes);
    const again = life.snapshot();
    life.end();
    return Buffer.from(again).equals(files[k]!);
  });
});

it(`${FILES} damaged checkpoints are each refused as such, or read as they were`, async () => {
  const files: Uint8Array[] = [];
  for (const network of ["plastic", "plastic-lstm"]) {
    const options = resolveOptions(patternsSmall, { bits: 6, network });
    for await (const event of run(patternsSmall, { device: reference, seed: 0, episodes: 2, options })) {
      if (event.type === "checkpoint")
        files.push(encodeCheckpoint(event.checkpoint, { metricsBytes: "1234" }));
    }
  }
  const whole = files.map((file) => decodeCheckpoint(file, "checkpoint"));
  survive("checkpoint", files, CheckpointError, (bytes, k) => {
    const { notes, ...state } = decodeCheckpoint(bytes, "checkpoint");
    const { notes: expected, ...original } = whole[k]!;
    return isDeepStrictEqual(state, original) && sameNotes(notes, expected);
  });
});

/** A PNG of a procedural picture, with as many channels and bits as asked for. */
function pngOf(index: number, channels: 1 | 2 | 3 | 4, depth: 8 | 16): Uint8Array {
  const greys = proceduralImages(seed).pixels(index);
  const white = 2 ** depth - 1;
  const values = Array.from({ length: 1024 * channels }, (_, k) => {
    return Math.round((white * (1 + greys[Math.floor(k / channels)]!)) / 2);
  });
  const data = depth === 8 ? Uint8Array.from(values) : Uint16Array.from(values);
  return Uint8Array.from(encode({ width: 32, height: 32, data, channels, depth }));
}

it(`${FILES} damaged PNGs are each refused as such, or read as pictures`, () => {
  const files = [pngOf(0, 1, 8), pngOf(1, 3, 8), pngOf(2, 4, 8), pngOf(3, 2, 8), pngOf(4, 3, 16)];
  survive("PNG", files, RangeError, (bytes) => {
    const { set } = pngImages([{ name: "picture.png", bytes }]);
    return set.count === 1 && set.pixels(0).length === 1024 && set.pixels(0).every(Number.isFinite);
  });
});

it(`${FILES} damaged zips are each refused as such, or give files that were in them`, () => {
  const contents = [0, 1, 2].map((k) => ({
    name: `alphabet/character0${k}/0${k}.png`,
    bytes: pngOf(k, 1, 8),
  }));
  const files = [zipOf(contents), zipOf(contents.slice(1))];
  survive("zip", files, DataError, (bytes) => {
    const unpacked = [...unzip({ name: "characters.zip", bytes }, () => true, { files: 100, bytes: 8192 })];
    // Names and the list have no checksum in this format; what a file holds has one.
    return unpacked.every((file) => contents.some((each) => Buffer.from(each.bytes).equals(file.bytes)));
  });
});
