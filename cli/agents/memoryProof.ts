import { type Ablation, ablations, type Conduct } from "../../src/training/index.js";

/** What evaluations of agents say beside their metrics. */
export interface MemoryProof {
  /** Mean reward of an episode's second half, by what was done to the traces. */
  readonly secondHalf: Readonly<Partial<Record<Ablation, number>>>;
}

export function memoryProof(conduct: Conduct | null): MemoryProof | null {
  if (!conduct) return null;
  const lived = ablations.filter((ablation) => conduct.results[ablation]);
  return {
    secondHalf: Object.fromEntries(
      lived.map((ablation) => [ablation, conduct.results[ablation]!.secondHalf]),
    ),
  };
}

/** What the reward of the second half becomes when the memory is taken away; nothing for networks without traces. */
export function proofText({ secondHalf }: MemoryProof): string {
  const rows = Object.entries(secondHalf).map(
    ([ablation, reward]) => `  ${`trace ${ablation}`.padEnd(18)}${Number(reward.toPrecision(3))}\n`,
  );
  return rows.length > 1
    ? `\nReward of an episode's second half, in the same episodes, its trace left alone, changed halfway, or never written:\n${rows.join("")}`
    : "";
}
