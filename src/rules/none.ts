import { ruleOf } from "./checkedRule.js";
import { brief } from "./faults.js";

/** No plasticity: the connection of an ordinary recurrent network. */
export const nonplastic = ruleOf({ name: "nonplastic", traces: {}, weight: "w", update: {} }, brief);
