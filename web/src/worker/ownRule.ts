import { type DeviceInfo, init } from "hebbian";
import { patternsSmallWith } from "hebbian/experiments";
import { derive, namesIn, print } from "hebbian/formulas";
import { defineRule, type Rule } from "hebbian/rules";
import { type Checkpoint, describeModel, encodeModel, run } from "hebbian/training";
import { faultOf } from "../page/rule/fault.js";
import { toldTo } from "../page/rule/told.js";
import { definitionOf, type TypedRule } from "../page/rule/typedRule.js";
import { type RuleMemory, remembered } from "./ruleMemory.js";

export interface Derivative {
  /** Of what, with respect to what: "weight", the next value of "H". */
  readonly of: string;
  readonly by: string;
  readonly formula: string;
}

export type Checked =
  | {
      readonly ok: true;
      readonly derivatives: readonly Derivative[];
      /** What it is told beside its neurons' activity, in words; nothing where it is told no more. */
      readonly told: readonly string[];
    }
  | {
      readonly ok: false;
      /** Where it was typed. */
      readonly field: "weight" | "H" | "more";
      readonly problem: string;
      readonly formula: string;
      readonly column: number;
    };

/** What has happened since the last report. */
export interface Learning {
  /** Episodes lived so far, and the mean share of wrong bits of the last `ERRORS` of them. */
  readonly episodes: Float64Array;
  readonly errors: Float64Array;
  readonly perSecond: number;
  /** What the network, as it is now, makes of two pictures; null where that was not asked since the last report. */
  readonly memory: RuleMemory | null;
  readonly done: boolean;
  readonly failure: string | null;
}

/** Episodes that the error is a running mean of. */
const ERRORS = 100;
/** A point of the curve every so many episodes, and a report as often as this, in ms. */
const POINT = 25;
const REPORT = 80;
const EPISODES = 20_000;
/** Episodes after which the network may be looked at; and how long it is not, ms, since it was. */
const LOOK = 50;
const APART = 400;
const RATE = 1e-3;

export class OwnRule {
  private device: ReturnType<typeof init> | null = null;
  private stopping: AbortController | null = null;
  private trained: Uint8Array | null = null;

  /** @param episodes that a rule is trained for */
  constructor(private readonly episodes = EPISODES) {}

  /** Parses and derives; the answer says what is wrong, and where. */
  check(typed: TypedRule): Checked {
    try {
      const rule = defineRule(definitionOf(typed));
      return { ok: true, derivatives: derivativesOf(rule), told: toldTo(rule) };
    } catch (error) {
      return { ok: false, ...faultOf(error, typed) };
    }
  }

  /** What it computes on. */
  async start(): Promise<DeviceInfo> {
    // Asked twice at once, it is one device all the same.
    this.device ??= init();
    return (await this.device).info;
  }

  /** Trains pattern completion with the rule, until the end, a failure or `stop`; reports as it goes. */
  async train(typed: TypedRule, seed: number, report: (learning: Learning) => void): Promise<void> {
    this.stop();
    this.trained = null;
    const stopping = new AbortController();
    this.stopping = stopping;
    await this.start();
    const experiment = patternsSmallWith(defineRule(definitionOf(typed)));
    const device = await this.device!;
    const latest: number[] = [];
    let episodes: number[] = [];
    let errors: number[] = [];
    let began = performance.now();
    let since = 0;
    let looked = Number.NEGATIVE_INFINITY;
    let memory: RuleMemory | null = null;
    const fileOf = (checkpoint: Checkpoint) =>
      encodeModel(checkpoint, describeModel(experiment, checkpoint, null), { rule: typed.H });
    const tell = (done: boolean, failure: string | null = null) => {
      const now = performance.now();
      report({
        episodes: Float64Array.from(episodes),
        errors: Float64Array.from(errors),
        perSecond: (1000 * since) / Math.max(1, now - began),
        memory,
        done,
        failure,
      });
      [episodes, errors, began, since, memory] = [[], [], now, 0, null];
    };
    const options = { lr: RATE };
    const settings = {
      device,
      seed,
      episodes: this.episodes,
      options,
      signal: stopping.signal,
      checkpointEvery: LOOK,
    };
    try {
      for await (const event of run(experiment, settings)) {
        if (event.type === "checkpoint") {
          const { checkpoint, reason } = event;
          // The network is that of the latest training, not of one that ends because another has begun.
          if (this.stopping !== stopping) continue;
          if (reason === "regular" && performance.now() - looked < APART) continue;
          looked = performance.now();
          this.trained = fileOf(checkpoint);
          memory = await remembered(this.trained, checkpoint.episode);
        }
        if (event.type !== "episode") continue;
        since++;
        latest.push(event.metrics.error!);
        if (latest.length > ERRORS) latest.shift();
        if (event.episode % POINT === 0) {
          episodes.push(event.episode);
          errors.push(latest.reduce((sum, error) => sum + error, 0) / latest.length);
        }
        if (performance.now() - began > REPORT) tell(false);
      }
      tell(true);
    } catch (error) {
      tell(true, error instanceof Error ? error.message : String(error));
    }
  }

  stop(): void {
    this.stopping?.abort();
  }

  /** The network as it was when it was looked at last, or training ended; null before that. */
  modelFile(): Uint8Array | null {
    return this.trained;
  }
}

/** How much the effective weight and each next value move with each name that they hold. */
function derivativesOf({ weight, update, neuronTraces }: Rule): Derivative[] {
  const neurons = Object.entries(neuronTraces).map(([trace, each]) => [trace, each.update] as const);
  return Object.entries({ weight, ...update, ...Object.fromEntries(neurons) }).flatMap(([what, formula]) =>
    [...namesIn(formula)].map((name) => ({ of: what, by: name, formula: print(derive(formula, name)) })),
  );
}

export type OwnRuleWorker = OwnRule;
export const ownRule = new OwnRule();
