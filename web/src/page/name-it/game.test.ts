import { describe, expect, it } from "vitest";
import type { Drawing } from "../../worker/strokes.js";
import {
  begun,
  cancelled,
  drew,
  forgot,
  type Game,
  goesOn,
  played,
  plays,
  taught,
  teaches,
  typed,
} from "./game.js";
import { guessOf } from "./guess.js";
import { saidOf, whenWas } from "./words.js";

const cross: Drawing = [
  [
    [0.2, 0.2],
    [0.8, 0.8],
  ],
  [
    [0.8, 0.2],
    [0.2, 0.8],
  ],
];
const bar: Drawing = [
  [
    [0.2, 0.5],
    [0.8, 0.5],
  ],
];
const dot: Drawing = [[[0.5, 0.5]]];
const page = begun([{ name: "cross", drawing: cross }], "page");
const teaching = (drawing: Drawing, name: string, from: Game = page) =>
  typed(drew(teaches(from, false), drawing, true), name);

describe("the game of names", () => {
  it("is played by the page until somebody draws", () => {
    expect(page.playing).toBe(true);
    const drawn = drew(played(page, bar, false), dot, false);
    expect(drawn.playing).toBe(false);
    expect(played(drawn, bar, true)).toBe(drawn);
    expect(plays(drawn).playing).toBe(true);
  });

  it("goes on while a drawing grows, and not with another one, or other symbols", () => {
    const [first] = cross;
    const begins = drew(page, [first!.slice(0, 1)], false);
    expect(goesOn(page, begins)).toBe(true);
    expect(goesOn(begins, drew(begins, cross, true))).toBe(true);
    expect(goesOn(begins, drew(begins, bar, true))).toBe(false);
    expect(goesOn(drew(page, cross, true), begins)).toBe(false);
    expect(goesOn(begins, typed(begins, "name"))).toBe(true);
    expect(goesOn(page, forgot(page, 0))).toBe(false);
  });

  it("is taught a name and a drawing, once", () => {
    const game = taught(teaching(bar, "  my \n bar "));
    expect(game.symbols.map(({ name }) => name)).toEqual(["cross", "my bar"]);
    expect([game.mode, game.drawing, game.origin, game.refused]).toEqual(["guessing", [], "visitor", ""]);
  });

  it.each([
    ["an empty sheet", [], "bar", "Draw something first."],
    ["a sheet of empty strokes", [[]], "bar", "Draw something first."],
    ["a dot", dot, "bar", "hardly more than a dot"],
    ["no name", bar, " \u200b ", "Type a name"],
    ["a name that it knows", bar, "CROSS", "knows “CROSS” already"],
  ] as const)("refuses %s, says why, and keeps what there is", (_, drawing, name, why) => {
    const before = teaching(drawing, name);
    const game = taught(before);
    expect(game.refused).toContain(why);
    expect([game.mode, game.symbols, game.drawing, game.name]).toEqual([
      "teaching",
      page.symbols,
      drawing,
      name,
    ]);
    // The next stroke, or letter, takes the complaint away.
    expect(typed(game, "x").refused).toBe("");
    expect(drew(game, bar, false).refused).toBe("");
  });

  it("has room for five names, and says so when they are taken", () => {
    let game = page;
    for (const name of ["a", "b", "c", "d"]) game = taught(teaching(bar, name, game));
    expect(game.symbols).toHaveLength(5);
    expect(teaches(game, false)).toMatchObject({
      mode: "guessing",
      refused: expect.stringContaining("forget one"),
    });
    expect(teaches(forgot(game, 2), false).mode).toBe("teaching");
    expect(forgot(game, 2).symbols.map(({ name }) => name)).toEqual(["cross", "a", "c", "d"]);
  });

  it("teaches what was just drawn in vain, but not what the page drew", () => {
    expect(teaches(drew(page, bar, true), true).drawing).toBe(bar);
    expect(teaches(played(page, bar, true), true).drawing).toEqual([]);
    expect(cancelled(teaches(drew(page, bar, true), true))).toMatchObject({ mode: "guessing", drawing: [] });
  });

  it("stays a friend's when something is added to what a friend has sent", () => {
    const friend = begun(page.symbols, "friend");
    expect(friend.playing).toBe(false);
    expect(taught(teaching(bar, "bar", friend)).origin).toBe("friend");
  });
});

describe("what it says", () => {
  const asked = (drawing: Drawing, done: boolean, evidence: number[], shares: number[]) =>
    saidOf(
      drew(page, drawing, done),
      guessOf({ evidence: Float32Array.from(evidence), shares: Float32Array.from(shares) }),
    );

  it.each([
    ["a name, where much speaks for one", cross, [14], [1], "“cross”!"],
    ["a question, where it hesitates", cross, [12], [0.6], "Is it “cross”?"],
    [
      "that it does not know, where little speaks for any, however probable it is",
      cross,
      [6],
      [1],
      "I don’t know this one.",
    ],
    ["that a dot is a dot", dot, [14], [1], "Go on, that is hardly more than a dot."],
  ] as const)("is %s", (_, drawing, evidence, shares, words) => {
    expect(asked(drawing, true, [...evidence], [...shares])).toBe(words);
  });

  it("is nothing hasty while somebody still draws", () => {
    expect(asked(cross, false, [6], [1])).toBe("Hm …");
    expect(asked(dot, false, [14], [1])).toBe("Go on …");
  });

  it("does not stumble over numbers that are none", () => {
    expect(guessOf({ evidence: Float32Array.of(Number.NaN), shares: Float32Array.of(1) }).kind).toBe(
      "unknown",
    );
    expect(guessOf({ evidence: new Float32Array(), shares: new Float32Array() }).kind).toBe("unknown");
  });

  it("counts days as the clock on the wall does", () => {
    const at = (day: number, hour: number) => new Date(2026, 4, day, hour).getTime();
    expect(whenWas(at(3, 1), at(3, 23))).toBe("earlier today");
    expect(whenWas(at(3, 23), at(4, 1))).toBe("yesterday");
    expect(whenWas(at(1, 12), at(4, 1))).toBe("3 days ago");
  });
});
