import { describe, expect, it } from "vitest";
import { testedRules } from "../../../test/rules.js";
import { interpreted } from "../../../test/support/interpret.js";
import { carriedOut, countOf, type Numbers, placesOf, type Sizes } from "../../../test/support/passes.js";
import { linearDecay, nonplastic, oja, type Rule } from "../../rules/index.js";
import { random } from "../../tasks/index.js";
import type { Output, Pass, PassInput } from "../passes/pass.js";
import { type SweepKind, sweepPass } from "../passes/sweep.js";
import * as i32 from "./i32.js";
import { arithmeticOf, VectorMath } from "./math.js";
import { KernelModule } from "./module.js";
import { everyRow } from "./plainRows.js";
import { schedule } from "./schedule.js";
import { sweepArguments } from "./sweepPlaces.js";
import type { Block } from "./sweepRows.js";
import { strideOf, type Target } from "./target.js";

const target = (lanes: number, exact = false): Target => ({
  lanes,
  wordBytes: 4,
  registers: 16,
  fma: !exact,
  exact,
});

/** What may be asked of a rule's connection. */
function kindsOf(rule: Rule): Omit<SweepKind, "pre" | "post">[] {
  const learns = rule.traces.length > 0;
  const wanted = Object.keys(rule.params).sort();
  const forward = { direction: "forward", inverted: false, flush: false, wanted: [] } as const;
  const backward = { ...forward, direction: "backward", wanted } as const;
  return [
    { ...forward, update: false, read: true },
    { ...backward, update: false, read: true },
    ...(learns
      ? [
          { ...forward, update: true, read: true, flush: true },
          { ...forward, update: true, read: false },
          { ...backward, update: true, read: true },
          { ...backward, update: true, read: false, flush: true },
        ]
      : []),
    ...(Object.keys(rule.reads).length > 0
      ? [{ ...backward, update: true, read: true, reads: Object.keys(rule.reads) }]
      : []),
    ...(linearDecay(rule) ? [{ ...backward, update: true, read: true, inverted: true }] : []),
  ];
}

/** Numbers for everything that a pass takes, and for what it adds to. */
function numbersFor(pass: Pass, sizes: Sizes): Numbers {
  const rng = random(7, "numbers", 0);
  return new Map(
    placesOf(pass).map((place) => [
      place.at,
      Float64Array.from({ length: countOf(place, sizes) }, () => Math.fround(rng.uniform() * 0.6 + 0.1)),
    ]),
  );
}

type Place = PassInput | Output;
/** Rows and columns of what lies at a place, one episode below the other. */
function shapeOf(place: Place, sizes: Sizes): [rows: number, cols: number] {
  const { along } = place;
  const cols = { layer: 1, episode: 1, pre: sizes.pre, post: sizes.post, connection: sizes.post }[along];
  return [countOf(place, sizes) / cols, cols];
}

/** A memory with the numbers of a pass in rows of whole vectors, and where each of them begins. */
class Laid {
  readonly view = new DataView(new ArrayBuffer(1 << 18));
  readonly starts = new Map<string, number>();
  private end = 64;

  constructor(
    private readonly pass: Pass,
    private readonly sizes: Sizes,
    private readonly on: Target,
    /** Sums that are added up in float64. */
    private readonly isDouble: (place: Place) => boolean,
    before: Numbers,
  ) {
    for (const place of placesOf(pass)) {
      const [rows, cols] = shapeOf(place, sizes);
      this.starts.set(place.at, this.end);
      before.get(place.at)!.forEach((value, k) => {
        this.put(place, k, value);
      });
      this.end += 64 * Math.ceil((rows * strideOf(cols, on) * 4 + 64) / 64);
    }
  }
  /** Room for words, behind all numbers. */
  get room(): number {
    return this.end;
  }
  read(): Numbers {
    return new Map(
      placesOf(this.pass).map((place) => [
        place.at,
        Float64Array.from({ length: countOf(place, this.sizes) }, (_, k) => {
          const at = this.addressOf(place, k);
          return this.isDouble(place) ? this.view.getFloat64(at, true) : this.view.getFloat32(at, true);
        }),
      ]),
    );
  }
  private put(place: Place, k: number, value: number): void {
    const at = this.addressOf(place, k);
    if (this.isDouble(place)) this.view.setFloat64(at, value, true);
    else this.view.setFloat32(at, value, true);
  }
  private addressOf(place: Place, k: number): number {
    const [, cols] = shapeOf(place, this.sizes);
    const row = Math.floor(k / cols) * strideOf(cols, this.on) * 4;
    return this.starts.get(place.at)! + row + (k % cols) * 4;
  }
}

function expectClose(got: Numbers, expected: Numbers): void {
  for (const [at, numbers] of expected) {
    const scale = numbers.reduce((most, x) => Math.max(most, Math.abs(x)), 1e-3);
    numbers.forEach((value, k) => {
      const difference = Math.abs(got.get(at)![k]! - value) / scale;
      expect(difference, `${at}, number ${k}: ${got.get(at)![k]} for ${value}`).toBeLessThan(2e-5);
    });
  }
}

function runSweep(
  pass: Pass,
  sizes: Sizes,
  on: Target,
  block: Block,
  descending: boolean,
): [Numbers, Numbers] {
  const before = numbersFor(pass, sizes);
  const isDouble = (place: Place) => "how" in place && place.along === "layer";
  const laid = new Laid(pass, sizes, on, isDouble, before);
  const module = schedule(pass, on, block);
  const [f] = module.functions.filter(({ exported }) => exported === "sweep");
  const names = sweepArguments(pass);
  // Behind the words: a row for each sum that a thread keeps to itself, with what another sum has left there.
  let end = laid.room + 4 * names.length + 64;
  const rowBytes = strideOf(sizes.post, on) * 4;
  names.forEach((name, k) => {
    const isKept = name.startsWith("column:");
    const value = name === "descending" ? Number(descending) : (laid.starts.get(name) ?? (isKept ? end : 0));
    laid.view.setInt32(laid.room + 4 * k, value, true);
    if (!isKept) return;
    for (let at = 0; at < rowBytes; at += 4) laid.view.setFloat32(end + at, 1e3, true);
    end += rowBytes;
  });
  const run = interpreted(f!, module.functions, { view: laid.view, origin: 0 });
  run(laid.room, 0, sizes.episode, 0);
  return [laid.read(), carriedOut(pass, sizes, before)];
}

/** What the plain schedule makes of numbers. */
function plain(
  pass: Pass,
  sizes: Sizes,
  on: Target,
  count: number,
  before: Numbers,
  skipped?: string,
): Numbers {
  const laid = new Laid(pass, sizes, on, () => false, before);
  const module = new KernelModule(on);
  const f = module.func("plain", ["i32"]);
  const starts = Object.fromEntries([...laid.starts].map(([at, address]) => [at, i32.const(address)]));
  f.body = everyRow(f, new VectorMath(module, arithmeticOf(on)), pass, starts, count, {}, skipped);
  interpreted(f, module.functions, { view: laid.view, origin: 0 })(0);
  return laid.read();
}

function runPlain(pass: Pass, sizes: Sizes, on: Target, count: number): [Numbers, Numbers] {
  const before = numbersFor(pass, sizes);
  return [plain(pass, sizes, on, count, before), carriedOut(pass, sizes, before)];
}

/** Every rule in one of these ways, as the interpreter takes its time: ends of rows with a rest, without, and nothing else. */
const ways = [
  { lanes: 4, block: { rows: 2, width: 5 }, sizes: { episode: 2, pre: 3, post: 5 } },
  { lanes: 8, block: { rows: 3, width: 1 }, sizes: { episode: 1, pre: 4, post: 11 } },
  { lanes: 4, block: { rows: 1, width: 2 }, sizes: { episode: 2, pre: 2, post: 12 } },
];

describe.each(testedRules.map((rule, k) => [rule.name, rule, ways[k % ways.length]!] as const))(
  "what is scheduled of %s",
  (_, rule, { lanes, block, sizes }) => {
    it("is what its passes say, in blocks and turns, whatever the direction", () => {
      for (const [k, kind] of kindsOf(rule).entries()) {
        const pass = sweepPass(rule, { ...sizes, ...kind });
        expectClose(...runSweep(pass, sizes, target(lanes), block, k % 2 === 0));
      }
    });

    it("is the same in the plain schedule, one row or several at once", () => {
      const one = { ...sizes, episode: 1 };
      for (const [k, kind] of kindsOf(rule).entries()) {
        const pass = sweepPass(rule, { ...one, ...kind });
        expectClose(...runPlain(pass, one, target(lanes, true), 1 + ((k * 2) % 5)));
      }
    });
  },
);

it("leaves out rows at hand whose numbers are all 0, where it may, and only these", () => {
  const [on, pre, post] = [target(4, true), 11, 6];
  const kind = { pre, post, direction: "forward", update: false, read: true } as const;
  const pass = sweepPass(nonplastic, { ...kind, inverted: false, flush: false, wanted: [] });
  const sizes = { episode: 1, pre, post };
  for (const [count, zeros, isSkipped] of [
    [4, [4, 5, 6, 7], true],
    [4, [8, 9, 10], true],
    [4, [4, 5, 6], false],
    [1, [0], true],
  ] as const) {
    const before = new Map(numbersFor(pass, sizes));
    const w = Float64Array.from(before.get("param:w")!);
    const x = before.get("x")!.map((value, row) => (zeros.some((each) => each === row) ? 0 : value));
    const expected = carriedOut(pass, sizes, new Map([...before, ["x", x]]));
    // Whoever multiplies by it, even with 0, has no number.
    w[zeros[0] * post] = Number.NaN;
    const got = plain(pass, sizes, on, count, new Map([...before, ["x", x], ["param:w", w]]), "x");
    expect(Number.isNaN(got.get("z")![0]), `${count} rows, ${zeros}`).toBe(!isSkipped);
    if (isSkipped) expectClose(new Map([["z", got.get("z")!]]), new Map([["z", expected.get("z")!]]));
  }
});

it("does not load a trace that nothing needs", () => {
  const named = { name: "two traces, of which one is read", traces: { H: 0, E: 0 } };
  const rule = {
    ...oja,
    ...{ ...named, initial: named.traces, traces: ["H", "E"] },
    update: { H: oja.update.H!, E: oja.update.H! },
  };
  const kind = { pre: 4, post: 4, direction: "forward", update: false, read: true } as const;
  const pass = sweepPass(rule, { ...kind, inverted: false, flush: false, wanted: [] });
  const module = schedule(pass, target(4), { rows: 1, width: 1 });
  const text = JSON.stringify(module.functions[0]!.body);
  expect(text).toContain('"from:H"');
  expect(text).not.toContain('"from:E"');
});
