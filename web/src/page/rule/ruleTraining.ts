import { proxy, type Remote } from "comlink";
import type { DeviceInfo } from "hebbian";
import type { Checked, Learning, OwnRule } from "../../worker/ownRule.js";
import type { RuleMemory } from "../../worker/ruleMemory.js";
import { inWords } from "../failure.js";
import type { TypedRule } from "./typedRule.js";

/** Share of wrong bits of a network that remembers nothing: half of them are given, half of the others right by luck. */
export const CHANCE = 0.25;

/** Errors over training, by episode. */
export interface Course {
  readonly episodes: readonly number[];
  readonly errors: readonly number[];
}

/** All that the section shows. */
export interface View {
  readonly checked: Checked | null;
  readonly device: Pick<DeviceInfo, "threads" | "why">;
  readonly perSecond: number;
  readonly training: boolean;
  readonly course: Course;
  /** That of the rule before this one. */
  readonly former: Course;
  readonly memory: RuleMemory | null;
  readonly failure: string;
}

const NOTHING: Course = { episodes: [], errors: [] };

/** What the section Your own rule knows and does; `changed` hears of every new view. */
export class RuleTraining {
  view: View = {
    checked: null,
    device: { threads: 1, why: "" },
    perSecond: 0,
    training: false,
    course: NOTHING,
    former: NOTHING,
    memory: null,
    failure: "",
  };
  /** Which training is the latest, by number: what those before it still report is not heard. 0: nobody has asked for any. */
  private run = 0;
  private asked = 0;

  constructor(
    private readonly worker: Remote<OwnRule> | OwnRule,
    private readonly changed: (view: View) => void,
  ) {}

  /** `answer`: what waits for the device, and fails where there is none. */
  async start(answer: Promise<DeviceInfo> | DeviceInfo = this.worker.start()): Promise<void> {
    try {
      this.set({ device: await answer });
    } catch (error) {
      this.set({ failure: inWords(error) });
    }
  }
  /** Trains as the page comes into view, unless somebody has begun to by then, or something failed. */
  async begin(rule: () => TypedRule, seed: number): Promise<void> {
    if (this.run === 0 && this.view.failure === "") await this.train(rule(), seed);
  }

  /** Whether it is a rule, and what its derivatives are; the latest question is answered. */
  async check(rule: TypedRule): Promise<boolean> {
    const mine = ++this.asked;
    const checked = await this.worker.check(rule);
    if (mine === this.asked) this.set({ checked });
    return checked.ok;
  }

  /** From the beginning, in the place of what is being trained. What is no rule is not trained. */
  async train(rule: TypedRule, seed: number): Promise<void> {
    const mine = ++this.run;
    try {
      if (!(await this.check(rule)) || mine !== this.run) return;
      const { course, former } = this.view;
      this.set({
        former: course.errors.length > 0 ? course : former,
        course: NOTHING,
        memory: null,
        failure: "",
        training: true,
      });
      const report = proxy((learning: Learning) => {
        if (mine === this.run) this.hear(learning);
      });
      await this.worker.train(rule, seed, report);
    } catch (error) {
      if (mine === this.run) this.set({ failure: inWords(error), training: false, perSecond: 0 });
    }
  }
  async stop(): Promise<void> {
    await this.worker.stop();
  }
  /** As if nothing had been trained yet. */
  forget(): void {
    this.set({ course: NOTHING, former: NOTHING, memory: null, failure: "" });
  }

  private hear({ episodes, errors, perSecond, memory, done, failure }: Learning): void {
    const { course } = this.view;
    this.set({
      course: { episodes: [...course.episodes, ...episodes], errors: [...course.errors, ...errors] },
      perSecond: done ? 0 : perSecond,
      memory: memory ?? this.view.memory,
      training: !done,
      failure: failure ?? "",
    });
  }
  private set(part: Partial<View>): void {
    this.view = { ...this.view, ...part };
    this.changed(this.view);
  }
}

/** The share of wrong bits now, and after how many episodes; null before the first. */
export function scoreOf({
  episodes,
  errors,
}: Course): { readonly error: number; readonly episode: number } | null {
  const [error, episode] = [errors.at(-1), episodes.at(-1)];
  return error === undefined || episode === undefined ? null : { error, episode };
}

/** A score as people say it: the share of the missing half that comes back, beyond guessing. */
export function verdictOf(error: number): string {
  if (error < 0.01) return "It remembers nearly everything.";
  if (error < 0.04) return "It remembers well.";
  if (error < 0.12) return "It remembers some of it.";
  return error < 0.22 ? "It remembers little." : "It remembers nothing.";
}
