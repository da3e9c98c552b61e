// Calls whose promise nobody waits for, which TypeScript itself does not report: statements of an async function that
// drop a promise, and conditions that test one. `void call()` and `.catch(...)` say that it is meant.
"use strict";

exports.droppedPromises = function droppedPromises(ts, program, file) {
  const checker = program.getTypeChecker();
  const found = [];

  const isPromise = (node) => {
    const type = checker.getTypeAtLocation(node);
    return type.symbol?.name === "Promise" && type.getProperty("then") !== undefined;
  };
  const isAsync = (node) => (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Async) !== 0;
  const settles = (call) =>
    ts.isPropertyAccessExpression(call.expression) && ["catch", "finally"].includes(call.expression.name.text) ||
    (ts.isPropertyAccessExpression(call.expression) && call.expression.name.text === "then" && call.arguments.length > 1);

  function report(node, message) {
    found.push({ file, start: node.getStart(file), length: node.getEnd() - node.getStart(file), code: 0, messageText: message });
  }

  function walk(node, inAsync) {
    const inside = ts.isFunctionLike(node) ? isAsync(node) : inAsync;
    const expression = node.expression;
    if (inside && ts.isExpressionStatement(node) && ts.isCallExpression(expression) && !settles(expression) && isPromise(expression)) {
      report(expression, "The promise of this call is dropped: await it, or say void.");
    } else if ((ts.isIfStatement(node) || ts.isWhileStatement(node)) && ts.isCallExpression(expression) && isPromise(expression)) {
      report(expression, "A promise is always true: await it.");
    }
    ts.forEachChild(node, (child) => walk(child, inside));
  }

  walk(file, false);
  return found;
};
