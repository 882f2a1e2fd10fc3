export * from "./clippedHebb.js";
export * from "./decayingHebb.js";
export * from "./frozen.js";
export * from "./linearDecay.js";
export * from "./none.js";
export * from "./oja.js";
export * from "./rule.js";
