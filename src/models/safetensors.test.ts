import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { runs } from "../../test/support/runs.js";
import { sign } from "./digest.js";
import { readSafetensors, SafetensorsError, type TensorToWrite, writeSafetensors } from "./safetensors.js";

/** A file with any header text and data, valid or not. */
function file(header: string, data: Uint8Array = new Uint8Array(0), claimed?: bigint): Uint8Array {
  const json = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + json.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, claimed ?? BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(data, 8 + json.length);
  return bytes;
}

const entry = (dtype: string, shape: number[], begin: number, end: number) =>
  JSON.stringify({ dtype, shape, data_offsets: [begin, end] });

const sample = (): Record<string, TensorToWrite> => ({
  "rnn.w": { shape: [2, 3], data: Float32Array.of(1, -2, 0.5, 3, Number.NaN, -0) },
  "rnn.alpha": { shape: [3], data: Float32Array.of(1 / 3, 65504, 1e-7), dtype: "F16" },
  step: { shape: [], data: Int32Array.of(-7) },
  grad: { shape: [2], data: Float64Array.of(Math.PI, -1e300) },
  seen: { shape: [1], data: BigUint64Array.of(2n ** 64n - 1n) },
  none: { shape: [0, 4], data: new Float32Array(0) },
  flags: { shape: [3], data: Uint8Array.of(1, 0, 255) },
});

const tensorArbitrary = fc.oneof(
  fc.float32Array({ maxLength: 12 }).map((data) => ({ shape: [data.length], data })),
  fc.float64Array({ maxLength: 12 }).map((data) => ({ shape: [data.length, 1], data })),
  fc.int32Array({ maxLength: 12 }).map((data) => ({ shape: [1, data.length], data })),
  fc.int8Array({ maxLength: 12 }).map((data) => ({ shape: [data.length], data })),
  fc.bigUint64Array({ maxLength: 4 }).map((data) => ({ shape: [data.length], data })),
);
const tensorsArbitrary = fc.dictionary(
  fc.string({ unit: "grapheme" }).filter((name) => name !== "__metadata__"),
  tensorArbitrary,
);

/** What reading does: the names found, or the one error allowed. Any other error fails the test. */
function outcome(bytes: Uint8Array): string[] | "refused" {
  try {
    return [...readSafetensors(bytes).tensors.keys()];
  } catch (error) {
    expect(error).toBeInstanceOf(SafetensorsError);
    expect((error as Error).message.length).toBeLessThan(600);
    return "refused";
  }
}

describe("safetensors", () => {
  test("what is written is read back: names, dtypes, shapes, data and metadata", () => {
    const written = sample();
    const { tensors, metadata } = readSafetensors(writeSafetensors(written, { format: "1", note: "é\n" }));
    expect(metadata).toEqual({ format: "1", note: "é\n" });
    expect(new Set(tensors.keys())).toEqual(new Set(Object.keys(written)));
    for (const [name, { shape, data }] of Object.entries(written)) {
      expect(tensors.get(name)?.shape).toEqual(shape);
      if (name !== "rnn.alpha") expect(tensors.get(name)?.data).toStrictEqual(data);
    }
    const half = tensors.get("rnn.alpha");
    expect(half?.dtype).toBe("F16");
    expect(half?.data).toEqual(Float32Array.of(0.333251953125, 65504, 1.1920928955078125e-7));
  });

  test("any tensors survive the round trip, bit for bit, from a Buffer at any offset", () => {
    fc.assert(
      fc.property(tensorsArbitrary, fc.nat(9), (written, offset) => {
        const bytes = writeSafetensors(written, {});
        const shifted = Buffer.alloc(bytes.length + offset);
        shifted.set(bytes, offset);
        const { tensors } = readSafetensors(shifted.subarray(offset));
        shifted.fill(0);
        expect(tensors.size).toBe(Object.keys(written).length);
        for (const [name, { shape, data }] of Object.entries(written)) {
          expect(tensors.get(name)?.shape).toEqual(shape);
          const bits = (array: typeof data) => Buffer.from(array.buffer, array.byteOffset, array.byteLength);
          expect(bits(tensors.get(name)!.data as typeof data).equals(bits(data))).toBe(true);
        }
      }),
    );
  });

  test("the data starts at a multiple of 8 and every tensor at a multiple of its element size", () => {
    fc.assert(
      fc.property(tensorsArbitrary, (written) => {
        const bytes = writeSafetensors(written, {});
        const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
        expect(length % 8).toBe(0);
        const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
        for (const [name, { data }] of Object.entries(written)) {
          expect(header[name].data_offsets[0] % data.BYTES_PER_ELEMENT).toBe(0);
        }
      }),
    );
  });

  test("the order in which tensors are passed does not change the file", () => {
    const reversed = Object.fromEntries(Object.entries(sample()).reverse());
    expect(writeSafetensors(reversed, {})).toEqual(writeSafetensors(sample(), {}));
  });

  test("a reader written in Python from the specification finds the same numbers", (context) => {
    if (spawnSync("python3", ["-c", "pass"]).status !== 0) {
      console.log("skipped: python3 is not installed");
      context.skip();
    }
    const folder = mkdtempSync(join(tmpdir(), "safetensors-"));
    try {
      writeFileSync(join(folder, "t.safetensors"), writeSafetensors(sample(), { rule: "oja" }));
      const program = `
import json, struct, sys
raw = open(sys.argv[1], "rb").read()
n, = struct.unpack("<Q", raw[:8])
header, data = json.loads(raw[8:8 + n]), raw[8 + n:]
code = {"F64": "d", "F32": "f", "F16": "e", "I32": "i", "U64": "Q", "U8": "B"}
meta = header.pop("__metadata__")
out = {k: [v["dtype"], v["shape"], [str(x) for x in struct.unpack("<%d%s" % ((v["data_offsets"][1] - v["data_offsets"][0]) // struct.calcsize("<" + code[v["dtype"]]), code[v["dtype"]]), data[slice(*v["data_offsets"])])]] for k, v in header.items()}
print(json.dumps([meta, out]))`;
      const printed = execFileSync("python3", ["-c", program, join(folder, "t.safetensors")]);
      expect(JSON.parse(printed.toString())).toEqual([
        { digest: expect.stringMatching(/^[0-9a-f]{16}$/), rule: "oja" },
        {
          "rnn.w": ["F32", [2, 3], ["1.0", "-2.0", "0.5", "3.0", "nan", "-0.0"]],
          "rnn.alpha": ["F16", [3], ["0.333251953125", "65504.0", "1.1920928955078125e-07"]],
          step: ["I32", [], ["-7"]],
          grad: ["F64", [2], ["3.141592653589793", "-1e+300"]],
          seen: ["U64", [1], ["18446744073709551615"]],
          none: ["F32", [0, 4], []],
          flags: ["U8", [3], ["1", "0", "255"]],
        },
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("a file laid out by hand as the specification says is read", () => {
    const data = Uint8Array.of(0, 0, 128, 63, 5);
    const header = `{"a":${entry("U8", [1], 4, 5)},"b" : ${entry("F32", [1, 1], 0, 4)}}   \n`;
    const { tensors, metadata } = readSafetensors(file(header, data));
    expect(metadata).toEqual({});
    expect([...tensors]).toEqual([
      ["b", { dtype: "F32", shape: [1, 1], data: Float32Array.of(1) }],
      ["a", { dtype: "U8", shape: [1], data: Uint8Array.of(5) }],
    ]);
    expect(readSafetensors(file("{}")).tensors.size).toBe(0);
  });

  const four = new Uint8Array(4);
  const deep = `{"a":${"[".repeat(1e6)}`;
  test.each<[string, Uint8Array, RegExp]>([
    ["seven bytes", new Uint8Array(7), /at least 8 bytes, got 7/],
    ["no header", new Uint8Array(8), /does not start with/],
    ["a header of 2^63 bytes", file("{}", four, 2n ** 63n), /format allows 100000000/],
    ["a header longer than the file", file("{}", four, 7n), /claims 7 bytes, only 6 follow/],
    ["white space before the header", file(" {}"), /does not start with/],
    ["a byte order mark", file("\ufeff{}"), /does not start with/],
    ["broken JSON", file('{"a":'), /not JSON/],
    ["bad UTF-8", Uint8Array.of(4, 0, 0, 0, 0, 0, 0, 0, 123, 34, 255, 125), /not JSON in UTF-8/],
    ["a deep header", file(deep), /deeper than 3/],
    [
      "a tensor twice",
      file(`{"a":${entry("F32", [1], 0, 4)},"\\u0061":${entry("F32", [0], 4, 4)}}`, four),
      /"a" twice/,
    ],
    [
      "a field twice",
      file('{"a":{"dtype":"F32","dtype":"I32","shape":[1],"data_offsets":[0,4]}}', four),
      /twice/,
    ],
    [
      "another digest",
      file(`{"__metadata__":{"digest":"${"0".repeat(16)}"}}`),
      /what it holds is not what was written; the file is damaged/,
    ],
    ["a number as metadata", file('{"__metadata__":{"a":1}}'), /"a" must be text, got 1/],
    ["a list as metadata", file('{"__metadata__":[]}'), /must map text to text/],
    ["null for a tensor", file('{"a":null}'), /must be an object, got null/],
    [
      "an unknown dtype",
      file(`{"a":${entry("F8_E5M2", [4], 0, 4)}}`, four),
      /dtype "F8_E5M2", expected one of F16, F64/,
    ],
    [
      "a dtype from Object.prototype",
      file(`{"a":${entry("toString", [4], 0, 4)}}`, four),
      /dtype "toString"/,
    ],
    ["a negative side", file(`{"a":${entry("F32", [-1, -1], 0, 4)}}`, four), /whole numbers, got \[-1,-1\]/],
    ["half an element", file(`{"a":${entry("F32", [0.5, 2], 0, 4)}}`, four), /whole numbers/],
    [
      "too few bytes for the shape",
      file(`{"a":${entry("F32", [2], 0, 4)}}`, four),
      /does not take the 4 bytes/,
    ],
    [
      "a shape beyond any memory",
      file(`{"a":${entry("U8", [2 ** 40, 2 ** 40], 0, 4)}}`, four),
      /does not take/,
    ],
    [
      "offsets that run backwards",
      file(`{"a":${entry("U8", [4], 4, 0)}}`, four),
      /does not take the -4 bytes/,
    ],
    [
      "one offset",
      file('{"a":{"dtype":"U8","shape":[4],"data_offsets":[4]}}', four),
      /two whole numbers, got \[4\]/,
    ],
    [
      "a hole before",
      file(`{"a":${entry("U8", [3], 1, 4)}}`, four),
      /starts at byte 1 of the data, expected 0/,
    ],
    ["an overlap", file(`{"a":${entry("U8", [3], 0, 3)},"b":${entry("U8", [2], 2, 4)}}`, four), /overlap/],
    ["data left over", file(`{"a":${entry("U8", [3], 0, 3)}}`, four), /take 3 bytes of data, the file has 4/],
    [
      "data missing",
      file(`{"a":${entry("U8", [4], 0, 4)}}`, new Uint8Array(3)),
      /take 4 bytes of data, the file has 3/,
    ],
  ])("%s is refused with the reason", (_, bytes, message) => {
    expect(() => readSafetensors(bytes)).toThrow(SafetensorsError);
    expect(() => readSafetensors(bytes)).toThrow(message);
  });

  test("a valid file cut short anywhere is refused", () => {
    const bytes = writeSafetensors(sample(), { a: "b" });
    for (let length = 0; length < bytes.length; length++) {
      expect(outcome(bytes.subarray(0, length))).toBe("refused");
    }
  });

  test("random bytes never cause anything but a SafetensorsError", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void outcome(bytes)));
  });

  test("random JSON behind a right length never causes anything but a SafetensorsError", () => {
    const infos = fc.record(
      {
        dtype: fc.oneof(fc.constantFrom("F32", "U8", "F16"), fc.jsonValue()),
        shape: fc.oneof(fc.array(fc.oneof(fc.nat(4), fc.maxSafeInteger())), fc.jsonValue()),
        data_offsets: fc.oneof(fc.tuple(fc.nat(8), fc.nat(8)), fc.jsonValue()),
      },
      { requiredKeys: [] },
    );
    const headers = fc.dictionary(
      fc.oneof(fc.string(), fc.constant("__metadata__")),
      fc.oneof(infos, fc.jsonValue()),
    );
    fc.assert(
      fc.property(headers, fc.uint8Array({ maxLength: 8 }), (header, data) => {
        outcome(file(JSON.stringify(header), data));
      }),
    );
  });

  test("a mutated file is read whole or refused with a SafetensorsError, within little memory", () => {
    const valid = writeSafetensors(sample(), { a: "b" });
    const mutations = fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(mutations, (changes) => {
        const bytes = valid.slice();
        for (const [at, value] of changes) bytes[at] = value;
        // Without this, the digest would refuse every one before anything else looks at it.
        sign(bytes);
        const names = outcome(bytes);
        if (names === "refused") return;
        let held = 0;
        for (const { data } of readSafetensors(bytes).tensors.values()) held += data.buffer.byteLength;
        expect(held).toBeLessThanOrEqual(2 * bytes.length);
      }),
      { numRuns: runs(6000) },
    );
  });

  describe("the digest of a file", () => {
    const valid = writeSafetensors(sample(), { format: "1", "7": "a key that objects put first" });

    test("is found in what was written, whatever the tensors and notes are, at any offset", () => {
      const notes = fc.dictionary(
        fc.string().filter((key) => key !== "digest"),
        fc.string(),
      );
      fc.assert(
        fc.property(tensorsArbitrary, notes, fc.nat(9), (written, metadata, offset) => {
          const bytes = writeSafetensors(written, metadata);
          const shifted = new Uint8Array(bytes.length + offset);
          shifted.set(bytes, offset);
          const read = readSafetensors(shifted.subarray(offset));
          expect(read.hasDigest).toBe(true);
          expect({ ...read.metadata }).toEqual({ ...metadata });
        }),
      );
    });

    test("stands in the metadata for everybody, and is no note for us", () => {
      const text = new TextDecoder().decode(valid.subarray(8, 8 + 80));
      expect(text).toMatch(/^\{"__metadata__":\{"digest":"[0-9a-f]{16}",/);
      expect(Object.keys(readSafetensors(valid).metadata).sort()).toEqual(["7", "format"]);
    });

    test("is not taken from outside", () => {
      expect(writeSafetensors({}, { digest: "mine", a: "b" })).toEqual(writeSafetensors({}, { a: "b" }));
    });

    test("is missing in files of other programs, which are read all the same", () => {
      expect(readSafetensors(file('{"__metadata__":{"a":"b","digest":"mine"}}'))).toMatchObject({
        hasDigest: false,
        metadata: { a: "b" },
      });
    });

    test("with any bit of the file changed is wrong, or no longer there", () => {
      const damaged = valid.slice();
      let read = 0;
      for (let bit = 0; bit < 8 * valid.length; bit++) {
        damaged[bit >> 3]! ^= 1 << (bit & 7);
        try {
          if (readSafetensors(damaged).hasDigest) expect.fail(`bit ${bit} was missed`);
          read++;
        } catch (error) {
          if (!(error instanceof SafetensorsError)) throw error;
        }
        damaged[bit >> 3]! ^= 1 << (bit & 7);
      }
      // Bits of the word "digest" itself.
      expect(read).toBeLessThan(8 * "digest".length);
    });

    test("finds any stretch of zeros, and any cut, in a file of many blocks", () => {
      const large = writeSafetensors(
        { w: { shape: [3000], data: Float32Array.from({ length: 3000 }, (_, k) => Math.sin(k + 1)) } },
        {},
      );
      for (let from = 0; from < large.length; from += 512) {
        expect(outcome(large.slice().fill(0, from, from + 512))).toBe("refused");
        expect(outcome(large.subarray(0, from))).toBe("refused");
      }
    });
  });

  test("a writer given a wrong shape, dtype or name says which tensor and why", () => {
    const data = Float32Array.of(1, 2);
    const write = (name: string, tensor: TensorToWrite) => () => writeSafetensors({ [name]: tensor }, {});
    expect(write("w", { shape: [3], data })).toThrow(/tensor "w": shape \[3\] does not hold its 2 elements/);
    expect(write("w", { shape: [-1, -2], data })).toThrow(SafetensorsError);
    expect(write("w", { shape: [2], data, dtype: "F64" })).toThrow(/cannot write Float32Array as F64/);
    expect(write("n", { shape: [1], data: Int32Array.of(1), dtype: "F16" })).toThrow(/Int32Array as F16/);
    expect(write("__metadata__", { shape: [2], data })).toThrow(/reserved/);
  });
});
