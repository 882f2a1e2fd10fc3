import type { Stroke } from "../../worker/strokes.js";
import type { Guess } from "../name-it/guess.js";
import { amountOf } from "../name-it/named.js";
import { actions, usualGestures } from "./gesture.js";

/** A switch made of gestures, as a value: what each gesture is, which one is being shown, and what the last one meant. */
export interface Switch {
  /** One example of each action's gesture. */
  readonly gestures: readonly Stroke[];
  /** The action whose gesture is shown next, or -1. */
  readonly showing: number;
  /** Whether gestures act on the page, rather than only being named. */
  readonly on: boolean;
  /** What the last stroke was: the number of an action, or why it is none. */
  readonly last: number | "unknown" | "short" | null;
  /** How many strokes were understood so far. */
  readonly acted: number;
}

export const newSwitch = (gestures: readonly Stroke[] = usualGestures): Switch => ({
  gestures,
  showing: -1,
  on: false,
  last: null,
  acted: 0,
});

/** From now on the next stroke is the gesture of an action. */
export const shows = (before: Switch, action: number): Switch => ({
  ...before,
  showing: before.showing === action ? -1 : action,
  on: false,
  last: null,
});

export const turned = (before: Switch, on: boolean): Switch => ({ ...before, on, showing: -1, last: null });

/** A stroke is an example of what is being shown; null where there is none, or it is too short. */
export function exampled(before: Switch, stroke: Stroke): Switch {
  if (before.showing < 0) return before;
  if (amountOf([stroke]) !== "something") return { ...before, last: "short" };
  return { ...before, gestures: before.gestures.with(before.showing, stroke), showing: -1, last: null };
}

/** Whether a stroke that was drawn with one is meant for the other: what gestures there are, and what they are for, is the same. */
export const sameUse = (a: Switch, b: Switch): boolean =>
  a.gestures === b.gestures && a.showing === b.showing && a.on === b.on;

/** A stroke was understood as the network's guess says. */
export function understood(before: Switch, stroke: Stroke, guess: Guess | null): Switch {
  if (amountOf([stroke]) !== "something") return { ...before, last: "short" };
  if (!guess || guess.kind === "unknown") return { ...before, last: "unknown" };
  return { ...before, last: guess.symbol, acted: before.acted + 1 };
}

/** What there is to say, in a sentence. */
export function sentenceOf({ showing, last, on }: Switch): string {
  if (last === "short") return "That was too short. Draw a longer stroke.";
  if (showing >= 0) return `Show me your gesture for “${actions[showing]}”, once.`;
  if (last === "unknown") return "I don’t know that gesture.";
  if (last !== null) return `${actions[last]}.`;
  return on ? "Draw a gesture." : "Draw a gesture: I say what it would do.";
}
