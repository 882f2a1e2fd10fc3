import type { FunctionName } from "./tree.js";

/** What a function of the formula language is, in words. */
export interface FunctionDoc {
  readonly doc: string;
  /** Where the function is defined, if not everywhere. Outside, it yields what IEEE 754 says: infinities or NaN. */
  readonly domain?: string;
}

/** What each function is, for people: apart from the functions, which programs load that nobody reads. */
export const functionDocs: Readonly<Record<FunctionName, FunctionDoc>> = {
  add: { doc: "The sum." },
  sub: { doc: "The difference." },
  mul: { doc: "The product." },
  div: { doc: "The quotient.", domain: "b != 0" },
  neg: { doc: "The negative." },
  min: { doc: "The smaller of two; on a tie, the derivative is shared evenly." },
  max: { doc: "The larger of two; on a tie, the derivative is shared evenly." },
  abs: { doc: "The absolute value; its derivative at 0 is 0." },
  sign: { doc: "-1, 0 or 1; its derivative is 0." },
  sqrt: { doc: "The square root.", domain: "x >= 0; the derivative needs x > 0" },
  exp: { doc: "The exponential." },
  log: { doc: "The natural logarithm.", domain: "x > 0" },
  tanh: { doc: "The hyperbolic tangent." },
  sigmoid: { doc: "1 / (1 + exp(-x))." },
  clip: {
    doc: "x kept between lo and hi; hi where lo > hi. On a bound the derivative passes to x, as in PyTorch's clamp.",
  },
  where: { doc: "a where the condition is not 0, else b; the condition has no derivative." },
  less: { doc: "1 where a < b, else 0; its derivative is 0." },
  within: { doc: "1 where lo <= x <= hi, else 0; its derivative is 0." },
};
