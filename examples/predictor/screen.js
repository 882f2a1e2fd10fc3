const ESCAPE = "\u001b";
const KEY = new RegExp(`${ESCAPE}(?:\\[[0-?]*[ -/]*[@-~]|O.|.)?|.`, "gsu");

/** The keys of what a terminal sends at a time: characters, and escape sequences, which are one key each. */
export const keysOf = (text) => text.match(KEY) ?? [];

const dim = (text) => `\u001b[2m${text}\u001b[22m`;

/** What is written over the prompt: the line, under it as many suggestions as there is room for, and the cursor back on the line. */
export function drawn({ line, suggestions, saved }, columns) {
  const visible = line.slice(-Math.max(1, columns - 3));
  let room = columns - 3;
  const parts = [];
  const add = (plain, text) => {
    room -= plain.length + 3;
    if (room >= -3) parts.push(text);
  };
  suggestions.forEach((word, i) => {
    add(`${i + 1} ${word}`, `${dim(i + 1)} ${word}`);
  });
  const share = `${Math.round(100 * saved)} % saved`;
  add(share, dim(share));
  return `\r\u001b[J> ${visible}\n  ${parts.join("   ")}\u001b[1A\r\u001b[${2 + visible.length}C`;
}
