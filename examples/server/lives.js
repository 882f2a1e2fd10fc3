import Database from "better-sqlite3";

/** Steps between two snapshots: a life that wakes up lives through at most so many again. */
const SNAPSHOT_EVERY = 50;
/** Lives in memory; the others sleep in the database. */
const AWAKE = 100;

/**
 * One life for each user, in an SQLite database. Every step's input is on the disk before its answer is given; every so
 * many steps, a snapshot takes their place. A life is its last snapshot, and the inputs since: the same inputs give the
 * same bits, so that nothing else need be kept.
 */
export class Lives {
  #model;
  #database;
  #awake = new Map();
  #sql;

  constructor(model, file) {
    this.#model = model;
    this.#database = new Database(file);
    // With FULL, a commit has reached the disk when it returns, even in WAL mode.
    this.#database.pragma("journal_mode = WAL");
    this.#database.pragma("synchronous = FULL");
    this.#database.exec(`
      CREATE TABLE IF NOT EXISTS snapshots (user TEXT PRIMARY KEY, life BLOB NOT NULL) STRICT;
      CREATE TABLE IF NOT EXISTS steps (
        user TEXT, step INTEGER, input BLOB NOT NULL, answer BLOB NOT NULL, PRIMARY KEY (user, step)
      ) STRICT, WITHOUT ROWID;
    `);
    const prepare = (text) => this.#database.prepare(text);
    this.#sql = {
      snapshot: prepare("SELECT life FROM snapshots WHERE user = ?").pluck(),
      inputs: prepare("SELECT input FROM steps WHERE user = ? AND step >= ? ORDER BY step").pluck(),
      answer: prepare("SELECT answer FROM steps WHERE user = ? AND step = ? AND input = ?").pluck(),
      lived: prepare("INSERT INTO steps VALUES (?, ?, ?, ?)"),
      keep: prepare("INSERT INTO snapshots VALUES (?, ?) ON CONFLICT DO UPDATE SET life = excluded.life"),
      // The last step stays: somebody may ask for its answer again.
      forget: prepare("DELETE FROM steps WHERE user = ? AND step < ?"),
    };
  }

  /** Steps that a user's life has lived. */
  stepsOf(user) {
    return this.#lifeOf(user).steps;
  }

  /** A user's life as bytes. */
  snapshotOf(user) {
    return this.#lifeOf(user).snapshot();
  }

  /**
   * Lives step number `step` of a user's life, from 0; returns the answer once it can no longer be lost. Asked for the last
   * step again with the same input, as by a client that never got its answer, it gives that answer; null for any other step.
   */
  step(user, step, input) {
    const life = this.#lifeOf(user);
    if (step === life.steps - 1) {
      const answer = this.#sql.answer.get(user, step, bytesOf(input));
      return answer ? numbersOf(answer) : null;
    }
    if (step !== life.steps) return null;
    const answer = life.step(input);
    try {
      this.#database.transaction(() => {
        this.#sql.lived.run(user, step, bytesOf(input), bytesOf(answer));
        if (life.steps % SNAPSHOT_EVERY !== 0) return;
        this.#sql.keep.run(user, life.snapshot());
        this.#sql.forget.run(user, step);
      })();
    } catch (error) {
      // The life has lived a step that the database does not know: it must wake up anew.
      this.#awake.delete(user);
      life.end();
      throw error;
    }
    return answer;
  }

  close() {
    this.#database.close();
  }

  /** A user's life, awake: the one in memory, or woken from the database, or newborn. */
  #lifeOf(user) {
    const life = this.#awake.get(user) ?? this.#wake(user);
    // Those that were used last are last.
    this.#awake.delete(user);
    this.#awake.set(user, life);
    if (this.#awake.size > AWAKE) {
      const [oldest, sleeper] = this.#awake.entries().next().value;
      this.#awake.delete(oldest);
      sleeper.end();
    }
    return life;
  }

  #wake(user) {
    const snapshot = this.#sql.snapshot.get(user);
    const life = snapshot ? this.#model.resume(snapshot) : this.#model.begin();
    for (const input of this.#sql.inputs.all(user, life.steps)) life.step(numbersOf(input));
    return life;
  }
}

const bytesOf = (numbers) => Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
/** A copy, for numbers must lie at a multiple of four bytes. */
const numbersOf = (bytes) => new Float32Array(new Uint8Array(bytes).buffer);
