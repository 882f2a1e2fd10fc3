import { codeOf, messageOf, node } from "./system.js";

/**
 * A folder of compiled objects that all processes of a user share. An object's name is a key (everything it was made of)
 * and the checksum of its content: so a name never changes its meaning, an object that was cut short or exchanged is
 * found, and nobody has to lock anything.
 */
export interface Cache {
  /** An empty folder of its own in the cache, where an object can be made before it is taken in. */
  workFolder(): string;
  /** The objects of these keys that are here and whole, by key. */
  find(keys: readonly string[]): Map<string, string>;
  /** Takes in an object (by renaming it: from a work folder); returns where it is now. */
  take(key: string, made: string): string;
}

const workPrefix = "making-";
/** Work folders of processes that were killed are taken away after so long. */
const abandonedAfter = 24 * 3600 * 1000;

/** The user's folder for compiled objects, or null if the system says of no home. */
export function cacheFolder(env: NodeJS.ProcessEnv, platform: string = process.platform): string | null {
  const { os, path } = node();
  const given = env.XDG_CACHE_HOME;
  if (given && path.isAbsolute(given)) return path.join(given, "hebbian", "native");
  let home = env.HOME;
  if (!home) {
    try {
      home = os.homedir();
    } catch {
      return null;
    }
  }
  if (!path.isAbsolute(home)) return null;
  return path.join(
    home,
    ...(platform === "darwin" ? ["Library", "Caches"] : [".cache"]),
    "hebbian",
    "native",
  );
}

/**
 * Opens the cache in a folder, which is made if need be, for its owner alone. Returns why not as a text where it cannot be
 * written to, or where others could put code into it that this user would run.
 */
export function openCache(folder: string): Cache | string {
  const { fs, path } = node();
  try {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    const found = fs.lstatSync(folder);
    if (!found.isDirectory()) return `${folder} is no folder`;
    if (found.uid !== process.getuid?.()) return `${folder} belongs to somebody else`;
    if ((found.mode & 0o022) !== 0) return `others may write to ${folder}`;
    fs.accessSync(folder, fs.constants.R_OK | fs.constants.W_OK | fs.constants.X_OK);
  } catch (error) {
    return `${folder} cannot be used (${codeOf(error) || messageOf(error)})`;
  }
  const nameOf = (key: string, content: Buffer) => `${key}-${hash(content)}.so`;
  return {
    workFolder: () => {
      sweep(folder);
      return fs.mkdtempSync(path.join(folder, workPrefix));
    },
    find: (keys) => {
      const wanted = new Set(keys);
      const found = new Map<string, string>();
      for (const name of fs.readdirSync(folder)) {
        const key = name.slice(0, name.indexOf("-"));
        if (!wanted.has(key) || found.has(key)) continue;
        const file = path.join(folder, name);
        if (isWhole(file, (content) => nameOf(key, content) === name)) found.set(key, file);
      }
      return found;
    },
    take: (key, made) => {
      const file = path.join(folder, nameOf(key, fs.readFileSync(made)));
      // One that is there may be in use: replaced on a network share, it could vanish under a process that runs it.
      if (!fs.existsSync(file)) fs.renameSync(made, file);
      return file;
    },
  };
}

/** Reads an object; one that is not what its name says is taken away. */
function isWhole(file: string, check: (content: Buffer) => boolean): boolean {
  const { fs } = node();
  try {
    if (fs.lstatSync(file).isFile() && check(fs.readFileSync(file))) return true;
    fs.rmSync(file, { force: true, recursive: true });
  } catch {
    // Somebody else has just done so.
  }
  return false;
}

function sweep(folder: string): void {
  const { fs, path } = node();
  for (const name of fs.readdirSync(folder)) {
    if (!name.startsWith(workPrefix)) continue;
    const abandoned = path.join(folder, name);
    try {
      if (Date.now() - fs.statSync(abandoned).mtimeMs > abandonedAfter) {
        fs.rmSync(abandoned, { recursive: true, force: true });
      }
    } catch {
      // Gone already.
    }
  }
}

export const hash = (content: string | Uint8Array): string =>
  node().crypto.createHash("sha256").update(content).digest("hex");
