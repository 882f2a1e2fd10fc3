import { createHash, timingSafeEqual } from "node:crypto";

/** Anybody may take a name that is free, but only so many: each life takes up to 5 MB on the disk. */
const MOST_USERS = 1000;
const NOBODY = Buffer.alloc(32);

/**
 * Who may live whose life. A user chooses a token and claims a name with it, once. Only a hash of the token is kept: a
 * plain one is enough, for a token is long and made by chance (a password would need a slow hash).
 */
export class Users {
  #sql;

  constructor(database) {
    database.exec("CREATE TABLE IF NOT EXISTS users (user TEXT PRIMARY KEY, token BLOB NOT NULL) STRICT");
    this.#sql = {
      token: database.prepare("SELECT token FROM users WHERE user = ?").pluck(),
      claim: database.prepare("INSERT INTO users VALUES (?, ?)"),
      count: database.prepare("SELECT count(*) FROM users").pluck(),
    };
  }

  /** True for the token that the name was claimed with. Takes as long for a wrong token, or a name that nobody has. */
  knows(user, token) {
    return timingSafeEqual(hashed(token), this.#sql.token.get(user) ?? NOBODY);
  }

  /**
   * Gives a free name to a token. Returns "created"; "known" if it has this name already, as for a client that never got
   * its answer; "taken" if another has it; "full" if there are as many users as there may be.
   */
  claim(user, token) {
    if (this.knows(user, token)) return "known";
    if (this.#sql.token.get(user)) return "taken";
    if (this.#sql.count.get() >= MOST_USERS) return "full";
    this.#sql.claim.run(user, hashed(token));
    return "created";
  }
}

const hashed = (token) => createHash("sha256").update(token).digest();
