import { spawnSync } from "node:child_process";

const git = (...args: string[]) => {
  const { status, stdout } = spawnSync("git", args, { encoding: "utf8" });
  return status === 0 ? stdout.trim() : null;
};

/** The commit that is checked out, with `+` where files were changed; null outside a repository. */
export function commit(): string | null {
  const hash = git("rev-parse", "--short", "HEAD");
  return hash === null ? null : `${hash}${git("status", "--porcelain") ? "+" : ""}`;
}
