import { readFileSync } from "node:fs";
import { join } from "node:path";
import { random } from "hebbian/tasks";
import { describe, expect, it } from "vitest";
import { naming } from "../../worker/naming.js";
import { again, type Stroke } from "../../worker/strokes.js";
import { guessOf } from "../name-it/guess.js";
import { actions, gestureDrawing, gesturesFrom, textOfGestures, usualGestures } from "./gesture.js";
import { exampled, newSwitch, sentenceOf, shows, turned, understood } from "./switch.js";

const stroke: Stroke = [
  [0.1, 0.1],
  [0.9, 0.9],
];
const dot: Stroke = [[0.5, 0.5]];
const says = { kind: "says", symbol: 2, share: 1 } as const;

describe("a switch made of gestures", () => {
  it("takes one example for an action, in place of the usual one", () => {
    const shown = exampled(shows(newSwitch(), 3), stroke);
    expect(shown.gestures).toEqual(usualGestures.with(3, stroke));
    expect(shown.showing).toBe(-1);
  });

  it("does not take a dot for an example, and goes on waiting for one", () => {
    const waiting = exampled(shows(newSwitch(), 3), dot);
    expect([waiting.showing, waiting.last, waiting.gestures]).toEqual([3, "short", usualGestures]);
    expect(sentenceOf(waiting)).toContain("too short");
  });

  it("says what it has understood, and what it has not", () => {
    const on = turned(newSwitch(), true);
    expect(sentenceOf(understood(on, stroke, says))).toBe("Next section.");
    expect(understood(on, stroke, { kind: "unknown" }).last).toBe("unknown");
    expect(understood(on, stroke, null).last).toBe("unknown");
    expect(understood(on, dot, says)).toMatchObject({ last: "short", acted: 0 });
  });

  it("is off while a gesture is shown, and asking twice takes the question back", () => {
    const showing = shows(turned(newSwitch(), true), 1);
    expect([showing.on, showing.showing]).toEqual([false, 1]);
    expect(shows(showing, 1).showing).toBe(-1);
    expect(exampled(newSwitch(), stroke)).toEqual(newSwitch());
  });

  it("is kept as text, and what is damaged is none", () => {
    const back = gesturesFrom(textOfGestures(usualGestures))!;
    expect(textOfGestures(back)).toBe(textOfGestures(usualGestures));
    for (const text of [
      "",
      "AAA",
      textOfGestures(usualGestures.slice(1)),
      textOfGestures(usualGestures.with(0, dot)),
    ])
      expect(gesturesFrom(text)).toBeNull();
  });
});

it("tells strokes that differ in nothing but where they begin: of the usual five by another hand, 95 of 100", async () => {
  await naming.load(readFileSync(join(import.meta.dirname, "../../../../models/omniglot.safetensors")));
  let right = 0;
  for (let episode = 0; episode < 20; episode++) {
    const byHand = (k: number, turn: number) =>
      gestureDrawing(again([usualGestures[k]!], random(episode, "hand", 5 * turn + k), 2)[0]!);
    naming.learn(actions.map((_, k) => byHand(k, 0)));
    for (let k = 0; k < actions.length; k++) {
      const guess = guessOf(naming.name(byHand(k, 1))!);
      right += Number(guess.kind !== "unknown" && guess.symbol === k);
    }
  }
  expect(right).toBeGreaterThanOrEqual(95);
});
