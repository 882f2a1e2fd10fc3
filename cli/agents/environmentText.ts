import type { Replay } from "../../src/training/index.js";

/** How an episode is shown in text: on a terminal, moment by moment in one place, and elsewhere, once. */
export interface View {
  readonly moments: readonly string[];
  readonly still: string;
}

/** Steps in sight at once on a terminal, where an environment cannot draw itself. */
const IN_SIGHT = 12;

/** An episode in any environment: what it draws itself, or else a line for each step: the action, and what it earned. */
export function environmentView({ environment, start, frames }: Replay): View {
  let total = 0;
  const lines = frames.map(({ action, reward, modulator }, t) => {
    total += reward;
    const signal = modulator === null ? "" : `   modulator ${modulator.toFixed(2).padStart(5)}`;
    const step = String(t + 1).padStart(String(frames.length).length);
    return `step ${step}   action ${action}   reward ${short(reward).padStart(6)}   in all ${short(total)}${signal}`;
  });
  if (!environment.draw) {
    const moments = lines.map((_, t) => lines.slice(Math.max(0, t + 1 - IN_SIGHT), t + 1).join("\n"));
    return { moments, still: lines.join("\n") };
  }
  const drawn = frames.map(({ world }, t) => `${environment.draw!(world)}\n${lines[t]}`);
  return { moments: drawn, still: [environment.draw(start), ...drawn].join("\n\n") };
}

const short = (value: number): string => Number(value.toPrecision(3)).toString();
