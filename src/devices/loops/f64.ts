/** One float64. */
import { loadOf, op, storeOf } from "./makers.js";
import type { Code } from "./nodes.js";

const constant = (value: number): Code => ({ kind: "number", type: "f64", value });
export const load = /* @__PURE__ */ loadOf("f64");
export const store = /* @__PURE__ */ storeOf("f64");
export const add = /* @__PURE__ */ op("f64.add");
export const div = /* @__PURE__ */ op("f64.div");
export const mul = /* @__PURE__ */ op("f64.mul");
export const sqrt = /* @__PURE__ */ op("f64.sqrt");
export const min = /* @__PURE__ */ op("f64.min");
export const fromF32 = /* @__PURE__ */ op("f64.fromF32");

export { constant as const };
