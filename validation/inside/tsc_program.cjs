// Type checks the files of a project with TypeScript's own API and returns its diagnostics as plain values.
// Unlike the tsc command it goes on with names and types where some file does not parse.
"use strict";

// A host that parses what lies below `folder` (TypeScript's own declarations, Node's) once and keeps it in `kept`.
exports.keepingHost = function keepingHost(ts, options, folder, kept) {
  const host = ts.createCompilerHost(options);
  const parse = host.getSourceFile;
  host.getSourceFile = (name, ...rest) => {
    if (!name.startsWith(`${folder}/`)) return parse(name, ...rest);
    if (!kept.has(name)) kept.set(name, parse(name, ...rest));
    return kept.get(name);
  };
  return host;
};

exports.check = function check(ts, droppedPromises, config, kept) {
  const { options, errors } = ts.convertCompilerOptionsFromJson(config.options, "/work");
  const host = exports.keepingHost(ts, options, config.toolchain, kept);
  const program = ts.createProgram(config.files, options, host);
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
  return { version: ts.version, found };
};
