import type { Output, Pass, PassInput } from "../../src/devices/passes/pass.js";
import { compileFormula, type Formula, namesIn } from "../../src/formulas/index.js";

/** Numbers by where they lie, episodes outermost, without padding. */
export type Numbers = Map<string, Float64Array>;

export interface Sizes {
  readonly episode: number;
  readonly pre: number;
  readonly post: number;
}

type Place = Pick<PassInput, "at" | "along" | "own">;

/** How many numbers there are of what differs along a rate. */
export function countOf({ along, own }: Place, { episode, pre, post }: Sizes): number {
  if (along === "layer") return 1;
  const each = { episode: 1, pre, post, connection: pre * post }[along];
  return own ? episode * each : each;
}

/** All places of a pass, each once. */
export const placesOf = ({ inputs, outputs }: Pass): (PassInput | Output)[] => {
  const known = new Map<string, PassInput | Output>();
  for (const each of [...inputs, ...outputs]) if (!known.has(each.at)) known.set(each.at, each);
  return [...known.values()];
};

/**
 * Carries a pass out in float64, with plain loops over its grid: what every schedule of it is compared with. Formulas are taken
 * as they are; `terms` and row sums are not looked at, and neither are reductions, which passes of known sizes have none of.
 */
export function carriedOut(pass: Pass, sizes: Sizes, before: Numbers): Numbers {
  const after: Numbers = new Map([...before].map(([at, numbers]) => [at, numbers.slice()]));
  const where = ({ along, own }: Place, b: number, i: number, j: number): number => {
    if (along === "layer") return 0;
    const { pre, post } = sizes;
    const [index, each] = {
      ...{ episode: [0, 1], pre: [i, pre], post: [j, post], connection: [i * post + j, pre * post] },
    }[along] as [number, number];
    return (own ? b * each : 0) + index;
  };
  const compiled = (formula: Formula) => {
    const names = [...namesIn(formula)];
    const run = compileFormula(formula, names);
    return (values: ReadonlyMap<string, number>) => run(names.map((name) => values.get(name)!));
  };
  const lets = pass.lets.map(({ name, formula }) => ({ name, run: compiled(formula) }));
  const outputs = pass.outputs.map((output) => ({ ...output, run: compiled(output.formula) }));
  for (const { at, adds } of outputs) if (!adds) after.get(at)!.fill(0);
  for (let b = 0; b < sizes.episode; b++)
    for (let i = 0; i < sizes.pre; i++)
      for (let j = 0; j < sizes.post; j++) {
        const values = new Map(
          pass.inputs.map((input) => [input.name, before.get(input.at)![where(input, b, i, j)]!]),
        );
        for (const { name, run } of lets) values.set(name, run(values));
        for (const output of outputs) after.get(output.at)![where(output, b, i, j)]! += output.run(values);
      }
  return after;
}
