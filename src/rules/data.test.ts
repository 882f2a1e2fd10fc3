import { expect, it } from "vitest";
import * as rules from "./index.js";
import { decayingHebb, type Rule, ruleData, ruleFrom, withRates } from "./index.js";

const isRule = (value: unknown): value is Rule =>
  typeof value === "object" && value !== null && "definition" in value;

it.each([...Object.values(rules).filter(isRule), withRates(decayingHebb, { alpha: "layer", eta: "post" })])(
  "a rule is the same after it was data: $name",
  (rule) => {
    const data = JSON.parse(JSON.stringify(ruleData(rule)));
    const { definition: _, ...again } = ruleFrom(data);
    const { definition, ...before } = rule;
    expect(again).toEqual(before);
    expect(ruleData(ruleFrom(data))).toEqual(ruleData(rule));
  },
);
