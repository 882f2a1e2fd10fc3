import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { textOf } from "../drawingText.js";
import { read } from "./kept.js";
import { allFrom, amountOf, cleanName, LONGEST_NAME, MOST, type Named, textOfAll } from "./named.js";

const share = fc.double({ min: 0, max: 1, noNaN: true });
const drawing = fc
  .array(fc.array(fc.tuple(share, share), { minLength: 2, maxLength: 12 }), { minLength: 1, maxLength: 4 })
  .filter((strokes) => strokes.some(([a, b]) => Math.hypot(a![0] - b![0], a![1] - b![1]) > 0.4));
const named = fc.record({
  name: fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }).map(cleanName),
  drawing,
});
const taught = fc.uniqueArray(
  named.filter(({ name }) => name !== ""),
  {
    maxLength: MOST,
    selector: ({ name }) => name.toLowerCase(),
  },
);
const asWritten = (all: readonly Named[]) =>
  all.map((each) => ({ name: each.name, drawing: textOf(each.drawing) }));

describe("what was taught, in an address", () => {
  it("comes back with its names and drawings, through whatever an address does to letters", () => {
    fc.assert(
      fc.property(taught, (all) => {
        const query = new URLSearchParams({ symbols: textOfAll(all) }).toString();
        const back = allFrom(new URLSearchParams(query).get("symbols")!);
        expect(back.map(({ name }) => name)).toEqual(all.map(({ name }) => name));
        expect(asWritten(allFrom(textOfAll(back)))).toEqual(asWritten(back));
      }),
      { numRuns: 50 },
    );
  });

  it("leaves out what is damaged, twice there, nameless, a dot, or too much", () => {
    const line = textOf([
      [
        [0.1, 0.1],
        [0.9, 0.9],
      ],
    ]);
    const text = ["a", "A", "", "b", "c", "d", "e", "f"].map((name) => `${name}~${line}`).join(",");
    expect(allFrom(text).map(({ name }) => name)).toEqual(["a", "b", "c", "d", "e"]);
    expect(
      allFrom(`a~${line.slice(1)},b~${textOf([[[0.5, 0.5]]])},c,~,,x~${line}`).map(({ name }) => name),
    ).toEqual(["x"]);
    fc.assert(fc.property(fc.string(), (any) => allFrom(any).length <= MOST));
  });
});

describe("a name", () => {
  it("is one line of letters that can be seen, and cleaning it again changes nothing", () => {
    expect(cleanName("  ma\tmá\n ~,")).toBe("ma má");
    expect(cleanName("\u202e\u200b")).toBe("");
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const clean = cleanName(text);
        expect([...clean].length).toBeLessThanOrEqual(LONGEST_NAME);
        expect(cleanName(clean)).toBe(clean);
      }),
    );
  });
});

it.each([
  [[], "nothing"],
  [[[]], "nothing"],
  [[[[0.5, 0.5]]], "little"],
  [
    [
      [
        [0.5, 0.5],
        [0.6, 0.5],
      ],
    ],
    "little",
  ],
  [
    [
      [
        [0.2, 0.5],
        [0.6, 0.5],
      ],
    ],
    "something",
  ],
] as const)("on a sheet of %j there is %s", (strokes, amount) => {
  expect(amountOf(strokes)).toBe(amount);
});

it.each([
  null,
  "text",
  {},
  { symbols: [], snapshot: new Uint8Array(), at: 1 },
  { symbols: [{ name: "a", drawing: "!" }], snapshot: new Uint8Array(), at: 1 },
  { symbols: [{ name: "a", drawing: "AAA" }], snapshot: "?", at: 1 },
  { symbols: [null], snapshot: new Uint8Array(), at: 1 },
])("what a device has kept is none where it is %j", (value) => {
  expect(read(value)).toBeNull();
});
