/** Vectors of float32. */
import { get, loadOf, op, storeOf } from "./makers.js";
import type { Code, Local } from "./nodes.js";

export const load = /* @__PURE__ */ loadOf("vector");
export const store = /* @__PURE__ */ storeOf("vector");
/** One float32 from memory, in all lanes. */
export const loadSplat = /* @__PURE__ */ loadOf("splat");
/** A float32 in all lanes. */
export const splat = /* @__PURE__ */ op("vector.splat");
/** A number in all lanes. */
const constant = (value: number): Code => ({ kind: "splat", value, bits: false });
/** All bits of the first lanes. */
export const mask = (lanes: number): Code => ({ kind: "mask", lanes });
export const extract = (lane: number, value: Code): Code => ({ kind: "extract", lane, value });
/** The sum of the lanes of a local, as f32. */
export const sum = (v: Local): Code => ({ kind: "op", op: "vector.sum", args: [get(v)] });
/** The sums of the lanes of two or four locals, in the same order, as the first lanes. May change the locals. */
export const sums = (...of: readonly Local[]): Code => ({ kind: "sums", of });
export const and = /* @__PURE__ */ op("vector.and");
export const andnot = /* @__PURE__ */ op("vector.andnot");
export const or = /* @__PURE__ */ op("vector.or");
/** Bits of a where the mask is set, else of b. */
export const select = (mask: Code, a: Code, b: Code): Code => ({
  kind: "op",
  op: "vector.select",
  args: [mask, a, b],
});
export const eq = /* @__PURE__ */ op("vector.eq");
export const ne = /* @__PURE__ */ op("vector.ne");
export const lt = /* @__PURE__ */ op("vector.lt");
export const gt = /* @__PURE__ */ op("vector.gt");
export const le = /* @__PURE__ */ op("vector.le");
export const ge = /* @__PURE__ */ op("vector.ge");
export const abs = /* @__PURE__ */ op("vector.abs");
export const neg = /* @__PURE__ */ op("vector.neg");
export const sqrt = /* @__PURE__ */ op("vector.sqrt");
export const add = /* @__PURE__ */ op("vector.add");
export const sub = /* @__PURE__ */ op("vector.sub");
export const mul = /* @__PURE__ */ op("vector.mul");
export const div = /* @__PURE__ */ op("vector.div");
export const min = /* @__PURE__ */ op("vector.min");
export const max = /* @__PURE__ */ op("vector.max");
/** b < a ? b : a, in one instruction; with x first, NaN in x stays NaN. */
export const pmin = /* @__PURE__ */ op("vector.pmin");
export const pmax = /* @__PURE__ */ op("vector.pmax");
export const nearest = /* @__PURE__ */ op("vector.nearest");
export const toI32 = /* @__PURE__ */ op("vector.toI32");
export const fromI32 = /* @__PURE__ */ op("vector.fromI32");
export const madd = /* @__PURE__ */ op("vector.madd");
export const nmadd = /* @__PURE__ */ op("vector.nmadd");

export { constant as const };
