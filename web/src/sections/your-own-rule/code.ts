interface Typed {
  readonly weight: string;
  readonly H: string;
  readonly etaStart: number;
  readonly seed: number;
}

/** A program that trains with the rule of the section Your own rule, as the page does. */
export const ruleCode = ({ weight, H, etaStart, seed }: Typed): string => `import { init } from "hebbian";
import { patternsSmallWith } from "hebbian/experiments";
import { defineRule } from "hebbian/rules";
import { run } from "hebbian/training";

const rule = defineRule({
  name: "yours",
  traces: { H: 0 },
  params: { eta: { per: "layer", init: ${etaStart} } },
  reads: { recalled: { per: "post", sum: "pre * H" } },
  weight: ${JSON.stringify(weight)},
  update: { H: ${JSON.stringify(H)} },
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
