import { liveWith } from "./life.js";
import { typing } from "./typing.js";

/**
 * npm start [-- file]: type; 1, 2 and 3 take a suggestion, Tab the first, Enter begins a new line, Ctrl-C ends. What was learned is
 * kept in `file`, predictor.life unless given, and read again the next time; --cache adds an n-gram cache of the session, which is not. Text that is piped in is learned, and judged.
 */
const args = process.argv.slice(2);
const file = args.find((each) => each !== "--cache") ?? "predictor.life";
const life = await liveWith(file, { cache: args.includes("--cache") });
const line = typing(life);
const { stdin, stdout } = process;

if (stdin.isTTY) {
  stdin.setRawMode(true);
  stdin.setEncoding("utf8");
  const show = () => {
    const offered = line.suggestions.map((word, i) => `\u001b[2m${i + 1}\u001b[22m ${word}`).join("   ");
    const share = `\u001b[2m${Math.round(100 * line.saved)} % saved\u001b[22m`;
    const visible = line.line.slice(-Math.max(10, (stdout.columns ?? 80) - 4));
    // The suggestions, then back up to the line that is typed on.
    stdout.write(`\r\u001b[J> ${visible}\n  ${offered}   ${share}\u001b[1A\r\u001b[${2 + visible.length}C`);
  };
  show();
  stdin.on("data", (keys) => {
    for (const key of keys) {
      if (key === "\u0003" || key === "\u0004") {
        life.save();
        stdout.write("\r\u001b[J");
        process.exit(0);
      }
      if (key === "\r") stdout.write(`\r\u001b[J> ${line.line}\n`);
      line.key(key);
    }
    show();
  });
} else {
  // As a person would type it who takes every suggestion that is right: letter by letter.
  stdin.setEncoding("utf8");
  let text = "";
  for await (const part of stdin) text += part;
  for (const word of text.toLowerCase().match(/[\p{L}'-]+|[^\p{L}'-]/gu) ?? []) {
    let typed = 0;
    while (typed < word.length) {
      const right = /^\p{L}/u.test(word) ? line.suggestions.indexOf(word) : -1;
      if (right >= 0) {
        line.key(`${right + 1}`);
        break;
      }
      line.key(word[typed++]);
    }
  }
  life.save();
  stdout.write(
    `${(100 * line.saved).toFixed(1)} % of keystrokes saved; the life has ${life.bytes()} bytes\n`,
  );
}
