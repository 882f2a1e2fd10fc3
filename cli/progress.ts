import type { Metric } from "../src/training/index.js";
import type { Io } from "./io.js";
import { clearLine } from "./terminalText.js";

/** How many of the last batches of episodes the shown metrics are the mean of. */
const WINDOW = 50;
/** Metrics in the line; more would not fit. */
const SHOWN = 3;
/** Milliseconds between updates: of a line on a terminal, of lines in a log. */
const LIVE = 100;
const LOGGED = 5000;
/** The rate is that of about the last so many milliseconds. */
const RATE_OVER = 10_000;

/** A metric as people read it: "1.3 %", "0.0421". */
export const shownMetric = ({ show }: Metric, value: number): string =>
  show === "percent"
    ? `${(100 * value).toFixed(value < 0.1 ? 2 : 1)} %`
    : Number(value.toPrecision(3)).toString();

/** "1 episode", "2 episodes". */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** "0.3 s", "41 s", "3 min 20 s", "2 h 5 min". */
export function duration(seconds: number): string {
  if (seconds < 1) return `${Number(seconds.toPrecision(1))} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

export const rateText = (perSecond: number): string =>
  `${perSecond >= 100 ? perSecond.toFixed(0) : Number(perSecond.toPrecision(2))} episodes/s`;

/** A line that tells how a run is going: rewritten in place on a terminal, now and then a new one elsewhere. */
export class Progress {
  private readonly recent: { episodes: number; metrics: Readonly<Record<string, number>> }[] = [];
  private readonly marks: { time: number; episode: number }[];
  private lastShown: number;
  /** The episode of the last line in a log. */
  private logged: number | null = null;
  private isFinished = false;

  constructor(
    private readonly io: Pick<Io, "stdout" | "now">,
    private readonly metrics: readonly Metric[],
    private episode: number,
    private readonly episodes: number,
  ) {
    this.lastShown = io.now();
    this.marks = [{ time: this.lastShown, episode }];
  }

  /** Takes an episode in, and shows it if it is time to; nothing any more once the line has ended. */
  see(episode: number, metrics: Readonly<Record<string, number>>): void {
    if (this.isFinished) return;
    this.recent.push({ episodes: episode - this.episode, metrics });
    this.episode = episode;
    if (this.recent.length > WINDOW) this.recent.shift();
    const { stdout, now } = this.io;
    const time = now();
    if (time - this.lastShown < (stdout.isTTY ? LIVE : LOGGED)) return;
    this.lastShown = time;
    this.marks.push({ time, episode });
    while (this.marks.length > 2 && time - this.marks[1]!.time > RATE_OVER) this.marks.shift();
    if (stdout.isTTY) stdout.write(`${clearLine}${this.line().slice(0, stdout.columns! - 1)}`);
    else this.log();
  }

  /** Ends the line on a terminal; elsewhere says where the run has got to, unless the last line does. */
  finish(): void {
    const { stdout } = this.io;
    if (this.isFinished || this.recent.length === 0) return;
    this.isFinished = true;
    if (stdout.isTTY) stdout.write(`${clearLine}${this.line()}\n`);
    else if (this.logged !== this.episode) this.log();
  }

  private log(): void {
    this.logged = this.episode;
    this.io.stdout.write(`${this.line()}\n`);
  }

  private line(): string {
    const lived = this.recent.reduce((sum, { episodes }) => sum + episodes, 0);
    // Some are only measured in tests.
    const measured = this.metrics.filter(({ name }) => name in this.recent[0]!.metrics);
    const means = measured.slice(0, SHOWN).map((metric) => {
      const sum = this.recent.reduce((all, { metrics }) => all + metrics[metric.name]!, 0);
      return `${metric.name} ${shownMetric(metric, sum / this.recent.length)}`;
    });
    const first = this.marks[0]!;
    const perSecond = ((this.episode - first.episode) / (this.io.now() - first.time)) * 1000;
    const parts = [
      `episode ${String(this.episode).padStart(String(this.episodes).length)}/${this.episodes}`,
      `${means.join(", ")} (last ${lived})`,
    ];
    if (perSecond > 0 && Number.isFinite(perSecond)) {
      parts.push(rateText(perSecond));
      const left = (this.episodes - this.episode) / perSecond;
      if (left > 0) parts.push(`${duration(left)} left`);
    }
    return parts.join("   ");
  }
}
