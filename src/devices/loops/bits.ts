/** The same vectors as whole numbers of 32 bits. */
import { op } from "./makers.js";
import type { Code } from "./nodes.js";

const constant = (value: number): Code => ({ kind: "splat", value, bits: true });
export const eq = /* @__PURE__ */ op("bits.eq");
export const add = /* @__PURE__ */ op("bits.add");
export const sub = /* @__PURE__ */ op("bits.sub");
export const shl = /* @__PURE__ */ op("bits.shl");
export const shrU = /* @__PURE__ */ op("bits.shrU");

export { constant as const };
