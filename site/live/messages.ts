/** As many as docs/rules.md promises something after. */
export const EPISODES = 400;

export interface Question {
  readonly code: string;
  /** Whether the network without plasticity is to be trained too. */
  readonly compared: boolean;
}

export type Answer =
  | { readonly kind: "losses"; readonly of: "rule" | "nonplastic"; readonly losses: readonly number[] }
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "done" };
