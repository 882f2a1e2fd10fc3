import type { EngineBuffer } from "./buffer.js";
import type { SealedProgram } from "./program.js";

/** Room for one captured program, in words of the target. */
export const captureWords = 2 * 1024 * 1024;

/** What was done while a device recorded: what must be repeated, and what must still hold then. */
export class Capture {
  private readonly writes: { readonly buffer: EngineBuffer; readonly data: Float32Array }[] = [];
  private readonly guards: (() => boolean)[] = [];
  /** Programs, and what the host does between them; null once a program could not be held back until its end. */
  private pieces: (SealedProgram | (() => void))[] | null = [];

  write(buffer: EngineBuffer, data: ArrayLike<number>): void {
    this.writes.push({ buffer, data: Float32Array.from(data) });
  }

  /** `holds` must be true for a repetition. */
  guard(holds: () => boolean): void {
    this.guards.push(holds);
  }

  program(piece: SealedProgram | null): void {
    if (piece) this.pieces?.push(piece);
    else this.pieces = null;
  }

  host(work: () => void): void {
    this.pieces?.push(work);
  }

  /** Does it all again, or does nothing and returns false if that is not possible. */
  repeat(
    place: (buffer: EngineBuffer, data: Float32Array) => void,
    run: (program: SealedProgram) => void,
  ): boolean {
    if (!this.pieces || !this.guards.every((holds) => holds())) return false;
    for (const { buffer, data } of this.writes) place(buffer, data);
    for (const piece of this.pieces) {
      if (typeof piece === "function") piece();
      else run(piece);
    }
    return true;
  }
}
