/** What an element-wise program computes, for buffers of these shapes. */
import { type Formula, namesIn, print, type Rate, simplify } from "../../formulas/index.js";
import type { MapProgram, Reduction } from "../device.js";
import type { Output, Pass } from "./pass.js";

/** How a buffer lies in the extent: all of it, one row, one column, or a single number for all. */
export type Extent = "full" | "row" | "column" | "single";

export interface MapShape {
  readonly inputs: readonly Extent[];
  /** null: not computed. "row" and "single" receive sums, which always add to what is there. */
  readonly outputs: readonly (Extent | null)[];
  /** Whether each of the program's row outputs is computed; missing: none is. */
  readonly rowOutputs?: readonly boolean[];
  readonly accumulate: boolean;
}

const alongOf: Readonly<Record<Extent, Rate>> = {
  full: "connection",
  row: "post",
  column: "pre",
  single: "layer",
};

/** "map tanh(z + b)": what a profile shows. */
function labelOf(formulas: readonly string[]): string {
  const text = formulas.join(", ");
  return `map ${text.length > 60 ? `${text.slice(0, 57)}...` : text}`;
}

/** Those that the formulas name, and those that these name. */
function neededBy(formulas: readonly Formula[], reductions: readonly Reduction[]): Reduction[] {
  const names = new Set(formulas.flatMap((formula) => [...namesIn(formula)]));
  const needed = [...reductions].reverse().filter(({ name, formula }) => {
    if (!names.has(name)) return false;
    for (const each of namesIn(formula)) names.add(each);
    return true;
  });
  return needed.reverse();
}

/** Rows of the buffers are the pass's rows. Places are told with the kernel's arguments, and so are sizes. */
export function mapPass(program: MapProgram, shape: MapShape): Pass {
  const { inputs, outputs, reductions = [], rowOutputs = [] } = program;
  const computed = outputs.flatMap((formula, i) => {
    const extent = shape.outputs[i];
    return extent ? [{ extent, formula }] : [];
  });
  const ofRows = rowOutputs.filter((_, i) => shape.rowOutputs?.[i]);
  const all = [...computed.map(({ formula }) => formula), ...ofRows];
  const outputOf = (k: number, formula: Formula) => {
    const to = `output:${k}`;
    return { to, at: to, own: true, formula: simplify(formula), terms: [] };
  };
  const needed = neededBy(all, reductions);
  return {
    label: labelOf(all.map((formula) => print(formula))),
    axes: { episode: null, pre: null, post: null },
    inputs: inputs.map((name, i) => ({ name, at: name, along: alongOf[shape.inputs[i]!], own: true })),
    ...(needed.length > 0 && { reductions: needed }),
    lets: [],
    rowSums: [],
    outputs: [
      ...computed.map(({ extent, formula }, k): Output => {
        const adds = shape.accumulate || extent === "row" || extent === "single";
        const how = extent === "full" ? "store" : "sum";
        return { ...outputOf(k, formula), along: alongOf[extent], how, adds };
      }),
      ...ofRows.map((formula, k): Output => {
        const at = outputOf(computed.length + k, formula);
        return { ...at, along: "pre", how: "store", adds: shape.accumulate };
      }),
    ],
  };
}
