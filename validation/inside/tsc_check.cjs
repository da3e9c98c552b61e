// Type checks the files of a project with TypeScript's own API and prints its diagnostics as JSON.
// Unlike the tsc command it goes on with names and types where some file does not parse.
// node tsc_check.cjs CONFIG.json, where CONFIG holds {typescript, options, files}.
"use strict";
const fs = require("node:fs");

const config = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
const ts = require(config.typescript);
const { droppedPromises } = require("./tsc_promises.cjs");
const { options, errors } = ts.convertCompilerOptionsFromJson(config.options, "/work");
const program = ts.createProgram(config.files, options);
const found = errors.map((one) => ({ kind: "options", code: one.code, message: text(one) }));

function text(diagnostic) {
  return ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n").slice(0, 2000);
}

function add(kind, diagnostics) {
  for (const one of diagnostics) {
    if (!one.file || one.start === undefined) continue;
    const start = one.file.getLineAndCharacterOfPosition(one.start);
    const end = one.file.getLineAndCharacterOfPosition(one.start + (one.length || 0));
    found.push({
      kind, code: one.code, message: text(one), file: one.file.fileName,
      line: start.line + 1, column: start.character + 1, end_line: end.line + 1,
    });
  }
}

for (const name of config.files) {
  const file = program.getSourceFile(name);
  if (!file) continue;
  const syntax = program.getSyntacticDiagnostics(file);
  add("syntax", syntax);
  if (syntax.length === 0) {
    add("semantic", program.getSemanticDiagnostics(file));
    add("promise", droppedPromises(ts, program, file));
  }
}
fs.writeSync(1, JSON.stringify({ version: ts.version, found }));
