import { definitionOf, LineError } from "../../page/rule/typedRule.js";

interface Typed {
  readonly weight: string;
  readonly H: string;
  readonly more: string;
  readonly etaStart: number;
  readonly seed: number;
}

/** A program that trains with the rule of the section Your own rule, as the page does. */
export const ruleCode = ({ seed, ...typed }: Typed): string => `import { init } from "hebbian";
import { patternsSmallWith } from "hebbian/experiments";
import { defineRule } from "hebbian/rules";
import { run } from "hebbian/training";

const rule = defineRule({
${definition(typed)}
});
const device = await init();
const settings = { device, seed: ${seed}, episodes: 2000, options: { lr: 1e-3 } };
for await (const event of run(patternsSmallWith(rule), settings)) {
  if (event.type === "episode" && event.episode % 100 === 0) {
    console.log(event.episode, "lives:", (100 * event.metrics.error).toFixed(1), "% wrong");
  }
}
await device.dispose();
`;

function definition({ weight, H, more, etaStart }: Omit<Typed, "seed">): string {
  const rule = { weight, H, eta: etaStart };
  try {
    return entries(definitionOf({ ...rule, more }));
  } catch (error) {
    if (!(error instanceof LineError)) throw error;
    return `  // Not yet a part of it: ${error.text}\n${entries(definitionOf({ ...rule, more: "" }))}`;
  }
}

const entries = (definition: object): string =>
  Object.entries(definition)
    .filter(([, value]) => typeof value !== "object" || Object.keys(value).length > 0)
    .map(([key, value]) => `  ${key}: ${literal(value)},`)
    .join("\n");

/** A value as JavaScript has it. */
const literal = (value: unknown): string =>
  typeof value === "object"
    ? `{ ${Object.entries(value!)
        .map(([key, each]) => `${key}: ${literal(each)}`)
        .join(", ")} }`
    : JSON.stringify(value);
