/** A race between the agent and a visitor: who finds the goal so often first. It moves when somebody has found it a few times. */
export const GOALS = 5;
export const MOVES_AFTER = 3;

export interface Race {
  readonly moved: boolean;
  readonly over: boolean;
  /** Steps that both have taken. */
  readonly steps: number;
  readonly agent: number;
  readonly visitor: number;
}

export const fresh: Race = { moved: false, over: false, steps: 0, agent: 0, visitor: 0 };

/** What becomes of a race by a step; `last`: the episode has no more of them. */
export function raced(race: Race, agent: number, visitor: number, last: boolean): Race {
  const most = Math.max(agent, visitor);
  return {
    moved: race.moved || most >= MOVES_AFTER,
    over: most >= GOALS || last,
    steps: race.steps + 1,
    agent,
    visitor,
  };
}

/** How it stands, for whoever runs. */
export function inWords({ moved, over, steps, agent, visitor }: Race): string {
  const score = `${visitor} : ${agent}`;
  if (over) {
    if (visitor > agent) return `You win, ${score}, in ${steps} steps.`;
    return agent > visitor
      ? `It wins, ${agent} : ${visitor}, in ${steps} steps.`
      : `A draw, ${score}, in ${steps} steps.`;
  }
  if (steps === 0) return "Your move. It takes one step for each of yours.";
  if (moved) return `${score}. The reward has moved: forget the old place.`;
  return visitor === 0 ? `${score}. Somewhere in here is the reward.` : `${score}. You know where it is now.`;
}
