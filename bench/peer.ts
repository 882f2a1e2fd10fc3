import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface, type Interface } from "node:readline";

/*
 * A peer is a process that trains one problem, told what to do by lines:
 *
 *   started as   COMMAND --problem DIRECTORY --threads N     (the directory: see `writeProblem` in problem.ts)
 *   it prints    ready {"name": ..., "about": ..., "threads": N}     after its own warm-up
 *   or           absent REASON                                       and ends
 *   it reads     run N        does N full training steps (forward, loss, whole backward pass, Adam)
 *   it prints    {"ms": M}    the mean of these steps, measured inside; with "worldShare": S where it has environments
 *                             that took that part of the time
 *   it reads     quit
 *   it prints    {"peakMB": M}    the most memory it ever held, and ends
 *
 * Between two `run`s it must be idle: the next process to be measured needs the cores.
 * With `--check DIRECTORY` it instead computes the gradients once, writes each to DIRECTORY/PARAM.f32, makes two training
 * steps, prints {"loss": loss at first, "trained": loss after them} and ends.
 */

/** How to start a peer. */
export interface PeerCommand {
  readonly name: string;
  /** The command line that comes before `--problem`. */
  readonly command: readonly string[];
  /** 1 where it cannot use more. */
  readonly maxThreads?: number;
}

/** A peer that cannot run a case; the reason goes into the report. */
export class Absent extends Error {}

/** Lets the threads of a process that was just measured stop spinning. */
const SETTLE_MS = 15;

export class Peer {
  /** What part of each `run` the environments and the sampling of actions took, where the peer says it. */
  readonly worldShares: number[] = [];

  private constructor(
    readonly name: string,
    readonly about: string,
    private readonly child: ChildProcessWithoutNullStreams,
    private readonly lines: Lines,
  ) {}

  /**
   * Starts a peer and waits until it has warmed up.
   *
   * @throws Absent if it says that it cannot run, dies, or is not ready after `timeoutMs`
   */
  static async start(
    peer: PeerCommand,
    problem: string,
    threads: number | string,
    timeoutMs: number,
  ): Promise<Peer> {
    const [program, ...first] = peer.command as [string, ...string[]];
    const child = spawn(program, [...first, "--problem", problem, "--threads", String(threads)]);
    const lines = new Lines(child);
    try {
      const line = await lines.next(timeoutMs);
      if (line.startsWith("absent ")) throw new Absent(line.slice("absent ".length));
      const { about } = answer<{ about: string }>(peer.name, line.replace(/^ready /, ""));
      return new Peer(peer.name, about, child, lines);
    } catch (error) {
      child.kill("SIGKILL");
      throw error;
    }
  }

  /** Milliseconds per training step, the mean of `steps`. */
  async run(steps: number, timeoutMs: number): Promise<number> {
    this.child.stdin.write(`run ${steps}\n`);
    const line = await this.lines.next(timeoutMs);
    const { ms, worldShare } = answer<{ ms: number; worldShare?: number }>(this.name, line);
    if (worldShare !== undefined) this.worldShares.push(worldShare);
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    return ms;
  }

  /** Ends the peer; its peak memory in MB (2^20 bytes). */
  async quit(): Promise<number> {
    this.child.stdin.write("quit\n");
    const { peakMB } = answer<{ peakMB: number }>(this.name, await this.lines.next(10_000));
    this.kill();
    return peakMB;
  }

  kill() {
    this.child.kill("SIGKILL");
  }
}

/** A line of the protocol. Throws an Error on anything else: that is a fault in the peer, not its absence. */
function answer<Answer>(peer: string, line: string): Answer {
  try {
    return JSON.parse(line) as Answer;
  } catch {
    throw new Error(`Peer: ${peer} must answer with one line of JSON, got "${line}"; see bench/peer.ts`);
  }
}

/** The lines that a process prints, one at a time. */
class Lines {
  private readonly lines: AsyncIterator<string>;
  private readonly reader: Interface;
  private complaints = "";

  constructor(private readonly child: ChildProcessWithoutNullStreams) {
    this.reader = createInterface({ input: child.stdout });
    this.lines = this.reader[Symbol.asyncIterator]();
    child.stderr.on("data", (chunk) => {
      this.complaints = (this.complaints + chunk).slice(-4000);
    });
    // A program that is not there: the reader ends, and the reason is this error's.
    child.on("error", (error) => {
      this.complaints += error.message;
      this.reader.close();
    });
    // Writing to a process that has died: `next` reports it.
    child.stdin.on("error", () => {});
  }

  /** @throws Absent with the last line of stderr if the process ends first, or on time-out */
  async next(timeoutMs: number): Promise<string> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.child.kill("SIGKILL");
        reject(new Absent(`no answer within ${timeoutMs / 1000} s`));
      }, timeoutMs);
    });
    try {
      const { value, done } = await Promise.race([this.lines.next(), late]);
      if (!done) return value;
      throw new Absent(lastLine(this.complaints) || `ended with ${this.child.signalCode ?? "no word"}`);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The line of an error that says what happened, of Python or of Node, without paths of this machine. */
function lastLine(text: string): string {
  const lines = text.split("\n").map((line) => line.trim());
  const named = lines.filter((line) => /Error|memory|not found|absent/i.test(line));
  const line = named.at(-1) ?? lines.filter(Boolean).at(-1) ?? "";
  return line.replaceAll(/(file:\/\/)?(\/[\w.@+-]+){2,}/g, "...").slice(0, 200);
}
