/** One float32. */
import { loadOf, op, storeOf } from "./makers.js";

export const load = /* @__PURE__ */ loadOf("f32");
export const store = /* @__PURE__ */ storeOf("f32");
export const add = /* @__PURE__ */ op("f32.add");
export const mul = /* @__PURE__ */ op("f32.mul");
export const fromF64 = /* @__PURE__ */ op("f32.fromF64");
