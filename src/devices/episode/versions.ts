import type { Sweep } from "../device.js";
import type { TracePlan } from "./plan.js";

/** Addresses of one version of every trace. */
export type VersionAddresses = readonly number[];

export interface RecordedSweep extends Sweep {
  /** Versions of the traces before and after this sweep's update. */
  readonly before: number;
  readonly after: number;
}

/** Carries out a sweep's update alone, from one place to another. */
export type ReplayUpdate = (sweep: RecordedSweep, from: VersionAddresses, to: VersionAddresses) => void;

/** Where each version of an episode's traces lies, as far as the plan keeps it; version 0 is the initial one. */
export class Versions {
  /** Checkpoint k holds version k * segment. */
  private readonly checkpoints: VersionAddresses[] = [];
  private work: VersionAddresses | null = null;
  /** Versions of one segment that were computed again, by version. */
  private recomputed = new Map<number, VersionAddresses>();
  private spare: VersionAddresses[] = [];

  /** `allocate`: a place for one version of every trace; empty for a rule without traces. */
  constructor(
    private readonly plan: TracePlan,
    private readonly allocate: () => VersionAddresses,
  ) {
    this.checkpoints.push(allocate());
  }

  get initial(): VersionAddresses {
    return this.checkpoints[0]!;
  }

  /** Where a version lies that was reached by the forward pass, or by walking back. */
  reached(version: number): VersionAddresses {
    const { segment } = this.plan;
    if (version === 0) return this.initial;
    return version % segment === 0 ? this.checkpoints[version / segment]! : this.workPlace();
  }

  /** Where the forward pass puts a new version. */
  placeFor(version: number): VersionAddresses {
    const { mode, segment } = this.plan;
    if (mode === "forget") return this.initial;
    if (version % segment !== 0) return this.workPlace();
    this.checkpoints[version / segment] = this.allocate();
    return this.checkpoints[version / segment]!;
  }

  /** A version that the backward pass reads: a checkpoint, or computed again from the one before it. */
  again(version: number, sweeps: readonly RecordedSweep[], replay: ReplayUpdate): VersionAddresses {
    const { segment } = this.plan;
    if (this.initial.length === 0 || version % segment === 0) return this.reached(version);
    if (!this.recomputed.has(version)) {
      this.spare.push(...this.recomputed.values());
      this.recomputed = new Map();
      const start = version - (version % segment);
      let from = this.checkpoints[start / segment]!;
      for (const sweep of sweeps) {
        if (!sweep.update || sweep.before < start || sweep.before >= version) continue;
        const to = this.spare.pop() ?? this.allocate();
        replay(sweep, from, to);
        this.recomputed.set(sweep.after, to);
        from = to;
      }
    }
    return this.recomputed.get(version)!;
  }

  /** Where versions lie that are not kept. */
  workPlace(): VersionAddresses {
    this.work ??= this.plan.mode === "forget" ? this.initial : this.allocate();
    return this.work;
  }
}
