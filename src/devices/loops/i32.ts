/** Whole numbers of 32 bits, and places in memory. */
import { atomicOf, get, loadOf, op, storeOf } from "./makers.js";
import type { Code, Local } from "./nodes.js";

const constant = (value: number): Code => ({ kind: "number", type: "i32", value });
export const load = /* @__PURE__ */ loadOf("i32");
/** A word as wide as the target's: an address, or a number of bytes, in a table. */
export const loadPlace = /* @__PURE__ */ loadOf("place");
export const store = /* @__PURE__ */ storeOf("i32");
export const add = /* @__PURE__ */ op("i32.add");
export const sub = /* @__PURE__ */ op("i32.sub");
export const mul = /* @__PURE__ */ op("i32.mul");
export const divU = /* @__PURE__ */ op("i32.divU");
export const and = /* @__PURE__ */ op("i32.and");
export const shl = /* @__PURE__ */ op("i32.shl");
export const eqz = /* @__PURE__ */ op("i32.eqz");
export const eq = /* @__PURE__ */ op("i32.eq");
export const ne = /* @__PURE__ */ op("i32.ne");
export const lt = /* @__PURE__ */ op("i32.lt");
export const gt = /* @__PURE__ */ op("i32.gt");
export const le = /* @__PURE__ */ op("i32.le");
export const ge = /* @__PURE__ */ op("i32.ge");
export const atomicLoad = (address: Code): Code => ({ kind: "atomic", what: "load", address, value: null });
export const atomicStore = /* @__PURE__ */ atomicOf("store");
export const atomicAdd = /* @__PURE__ */ atomicOf("add");
export const atomicSub = /* @__PURE__ */ atomicOf("sub");
export const notify = /* @__PURE__ */ atomicOf("notify");
/** A whole number from a float32, towards zero; 0 for NaN. */
export const fromF32 = /* @__PURE__ */ op("i32.fromF32");
/** The smaller of two locals. */
export const min = (a: Local, b: Local): Code => ({ kind: "op", op: "i32.min", args: [get(a), get(b)] });

export { constant as const };
