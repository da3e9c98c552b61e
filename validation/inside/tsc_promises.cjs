// Calls whose promise nobody waits for, which TypeScript itself does not report: statements of an async function that
// drop a promise (code 0), conditions that test one (0), and `return` of one inside `try`, past its `catch` (1). `void call()` and `.catch(...)` say that it is meant.
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

  function report(node, message, code = 0) {
    found.push({ file, start: node.getStart(file), length: node.getEnd() - node.getStart(file), code, messageText: message });
  }

  function walk(node, inAsync, inTry) {
    const inside = ts.isFunctionLike(node) ? isAsync(node) : inAsync;
    const caught = ts.isFunctionLike(node) ? false : inTry;
    const expression = node.expression;
    if (inside && ts.isExpressionStatement(node) && ts.isCallExpression(expression) && !settles(expression) && isPromise(expression)) {
      report(expression, "The promise of this call is dropped: await it, or say void.");
    } else if ((ts.isIfStatement(node) || ts.isWhileStatement(node)) && ts.isCallExpression(expression) && isPromise(expression)) {
      report(expression, "A promise is always true: await it.");
    } else if (inside && caught && ts.isReturnStatement(node) && expression && ts.isCallExpression(expression) && isPromise(expression)) {
      report(expression, "The catch below never sees the error of this promise: return await it.", 1);
    }
    ts.forEachChild(node, (child) => walk(child, inside, caught || (ts.isTryStatement(node) && !!node.catchClause && child === node.tryBlock)));
  }

  walk(file, false, false);
  return found;
};
