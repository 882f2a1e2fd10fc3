import type { CueReward, CueRewardState } from "../../src/tasks/index.js";
import type { Frame, Replay } from "../../src/training/index.js";

/** An episode of cue-reward association, a line for each trial: the cues, the answer, and what it earned. */
export function trialLines(task: CueReward, { start, frames }: Replay): string[] {
  const { shown, target } = start as CueRewardState;
  const letter = (cue: number) => String.fromCharCode("A".charCodeAt(0) + cue);
  const lines: string[] = [];
  let cues: string[] = [];
  let total = 0;
  frames.forEach(({ world, reward, modulator }: Frame, t) => {
    if (shown[t]! >= 0) cues.push(letter(shown[t]!));
    if (!task.isGo(start as CueRewardState, t)) return;
    total += reward;
    const answer = (world as CueRewardState).action === 1 ? "yes" : "no";
    const signal = modulator === null ? "" : `   modulator ${modulator.toFixed(2).padStart(5)}`;
    lines.push(
      `trial ${String(lines.length + 1).padStart(2)}   ${cues.join(" ").padEnd(8)} target there? ${answer.padEnd(4)}${reward > 0 ? "+1" : "-1"}   in all ${total}${signal}`,
    );
    cues = [];
  });
  return [`The target is ${letter(target)}; nothing but the rewards tells.`, ...lines];
}
