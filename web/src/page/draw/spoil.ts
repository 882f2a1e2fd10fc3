import { halved, noisy, torn } from "../../drawings/damage.js";

export type Damage = "half" | "tear" | "noise";

const NOISE = 0.15;

/** What a visitor does to a drawing need not come out the same again. */
const randomly = {
  uniform: Math.random,
  integer: (n: number) => Math.floor(n * Math.random()),
  sign: (): -1 | 1 => (Math.random() < 0.5 ? -1 : 1),
  normal: () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random()),
};

/** What is left of a drawing after damage of that kind; none is like another. */
export function spoiled(drawing: Uint8Array, kind: Damage): Uint8Array {
  if (kind === "tear") return torn(drawing, randomly);
  return kind === "noise" ? noisy(drawing, NOISE, randomly) : halved(drawing, 2 * Math.PI * Math.random());
}
