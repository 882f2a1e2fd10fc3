import { backpropamine } from "./backpropamine.js";
import { differentiablePlasticity } from "./differentiablePlasticity.js";
import type { Figure } from "./figure.js";

/** Every figure and table of both papers that reports a result, by name. */
export const figures: Readonly<Record<string, Figure>> = Object.fromEntries(
  [...differentiablePlasticity, ...backpropamine].map((figure) => [figure.name, figure]),
);
