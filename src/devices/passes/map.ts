/** What an element-wise program computes, for buffers of these shapes. */
import { print, type Rate, simplify } from "../../formulas/index.js";
import type { MapProgram } from "../device.js";
import type { Output, Pass } from "./pass.js";

/** How a buffer lies in the extent: all of it, one row, one column, or a single number for all. */
export type Extent = "full" | "row" | "column" | "single";

export interface MapShape {
  readonly inputs: readonly Extent[];
  /** null: not computed. "row" and "single" receive sums, which always add to what is there. */
  readonly outputs: readonly (Extent | null)[];
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

/** Rows of the buffers are the pass's rows. Places are told with the kernel's arguments, and so are sizes. */
export function mapPass({ inputs, outputs }: MapProgram, shape: MapShape): Pass {
  const computed = outputs.flatMap((formula, i) => {
    const extent = shape.outputs[i];
    return extent ? [{ extent, formula }] : [];
  });
  return {
    label: labelOf(computed.map(({ formula }) => print(formula))),
    axes: { episode: null, pre: null, post: null },
    inputs: inputs.map((name, i) => ({ name, at: name, along: alongOf[shape.inputs[i]!], own: true })),
    lets: [],
    rowSums: [],
    outputs: computed.map(({ extent, formula }, k): Output => {
      const to = `output:${k}`;
      const adds = shape.accumulate || extent === "row" || extent === "single";
      const how = extent === "full" ? "store" : "sum";
      return {
        to,
        at: to,
        along: alongOf[extent],
        own: true,
        formula: simplify(formula),
        how,
        adds,
        terms: [],
      };
    }),
  };
}
