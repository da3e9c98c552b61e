// node tsc_check.cjs CONFIG.json prints the diagnostics as JSON; CONFIG holds {typescript, toolchain, options, files}.
// With --build-snapshot it makes a snapshot of Node in which TypeScript is loaded and has read its own declarations:
// `node --snapshot-blob BLOB tsc_check.cjs CONFIG.json` then does the same as the plain command, without that start.
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const { startupSnapshot } = require("node:v8");

const kept = new Map();

// While a snapshot is built `require` knows only Node's own modules.
function load(file) {
  const module = { exports: {} };
  const run = new Function("module", "exports", "require", "__filename", "__dirname", fs.readFileSync(file, "utf8"));
  run(module, module.exports, require, file, path.dirname(file));
  return module.exports;
}

const read = () => JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
const config = read();
const ts = load(config.typescript);
const { check } = load(path.join(config.inside, "tsc_program.cjs"));
const { droppedPromises } = load(path.join(config.inside, "tsc_promises.cjs"));

const tell = (asked) => fs.writeSync(1, JSON.stringify(check(ts, droppedPromises, asked, kept)));

if (startupSnapshot.isBuildingSnapshot()) {
  check(ts, droppedPromises, config, kept);
  startupSnapshot.setDeserializeMainFunction(() => tell(read()));
} else {
  tell(config);
}
