/** What an op on traces is given must fit: shapes, signals, and the newest state. */
import type { Rate } from "../../formulas/index.js";
import type { Tensor } from "../tensor.js";
import type { TraceState } from "./traceState.js";

export const colsOf = (rate: Rate, pre: number, post: number): number =>
  rate === "episode" ? 1 : rate === "pre" ? pre : post;

export function expectVectors(
  what: string,
  { history }: TraceState,
  vectors: Readonly<Record<string, Tensor>>,
): void {
  const { rule, tape, pre, post } = history;
  for (const signal of rule.updateSignals) {
    if (!vectors[signal]) throw new TypeError(`${what}: the rule ${rule.name} needs the signal ${signal}`);
    expectShape(`${what}: ${signal}`, vectors[signal], tape.batch, colsOf(rule.signals[signal]!, pre, post));
  }
  expectShape(`${what}: pre`, vectors.pre, tape.batch, pre);
  expectShape(`${what}: post`, vectors.post, tape.batch, post);
}

export function expectNewest(what: string, state: TraceState): void {
  if (state.version !== state.history.newest) {
    throw new Error(
      `${what}: this trace (version ${state.version}) was already updated to version ${state.history.newest}; ` +
        "a trace is updated in place: keep only the state that the last update returned",
    );
  }
}

export function expectShape(what: string, tensor: Tensor | undefined, rows: number, cols: number): void {
  if (!tensor) throw new TypeError(`${what} is missing`);
  if (tensor.rows !== rows || tensor.cols !== cols) {
    throw new RangeError(`${what} must be [${rows}, ${cols}], got ${tensor.shape}; pass batch first`);
  }
}
