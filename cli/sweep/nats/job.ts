import * as z from "../../../src/schema/index.js";

/** A run as it is handed to a worker. */
export const jobSchema = z.object({
  /** The run's identity: its last part is of the code, which the worker must have too. */
  id: z.string(),
  /** Of its folder. */
  name: z.string(),
  episodes: z.int(),
  /** Words of `hebbian`, but for --out. */
  argv: z.array(z.string(), 1),
});
export type Job = z.output<typeof jobSchema>;

/** What came of a run. */
export const outcomeSchema = z.object({
  name: z.string(),
  /** Null where it left a result. */
  failure: z.object({ code: z.int(), message: z.string() }).nullable(),
});
export type Outcome = z.output<typeof outcomeSchema>;

export const stateName = (id: string): string => `state/${id}`;
export const resultName = (id: string): string => `result/${id}`;
