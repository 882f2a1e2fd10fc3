import fc from "fast-check";
import { describe, expect, it } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { runs } from "../../test/support/runs.js";
import { sign } from "../models/digest.js";
import { type Architecture, readSafetensors, writeSafetensors } from "../models/index.js";
import {
  type Checkpoint,
  CheckpointError,
  decodeCheckpoint,
  decodeModel,
  encodeCheckpoint,
  encodeModel,
  readCount,
} from "./checkpoint.js";
import { version } from "./version.js";

const matrix = (...numbers: number[]) => ({
  shape: [1, numbers.length] as const,
  data: Float32Array.from(numbers),
});
const checkpoint: Checkpoint = {
  experiment: "patterns",
  options: { bits: 3, rule: "oja" },
  seed: -7,
  episode: 12,
  adamSteps: 12,
  saturatedEpisodes: 3,
  device: { kind: "native", threads: 2, lanes: 8 },
  parameters: { "recurrent.w": matrix(1, 2.5, -3), "recurrent.eta": matrix(0.01) },
  m: { "recurrent.w": matrix(0, 1e-30, 3) },
  v: { "recurrent.w": matrix(5, 6, 7) },
  carried: { "0.y": matrix(0.5, -0.25) },
  annealed: 0.1 ** 3,
};
const bytes = encodeCheckpoint(checkpoint, { metricsBytes: "99" });

describe("a checkpoint file", () => {
  it("gives back all that was put in", () => {
    const { notes, ...back } = decodeCheckpoint(bytes, "file");
    expect(back).toEqual(checkpoint);
    expect(notes).toMatchObject({ metricsBytes: "99", version });
  });

  it("keeps float64 as it is, as the reference device needs it", () => {
    const w = { shape: [1, 1] as const, data: Float64Array.of(1 / 3) };
    const back = decodeCheckpoint(encodeCheckpoint({ ...checkpoint, parameters: { w } }), "file");
    expect(back.parameters.w!.data).toEqual(Float64Array.of(1 / 3));
  });

  it("also serves as a model", () => {
    const model = decodeModel(bytes, "file");
    expect(model.parameters).toEqual(checkpoint.parameters);
    expect(model).toMatchObject({
      experiment: "patterns",
      seed: -7,
      episode: 12,
      options: { bits: 3, rule: "oja" },
    });
  });

  it("cut off anywhere is refused with a CheckpointError that names the file", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: bytes.length - 1 }), (length) => {
        expect(() => decodeCheckpoint(bytes.subarray(0, length), "runs/a/checkpoint")).toThrow(
          CheckpointError,
        );
        expect(() => decodeCheckpoint(bytes.subarray(0, length), "runs/a/checkpoint")).toThrow(
          "runs/a/checkpoint",
        );
      }),
    );
  });

  it("with any bit changed, or any stretch of it zero, is refused with a CheckpointError, as a checkpoint and as a model", () => {
    const refused = (damaged: Uint8Array): boolean =>
      [decodeCheckpoint, decodeModel].every((decode) => {
        try {
          decode(damaged, "file");
          return false;
        } catch (error) {
          return error instanceof CheckpointError;
        }
      });
    const changed = bytes.slice();
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      changed[bit >> 3]! ^= 1 << (bit & 7);
      if (!refused(changed)) expect.fail(`bit ${bit} was missed`);
      changed[bit >> 3]! ^= 1 << (bit & 7);
    }
    for (let from = 0; from < bytes.length; from += 32) {
      if (!refused(bytes.slice().fill(0, from, from + 512))) expect.fail(`zeros from ${from} were missed`);
    }
  });

  it("with any byte changed and a digest to match is read, or refused with a CheckpointError and nothing else", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: bytes.length - 1 }),
        fc.integer({ min: 0, max: 255 }),
        (at, value) => {
          const damaged = bytes.slice();
          damaged[at] = value;
          sign(damaged);
          try {
            decodeCheckpoint(damaged, "file");
          } catch (error) {
            expect(error).toBeInstanceOf(CheckpointError);
          }
        },
      ),
      { numRuns: runs(1500) },
    );
  });

  it.each(["", " 12", "1e1", "0x7", "1.5", "-1", "NaN", "12 ", "99999999999999999999", "012"])(
    "whose numbers are %j is refused, whichever number it is",
    (text) => {
      const { tensors, metadata } = readSafetensors(bytes);
      for (const key of ["seed", "episode", "adamSteps", "saturatedEpisodes", "threads"]) {
        if (key === "seed" && text === "-1") continue;
        const other = writeSafetensors(Object.fromEntries(tensors), { ...metadata, [key]: text });
        expect(() => decodeCheckpoint(other, "file")).toThrow(
          `file: damaged: no usable "${key}" in it (got ${JSON.stringify(text)})`,
        );
      }
      expect(() => readCount({ metricsBytes: text }, "metricsBytes", "file")).toThrow(CheckpointError);
    },
  );

  it("of a run that carries nothing and anneals nothing says nothing of it", () => {
    const { carried: _, annealed: __, ...usual } = checkpoint;
    const back = decodeCheckpoint(encodeCheckpoint(usual), "file");
    expect(back).toMatchObject({ carried: {}, annealed: 1 });
    expect(back.notes).not.toHaveProperty("annealed");
    const odd = encodeCheckpoint(usual, { annealed: "-1" });
    expect(() => decodeCheckpoint(odd, "file")).toThrow(
      'file: damaged: no usable "annealed" in it (got "-1")',
    );
  });

  it("of the first version, without a digest and without a count of saturated episodes, is read", () => {
    const { tensors, metadata } = readSafetensors(bytes);
    const { saturatedEpisodes: _, ...old }: Record<string, string> = {
      ...metadata,
      format: "hebbian checkpoint 1",
    };
    const { notes, ...back } = decodeCheckpoint(writeSafetensors(Object.fromEntries(tensors), old), "file");
    expect(back).toEqual({ ...checkpoint, saturatedEpisodes: 0 });
  });

  it("of another program, or holding NaN, is refused", () => {
    expect(() => decodeCheckpoint(writeSafetensors({}, { format: "pt" }), "x")).toThrow(
      'x: expected a file of format "hebbian checkpoint 2", got "pt"; pass a checkpoint file',
    );
    const poisoned = encodeCheckpoint({ ...checkpoint, m: { "recurrent.w": matrix(Number.NaN) } });
    expect(() => decodeCheckpoint(poisoned, "x")).toThrow(/x: damaged: no usable "m\/recurrent.w"/);
  });
});

describe("a model file", () => {
  const nothing: Architecture = { inputs: [], states: [], connections: [], programs: [], answers: 1 };

  it("holds the parameters under their own names, with its notes, and no moments", () => {
    const model = decodeModel(
      encodeModel(checkpoint, nothing, { command: "hebbian train patterns" }),
      "file",
    );
    expect(model.parameters).toEqual(checkpoint.parameters);
    expect(model.notes.command).toBe("hebbian train patterns");
    expect(encodeModel(checkpoint, nothing, {}).length).toBeLessThan(bytes.length);
  });

  it("as float16 rounds its numbers to half precision", () => {
    const third = { ...checkpoint, parameters: { w: matrix(1 / 3) } };
    const model = decodeModel(encodeModel(third, nothing, {}, "float16"), "file");
    expect(model.parameters.w!.data[0]).toBeCloseTo(1 / 3, 3);
    expect(model.parameters.w!.data[0]).not.toBe(Math.fround(1 / 3));
  });

  it("as int8 keeps matrices to within half a step of each column, and vectors as they are", () => {
    const w = { shape: [2, 2] as const, data: Float32Array.of(1, -0.1, 0.3, 0.05) };
    const small = { ...checkpoint, parameters: { w, eta: matrix(1 / 3) } };
    const { parameters } = decodeModel(encodeModel(small, nothing, {}, "int8"), "file");
    expect(parameters.eta!.data).toEqual(Float32Array.of(1 / 3));
    w.data.forEach((number, k) => {
      expect(Math.abs(parameters.w!.data[k]! - number)).toBeLessThanOrEqual((k % 2 === 0 ? 1 : 0.1) / 253);
    });
    expect(parameters.w!.data[0]).toBeCloseTo(1, 6);
  });

  it("is not taken for a checkpoint", () => {
    expect(() => decodeCheckpoint(encodeModel(checkpoint, nothing, {}), "x")).toThrow(
      /got "hebbian model 2"; pass a checkpoint file/,
    );
  });
});

it("the version written into files is the package's", () => {
  expect(version).toBe(packageJson.version);
});
