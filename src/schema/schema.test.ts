import fc from "fast-check";
import { describe, expect, expectTypeOf, test } from "vitest";
import * as z from "./index.js";

const options = z.object({
  network: z.enum(["plastic", "rnn"]).default("plastic").describe("which network"),
  bits: z.int().min(2).max(10).multipleOf(2).describe("bits of a pattern"),
  lr: z.number().positive().default(1e-3).describe("learning rate"),
  seed: z.int().nullable().default(null),
});

const faultsOf = (schema: z.Schema<unknown, unknown>, value: unknown): readonly string[] => {
  const checked = schema.check(value);
  return "value" in checked ? [] : checked.faults.map(z.faultText);
};

describe("a schema of options", () => {
  test("fills in the defaults and leaves other keys out", () => {
    expect(options.parse({ bits: 4, other: 1 })).toEqual({
      network: "plastic",
      bits: 4,
      lr: 1e-3,
      seed: null,
    });
  });

  test("has the types of what comes out, and of what may go in", () => {
    expectTypeOf<z.output<typeof options>>().toEqualTypeOf<{
      network: "plastic" | "rnn";
      bits: number;
      lr: number;
      seed: number | null;
    }>();
    expectTypeOf<z.input<typeof options>>().toEqualTypeOf<{
      bits: number;
      network?: "plastic" | "rnn" | undefined;
      lr?: number | undefined;
      seed?: number | null | undefined;
    }>();
  });

  test("names every fault at once: where, what was expected, what came", () => {
    expect(faultsOf(options, { network: "lstm", bits: 3, lr: 0, seed: 0.5 })).toEqual([
      'network: expected one of plastic, rnn, got "lstm"',
      "bits: expected a whole number from 2 to 10, a multiple of 2, got 3",
      "lr: expected a number above 0, got 0",
      "seed: expected a whole number, got 0.5",
    ]);
    expect(() => options.parse({})).toThrow(
      new TypeError("bits: expected a whole number from 2 to 10, a multiple of 2, got undefined"),
    );
  });

  test("names unknown keys where it is strict, and reads no key that the object only inherits", () => {
    expect(faultsOf(options.strict(), { bits: 4, bit: 3, toString: 1 })).toEqual(["unknown: bit, toString"]);
    expect(faultsOf(options, Object.create({ bits: 4 }))).toHaveLength(1);
    expect(faultsOf(options.strict(), JSON.parse('{ "bits": 4, "__proto__": { "bits": 5 } }'))).toEqual([
      "unknown: __proto__",
    ]);
  });

  test("says as data what flags and sliders are made of", () => {
    expect(options.shape.bits.facts).toEqual({
      type: "integer",
      min: 2,
      max: 10,
      step: 2,
      description: "bits of a pattern",
    });
    expect(options.shape.lr.facts).toMatchObject({ type: "number", min: 0, above: true, default: 1e-3 });
    expect(options.shape.network.facts).toMatchObject({ type: "choice", choices: ["plastic", "rnn"] });
  });
});

describe("a schema of a file's JSON", () => {
  const layout = z.strictObject({
    size: z.literal(31),
    alphabets: z.array(z.strictObject({ name: z.string(), characters: z.int().min(1) }), 1),
    more: z.record(z.boolean()),
  });

  test("reads what was written", () => {
    const value = { size: 31, alphabets: [{ name: "Greek", characters: 24 }], more: { seen: true } };
    expect(layout.parse(JSON.parse(JSON.stringify(value)))).toEqual(value);
  });

  test.each([
    [[], "expected an object, got []"],
    [{ size: 30 }, "size: expected 31, got 30"],
    [{ alphabets: [] }, "alphabets: expected a list of at least 1, got []"],
    [{ alphabets: [{ name: 1, characters: 1 }] }, "alphabets.0.name: expected a text, got 1"],
    [{ more: { seen: "yes" } }, 'more.seen: expected true or false, got "yes"'],
  ])("says where %j is wrong", (value, fault) => {
    expect(faultsOf(layout, value)).toContain(fault);
  });

  test("takes anything that JSON can say without throwing, and changes nothing in it", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const before = JSON.stringify(value);
        layout.check(value);
        expect(JSON.stringify(value)).toBe(before);
        expect(z.unknown().parse(value)).toBe(value);
      }),
      { seed: 1 },
    );
  });
});

describe("numbers", () => {
  test.each([NaN, Infinity, -Infinity, "1", null, undefined, 1n, {}])("%s is none", (value) => {
    expect(faultsOf(z.number(), value)).toHaveLength(1);
    expect(faultsOf(z.int(), value)).toHaveLength(1);
  });

  test("integers are exact ones", () => {
    expect(faultsOf(z.int(), 2 ** 53)).toHaveLength(1);
    expect(faultsOf(z.int(), 2 ** 53 - 1)).toEqual([]);
    expect(faultsOf(z.int(), 1.5)).toEqual(["expected a whole number, got 1.5"]);
  });

  test("bounds are said as they are", () => {
    expect(faultsOf(z.number().positive().max(1), 2)).toEqual(["expected a number above 0, up to 1, got 2"]);
    expect(faultsOf(z.number().min(0), -1)).toEqual(["expected a number of at least 0, got -1"]);
    expect(faultsOf(z.number().max(1), 2)).toEqual(["expected a number of at most 1, got 2"]);
  });
});
