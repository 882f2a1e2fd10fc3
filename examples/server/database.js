import Database from "better-sqlite3";

/** How long a server waits for one that is just ending. */
const WAIT_MS = 2000;

/**
 * Opens the database for this process alone, until it ends or is killed: lives in memory would be wrong the moment that
 * another server lived a step of theirs. The lock is the operating system's own, so that none is ever left behind.
 */
export function openDatabase(file) {
  const database = new Database(file, { timeout: WAIT_MS });
  try {
    database.pragma("locking_mode = EXCLUSIVE");
    database.pragma("journal_mode = WAL");
    // With FULL, a commit has reached the disk when it returns, even in WAL mode.
    database.pragma("synchronous = FULL");
    // The lock is taken by the first transaction.
    database.exec("BEGIN EXCLUSIVE; COMMIT");
    return database;
  } catch (error) {
    database.close();
    if (error.code !== "SQLITE_BUSY") throw error;
    throw new Error(`${file} is in use by another server; end that one, or set DATABASE to another file`, {
      cause: error,
    });
  }
}
