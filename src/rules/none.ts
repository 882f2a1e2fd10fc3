import { defineRule } from "./rule.js";

/** No plasticity: the connection of an ordinary recurrent network. */
export const nonplastic = defineRule({ name: "nonplastic", traces: {}, weight: "w", update: {} });
