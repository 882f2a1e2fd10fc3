import type { Input, StepProgram } from "../models/index.js";
import type { Layout } from "./layout.js";
import type { LifeMemory } from "./memory.js";

/** Bytes of rooms that a model keeps; two rooms at least. */
const MOST = 2 ** 20;

/** Where a step has its vectors. */
export interface Room {
  readonly at: number;
  /** How often it was taken: whoever took it earlier has it no longer. */
  taken: number;
}

/** What a life's last step left. */
export interface Seen {
  readonly room: Room;
  readonly taken: number;
  readonly program: StepProgram;
}

export const isThere = ({ room, taken }: Seen): boolean => room.taken === taken;

/**
 * Rooms for the vectors of steps. A life needs one while it takes a step, and afterwards only to be looked into: so there are
 * few, and the one in which the oldest step was taken is taken again. What a life must keep lies in the life itself.
 */
export class Rooms {
  readonly #most: number;
  readonly #free: Room[] = [];
  /** Those in which a step was taken, the latest last. */
  readonly #used = new Set<Room>();

  constructor(
    private readonly memory: LifeMemory,
    private readonly layout: Layout["room"],
    private readonly inputs: readonly Input[],
  ) {
    this.#most = Math.max(2, Math.floor(MOST / Math.max(1, layout.bytes)));
    this.#free.push(this.#build());
  }

  take(): Room {
    const room = this.#free.pop() ?? this.#another() ?? [...this.#used][0]!;
    // Behind all others.
    this.#used.delete(room);
    this.#used.add(room);
    room.taken++;
    return room;
  }

  /** Lets others have the room first, if it is still there. */
  give(seen: Seen | null): void {
    if (!seen || !isThere(seen)) return;
    seen.room.taken++;
    this.#used.delete(seen.room);
    this.#free.push(seen.room);
  }

  /** A copy of what a step left, for another life; what is gone stays gone. */
  copy(seen: Seen): Seen {
    if (!isThere(seen)) return seen;
    const room = this.take();
    const from = seen.room.at / 4;
    this.memory.f32.copyWithin(room.at / 4, from, from + this.layout.bytes / 4);
    return { ...seen, room, taken: room.taken };
  }

  #another(): Room | null {
    if (this.#used.size >= this.#most) return null;
    try {
      return this.#build();
    } catch {
      // The memory is full: there is one at least.
      return null;
    }
  }

  #build(): Room {
    const at = this.memory.keepZeroed(this.layout.bytes);
    for (const { name, size, tail } of this.inputs)
      this.memory.f32.set(tail, (at + this.layout.vectors.get(name)!.at) / 4 + size);
    return { at, taken: 0 };
  }
}
