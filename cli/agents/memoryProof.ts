import {
  type Conduct,
  type InterventionName,
  interventions,
  type MeanInterval,
  stepsToGiveUp,
} from "../../src/training/index.js";
import { textColumns } from "../textColumns.js";

/** What came of an intervention, each number with its 95 % interval. */
export interface InterventionSummary {
  /** Reward of an episode's second half. */
  readonly secondHalf: MeanInterval;
  /** Visits of its goal in it; of tasks with a goal. */
  readonly ownVisits?: MeanInterval;
  /** Visits of the donor's goal, or to where the goal was before it moved. */
  readonly otherVisits?: MeanInterval;
  /** Steps after which visits to the old goal have fallen below those to the new one; null if they never do. */
  readonly givenUpAfter?: number | null;
}

/** What evaluations of agents say beside their metrics. */
export interface MemoryProof {
  /** Mean reward of an episode's second half, by what was done. */
  readonly secondHalf: Readonly<Partial<Record<InterventionName, number>>>;
  readonly interventions: Readonly<Partial<Record<InterventionName, InterventionSummary>>>;
}

export function memoryProof(conduct: Conduct | null): MemoryProof | null {
  if (!conduct) return null;
  const lived = interventions.filter((name) => conduct.results[name]);
  return {
    secondHalf: Object.fromEntries(lived.map((name) => [name, conduct.results[name]!.secondHalf])),
    interventions: Object.fromEntries(lived.map((name) => [name, summaryOf(conduct, name)])),
  };
}

function summaryOf({ results }: Conduct, name: InterventionName): InterventionSummary {
  const { secondHalfInterval, goals, changed } = results[name]!;
  const moved = name === "goalMoved" || name === "goalMovedZeroed";
  return {
    secondHalf: secondHalfInterval,
    ...(goals && { ownVisits: goals.own.visits }),
    ...(goals?.other && { otherVisits: goals.other.visits }),
    ...(moved &&
      goals?.other && {
        givenUpAfter: stepsToGiveUp(goals.own.perStep, goals.other.perStep, changed),
      }),
  };
}

/** What was done, in words. */
export const interventionWords: Readonly<Record<InterventionName, string>> = {
  intact: "left alone",
  frozen: "trace frozen halfway",
  zeroed: "trace zeroed",
  shuffled: "trace shuffled",
  unwritten: "trace never written",
  transplanted: "another's trace, frozen",
  activityZeroed: "activity zeroed",
  activitySwapped: "another's activity",
  goalMoved: "goal moved",
  goalMovedZeroed: "goal moved, trace zeroed",
};

/** The reward of the second half and visits, under every intervention; nothing where none could be made. */
export function proofText({ interventions: made }: MemoryProof): string {
  const entries = Object.entries(made) as [InterventionName, InterventionSummary][];
  if (entries.length < 2) return "";
  const hasGoals = entries.some(([, { ownVisits }]) => ownVisits);
  const rows = entries.map(([name, { secondHalf, ownVisits, otherVisits, givenUpAfter }]) => [
    interventionWords[name],
    shown(secondHalf),
    ...(hasGoals ? [ownVisits ? shown(ownVisits) : "", otherVisits ? shown(otherVisits) : ""] : []),
    givenUpAfter === undefined
      ? ""
      : givenUpAfter === null
        ? "never given up"
        : `given up after ${givenUpAfter} steps`,
  ]);
  const heading = [
    "",
    "reward",
    ...(hasGoals ? ["visits to its goal", "to the other's, or the old one"] : []),
    "",
  ];
  return (
    "\nThe second half of an episode, in the same episodes, after something was done halfway (mean +- 95 %):\n" +
    textColumns([heading, ...rows])
  );
}

const shown = ({ mean, high }: MeanInterval): string =>
  `${Number(mean.toPrecision(3))} +- ${Number((high - mean).toPrecision(2))}`;
