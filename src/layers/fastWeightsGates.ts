import { didYouMean } from "../formulas/errors.js";
import type { Rule, SignalRate } from "../rules/index.js";
import { defineMap, type MapDefinition } from "../tape/index.js";

/** How a signal of a rule follows from a layer's input. */
export type SignalGate =
  /** It is made as keys are (as long, too), or as values are. */
  | "key"
  | "value"
  /** An equation of its own projection of the input, `x`, and of what stands in `of`: pre, or signals before it in the rule. */
  | { readonly of: readonly string[]; readonly equation: MapDefinition };

const gate = (equation: string, of: readonly string[] = []): SignalGate => ({
  of,
  equation: defineMap(["x", ...of], { y: equation }),
});

/** log(1 + exp(-x)), for any x. */
const softplus = (x: string) => `(max(-(${x}), 0) + log(1 + exp(-abs(${x}))))`;

/** What is kept of a trace in a step, 0 to 1: the 16th root of a sigmoid (Yang et al. 2023, 4.4), which starts near 1. */
const fading = gate(`exp(-${softplus("x + 4")} / 16)`);
/** How far to go, 0 to 1; a half at first. */
const rate = gate("sigmoid(x)");

/** By the names that rules give their signals. */
export const gates: Readonly<Record<string, SignalGate>> = {
  g: fading,
  a: fading,
  d: fading,
  f: gate(`1 - exp(-${softplus("x + 4")} / 16)`),
  beta: rate,
  beta2: rate,
  erase: rate,
  write: rate,
  m: rate,
  key2: "key",
  value2: "value",
  // A key of its own for what is corrected keeps the memory stable while it points where the key does.
  readKey: gate("sigmoid(x) * pre", ["pre"]),
  // What is removed is what was recalled, as far as each channel says.
  c: "key",
  e: gate("-sigmoid(x) * c", ["c"]),
};

/**
 * The gate of every signal of a rule, own ones before those that are known.
 *
 * @throws RangeError for a signal without a gate, a gate of something that the rule has not before it, or one of no signal
 */
export function gatesOf(
  rule: Rule,
  own: Readonly<Record<string, SignalGate>>,
): ReadonlyMap<string, SignalGate> {
  const signals = Object.keys(rule.signals);
  const stray = Object.keys(own).find((name) => !signals.includes(name));
  if (stray !== undefined) {
    const has = signals.join(", ") || "none";
    throw new RangeError(
      `fastWeights: a gate for ${stray}, which is no signal of the rule ${rule.name}; it has ${has}${didYouMean(stray, signals)}`,
    );
  }
  const before = ["pre"];
  return new Map(
    signals.map((signal) => {
      const found = Object.hasOwn(own, signal) ? own[signal]! : gates[signal];
      if (!found) {
        throw new RangeError(
          `fastWeights: the rule ${rule.name} needs the signal ${signal}, and no gate is known by this name (${Object.keys(gates).join(", ")}); ` +
            `give it one: gates: { ${signal}: ... }`,
        );
      }
      expectFits(rule, signal, found, before);
      before.push(signal);
      return [signal, found] as const;
    }),
  );
}

function expectFits(rule: Rule, signal: string, gate: SignalGate, before: readonly string[]): void {
  if (typeof gate === "string") {
    const end = gate === "key" ? "pre" : "post";
    if (rule.signals[signal] === end) return;
    throw new RangeError(
      `fastWeights: ${signal} of the rule ${rule.name} is made as a ${gate}, so it must be one number per ${end}, not per ${rule.signals[signal]}`,
    );
  }
  const late = gate.of.find((name) => !before.includes(name));
  if (late === undefined) return;
  throw new RangeError(
    `fastWeights: the gate of ${signal} takes ${late}, which is not there before it; there are ${before.join(", ")}`,
  );
}

/** How many numbers a signal has, in a head. */
export const signalSize = (
  rate: SignalRate,
  { keySize, valueSize }: { keySize: number; valueSize: number },
): number => (rate === "episode" ? 1 : rate === "pre" ? keySize : valueSize);
