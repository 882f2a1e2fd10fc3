import type * as z from "../schema/index.js";
import type { ExperimentDefinition } from "../training/index.js";

/** Options by name, as `integerOption` and its likes make them. */
export type OptionShape = z.Shape;

/** What such options are once they are chosen. */
export type Options<Shape extends OptionShape> = { readonly [Name in keyof Shape]: z.output<Shape[Name]> };

/** What an experiment says of itself, whatever its network and task. */
export type ExperimentWords = Omit<ExperimentDefinition<z.ObjectSchema>, "schema" | "metric" | "build">;
