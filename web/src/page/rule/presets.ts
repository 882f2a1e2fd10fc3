/** Rules to begin with, and what becomes of networks that learn by them. */
export interface Preset {
  readonly name: string;
  readonly weight: string;
  readonly H: string;
  /** Lines beside these two, where it needs any. */
  readonly more?: string;
  /** What it does, in a sentence; measured over 4,000 episodes. */
  readonly says: string;
}

const usual = "w + alpha * H";

export const shining: readonly Preset[] = [
  {
    name: "Hebb",
    weight: usual,
    H: "(1 - eta) * H + eta * pre * post",
    says: "What fires together wires together, and what is old fades.",
  },
  {
    name: "With a ceiling",
    weight: usual,
    H: "clip(H + eta * pre * post, -1, 1)",
    says: "Nothing fades, and nothing grows without end. Hardly a cell goes wrong.",
  },
  {
    name: "Oja",
    weight: usual,
    H: "H + eta * post * (pre - post * H)",
    says: "A connection that is already strong enough stops growing by itself.",
  },
  {
    name: "Slower when full",
    weight: usual,
    H: "H + eta * pre * post * (1 - abs(H))",
    says: "The fuller a connection, the less it takes.",
  },
  {
    name: "Only what is new",
    weight: usual,
    H: "H + eta * pre * (post - rate * recalled)",
    more: "recalled per post = sum(pre * H)\nrate = 0.02",
    says: "It asks what it recalls already, and writes what is missing: the delta rule.",
  },
  {
    name: "Only the rest",
    weight: usual,
    H: "H + eta * post * (pre - told)",
    more: "told per pre = sum(post * H)",
    says: "Every sender is told what all its receivers hold of it together; what is beyond that is written.",
  },
  {
    name: "Sliding threshold",
    weight: usual,
    H: "H + eta * pre * post * (post - next(theta))",
    more: "theta per post <- (1 - tau) * theta + tau * post * post\ntau = 0.1",
    says: "What is above a receiver’s usual strengthens, what is below weakens: Bienenstock, Cooper and Munro’s rule.",
  },
];

export const breaking: readonly Preset[] = [
  {
    name: "Backwards",
    weight: usual,
    H: "(1 - eta) * H - eta * pre * post",
    says: "What fires together comes apart. That ought to ruin it; watch training find the way around.",
  },
  {
    name: "Never forget",
    weight: usual,
    H: "H + eta * pre * post",
    says: "Nothing ever fades. In a life of two pictures that does no harm: forgetting is for long lives.",
  },
  {
    name: "Forget at once",
    weight: usual,
    H: "pre * post",
    says: "Only the latest moment counts, and the latest moment is silence.",
  },
  {
    name: "Only ever stronger",
    weight: usual,
    H: "H + eta * abs(pre * post)",
    says: "It cannot tell together from apart. Nearly all is lost.",
  },
  {
    name: "At random",
    weight: usual,
    H: "1 - 1.9 * H * H",
    says: "Every connection changes wildly, whatever it sees. Nothing is learned.",
  },
  { name: "Not at all", weight: "w", H: "H", says: "No connection changes. All it can do is guess." },
];

export const presets: readonly Preset[] = [...shining, ...breaking];

interface Typed {
  readonly weight: string;
  readonly H: string;
  readonly more: string;
}

export const presetOf = ({ weight, H, more }: Typed): Preset | null =>
  presets.find((each) => each.weight === weight && each.H === H && (each.more ?? "") === more) ?? null;
