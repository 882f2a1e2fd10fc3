import type { Io } from "./io.js";

/** What a command is carried out in, and how it ends. */
export interface Ending {
  readonly io: Io;
  /** Sets the exit code. */
  exit(code: number): void;
  /** As `exit`, of commands that only print: what they print must arrive. Throws a FileError where it does not. */
  answer(code: number | Promise<number>): Promise<void>;
}
