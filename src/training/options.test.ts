import { describe, expect, it } from "vitest";
import { experiments, patternsSmall } from "../experiments/index.js";
import { describeOptions, resolveOptions } from "./options.js";

describe("describeOptions", () => {
  it.each(Object.values(experiments))(
    "says of every option of $name what a flag or slider needs",
    (experiment) => {
      const options = describeOptions(experiment);
      expect(Object.fromEntries(options.map((option) => [option.name, option.default]))).toEqual(
        resolveOptions(experiment),
      );
      for (const option of options) {
        expect(option.description.length).toBeGreaterThan(10);
        if (option.type === "choice" || option.type === "rule")
          expect(option.choices).toContain(option.default);
        else expect(option.min).toBeTypeOf("number");
        if (option.type === "integer")
          expect(option.max ?? Infinity).toBeGreaterThan(option.default as number);
      }
    },
  );

  it("gives ranges and choices as the schema has them", () => {
    const byName = Object.fromEntries(describeOptions(patternsSmall).map((option) => [option.name, option]));
    expect(byName.network).toMatchObject({
      type: "choice",
      choices: [
        "plastic",
        "modulated",
        "retroactive",
        "homogeneous",
        "rnn",
        "irnn",
        "lstm",
        "plastic-lstm",
        "hebbian-lstm",
        "fast-weights",
      ],
    });
    expect(byName.bits).toMatchObject({ type: "integer", default: 50, min: 2, max: 1000 });
    expect(byName.lr).toMatchObject({ type: "number", default: 3e-4, min: 0 });
  });
});
