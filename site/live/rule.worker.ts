import { train } from "page:train";
import { nonplastic } from "../../src/rules/index.js";
import { checkRule } from "./checkRule.js";
import { type Answer, EPISODES, type Question } from "./messages.js";

/** Trains with the rule of a text, by the code of docs/rules.md itself. */
addEventListener("message", async ({ data }: MessageEvent<Question>) => {
  const say = (answer: Answer) => postMessage(answer);
  try {
    const checked = checkRule(data.code);
    if (!checked.ok) return say({ kind: "failed", message: checked.problem });
    say({ kind: "losses", of: "rule", losses: await train(checked.rule, EPISODES) });
    if (data.compared) say({ kind: "losses", of: "nonplastic", losses: await train(nonplastic, EPISODES) });
    say({ kind: "done" });
  } catch (error) {
    say({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
  }
});
