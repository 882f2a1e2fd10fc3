/** What every shell takes as it stands. */
const PLAIN = /^[\w@%+:,./][\w@%+=:,./-]*$/;
const PLAIN_WINDOWS = /^[\w@+=:,./\\-]+$/;

/** A path as a person can paste it into a shell, whatever spaces, quotes or line breaks are in it. */
export function shellWord(path: string, platform: NodeJS.Platform = process.platform): string {
  // What begins with a dash would be read as a flag.
  const word = path.startsWith("-") ? `./${path}` : path;
  if (platform === "win32") return PLAIN_WINDOWS.test(word) ? word : `"${word}"`;
  if (PLAIN.test(word)) return word;
  const characters = Array.from(word);
  if (!characters.some(isControl)) return `'${word.replaceAll("'", "'\\''")}'`;
  // A line break would end the command when it is pasted. POSIX 2024 has this spelling; bash, zsh and ksh always had.
  return `$'${characters.map(spelled).join("")}'`;
}

const isControl = (character: string): boolean => character < " " || character === "\x7f";

const spelled = (character: string): string =>
  isControl(character)
    ? `\\${character.charCodeAt(0).toString(8).padStart(3, "0")}`
    : character.replace(/['\\]/, "\\$&");
