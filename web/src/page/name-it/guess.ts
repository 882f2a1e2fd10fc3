import type { Naming } from "../../worker/naming.js";

/**
 * Evidence for a name below which the network says that it does not know. bench/unknown.json: from 10 on, what it names of the known
 * less what it names of the unknown is largest. Of five characters of one of Omniglot's alphabets it then still names 78 % rightly,
 * and of a sixth, which it was never shown, it names a third; of invented ones, 97 % and 10 %.
 */
export const ENOUGH = 10;
/** From this probability on it does not ask, it says so. */
const SURE = 0.8;

/** What the network makes of a drawing. */
export type Guess =
  | { readonly kind: "unknown" }
  | { readonly kind: "asks" | "says"; readonly symbol: number; readonly share: number };

/** The guess that a network's answer stands for. */
export function guessOf({ evidence, shares }: Pick<Naming, "evidence" | "shares">): Guess {
  const symbol = evidence.indexOf(Math.max(...evidence));
  const strength = evidence[symbol];
  if (strength === undefined || !(strength >= ENOUGH)) return { kind: "unknown" };
  const share = shares[symbol]!;
  return { kind: share >= SURE ? "says" : "asks", symbol, share };
}
