// Plays a recording with the core of asciinema's web player, which needs no browser, and prints what it says of it.
//   node asciinema_player.mjs FOLDER-OF-THE-PACKAGE FILE
import fs from "node:fs";
import path from "node:path";

const [, , folder, file] = process.argv;
const core = fs.readdirSync(path.join(folder, "dist")).find((name) => /^core-.*\.js$/.test(name));
const { C: Core } = await import(path.join(folder, "dist", core));
const silent = () => {};
const logger = { log: silent, debug: silent, info: silent, warn: console.error, error: console.error };
globalThis.window = globalThis;

const player = new Core({ data: fs.readFileSync(file, "utf8") }, { logger, speed: 16 });
const seen = [];
for (const name of ["metadata", "output", "resize", "marker", "error"]) {
  player.addEventListener(name, (payload) => seen.push([name, payload]));
}
const end = new Promise((resolve) => {
  player.addEventListener("ended", resolve);
  player.addEventListener("error", resolve);
});
player.terminalReady();
await player.init();
await player.play();
await end;
console.log(JSON.stringify(seen));
process.exit(0);
