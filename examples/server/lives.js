/** Steps between two snapshots: a life that wakes up lives through at most so many again. */
const SNAPSHOT_EVERY = 50;
/** Lives in memory; the others sleep in the database. */
const AWAKE = 100;

/** A step after which the network would not be in finite numbers any more. It was not lived. */
export class StepRefused extends Error {}

/**
 * One life for each user, in an SQLite database that nobody else writes to. Every step's input is on the disk before its
 * answer is given; every so many steps, a snapshot takes their place. A life is its last snapshot, and the inputs since:
 * the same inputs give the same bits, so that nothing else need be kept.
 */
export class Lives {
  #model;
  #database;
  #awake = new Map();
  #sql;

  constructor(model, database) {
    this.#model = model;
    this.#database = database;
    database.exec(`
      CREATE TABLE IF NOT EXISTS snapshots (user TEXT PRIMARY KEY, life BLOB NOT NULL) STRICT;
      CREATE TABLE IF NOT EXISTS steps (
        user TEXT, step INTEGER, input BLOB NOT NULL, answer BLOB NOT NULL, PRIMARY KEY (user, step)
      ) STRICT, WITHOUT ROWID;
    `);
    const prepare = (text) => database.prepare(text);
    this.#sql = {
      snapshot: prepare("SELECT life FROM snapshots WHERE user = ?").pluck(),
      last: prepare("SELECT max(step) FROM steps WHERE user = ?").pluck(),
      since: prepare("SELECT input, answer FROM steps WHERE user = ? AND step >= ? ORDER BY step"),
      answer: prepare("SELECT answer FROM steps WHERE user = ? AND step = ? AND input = ?").pluck(),
      lived: prepare("INSERT INTO steps VALUES (?, ?, ?, ?)"),
      keep: prepare("INSERT INTO snapshots VALUES (?, ?) ON CONFLICT DO UPDATE SET life = excluded.life"),
      // The last step stays: somebody may ask for its answer again.
      forget: prepare("DELETE FROM steps WHERE user = ? AND step < ?"),
    };
  }

  /** Steps that a user's life has lived. */
  stepsOf(user) {
    return (this.#sql.last.get(user) ?? -1) + 1;
  }

  /** A user's life as bytes. */
  snapshotOf(user) {
    return this.#lifeOf(user).snapshot();
  }

  /**
   * Lives step number `step` of a user's life, from 0; returns the answer once it can no longer be lost. Asked for the last
   * step again with the same input, as by a client that never got its answer, it gives that answer; null for any other step.
   *
   * All or nothing: whatever is thrown, the next call finds the life as the database has it.
   * @throws StepRefused where the network would run away
   */
  step(user, step, input) {
    const steps = this.stepsOf(user);
    if (step === steps - 1) {
      const answer = this.#sql.answer.get(user, step, bytesOf(input));
      return answer ? numbersOf(answer) : null;
    }
    if (step !== steps) return null;
    try {
      const life = this.#lifeOf(user);
      const answer = this.#lived(life, input);
      this.#database.transaction(() => {
        this.#sql.lived.run(user, step, bytesOf(input), bytesOf(answer));
        if (life.steps % SNAPSHOT_EVERY !== 0) return;
        this.#sql.keep.run(user, life.snapshot());
        this.#sql.forget.run(user, step);
      })();
      return answer;
    } catch (error) {
      // The life in memory may have moved further than the database knows: it must wake up anew.
      this.#awake.get(user)?.end();
      this.#awake.delete(user);
      throw error;
    }
  }

  /** The answer to a step that leaves the whole life in finite numbers; an infinite trace may show only steps later. */
  #lived(life, input) {
    let answer;
    try {
      answer = life.step(input);
    } catch (error) {
      throw new StepRefused(error.message, { cause: error });
    }
    const { values, connections } = this.#model;
    for (const name of values) expectFinite(life.value(name), name);
    for (const { name, traces } of connections) {
      for (const trace of traces) expectFinite(life.trace(name, trace).values, `${name}.${trace}`);
    }
    return answer;
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
    try {
      for (const { input, answer } of this.#sql.since.all(user, life.steps)) {
        if (bytesOf(life.step(numbersOf(input))).equals(answer)) continue;
        throw new Error(
          `${user}: step ${life.steps - 1} has another answer than when it was lived; serve the model that the life began with`,
        );
      }
      return life;
    } catch (error) {
      life.end();
      throw error;
    }
  }
}

/** Zero times any finite number is zero, and the sum of such is NaN if one was not: far faster than to ask each. */
function expectFinite(numbers, name) {
  let sum = 0;
  for (let k = 0; k < numbers.length; k++) sum += 0 * numbers[k];
  if (sum !== 0) throw new StepRefused(`${name} would not be finite after this step`);
}

const bytesOf = (numbers) => Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
/** A copy, for numbers must lie at a multiple of four bytes. */
const numbersOf = (bytes) => new Float32Array(new Uint8Array(bytes).buffer);
