import { checkedRule } from "./checkedRule.js";
import { briefReader } from "./faults.js";

/** No plasticity: the connection of an ordinary recurrent network. */
export const nonplastic = checkedRule(
  { name: "nonplastic", traces: {}, weight: "w", update: {} },
  briefReader,
);
