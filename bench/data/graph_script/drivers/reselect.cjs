const r = require(process.cwd() + "/src/index.js");
const each = (f) => { try { return f(); } catch (error) { return void error; } };
console.warn = () => {};
const state = { a: 1, list: [1, 2, 3], deep: { x: { id: 1 } } };
const a = (s) => s.a; const list = (s) => s.list; const by = (s, n) => n;
for (const memoize of [r.weakMapMemoize, r.lruMemoize]) {
  const create = r.createSelectorCreator(memoize); const typed = each(() => create.withTypes()) ?? create;
  const other = r.createSelectorCreator({ memoize, argsMemoize: r.lruMemoize, memoizeOptions: { maxSize: 3, equalityCheck: r.referenceEqualityCheck, resultEqualityCheck: (x, y) => x.length === y.length }, argsMemoizeOptions: { maxSize: 2 }, devModeChecks: { inputStabilityCheck: "always", identityFunctionCheck: "always" } });
  for (const maker of [create, typed, other]) {
    const sum = each(() => maker([a, list], (x, xs) => xs.map((n) => n + x))); const args = each(() => maker(a, by, (x, n) => ({ x, n }))); const same = each(() => maker([list], (x) => x)); const unstable = each(() => maker([(s) => ({ ...s })], (x) => x.a));
    for (const s of [state, { ...state }, { ...state, a: 2 }, { ...state, list: [1, 2, 3] }, { ...state, list: [3] }]) for (const selector of [sum, args, same, unstable]) { each(() => selector(s, 2)); each(() => selector(s, { o: 1 })); each(() => selector(s, 2)); }
    for (const selector of [sum, args]) { each(() => selector.recomputations()); each(() => selector.dependencyRecomputations()); each(() => selector.resetRecomputations()); each(() => selector.resetDependencyRecomputations()); each(() => selector.clearCache()); each(() => selector.memoizedResultFunc.clearCache()); each(() => selector.memoizedResultFunc.resultsCount()); each(() => selector.memoizedResultFunc.resetResultsCount()); each(() => selector.lastResult()); }
  }
  const f = each(() => memoize((x, y) => [x, y], { maxSize: 2, resultEqualityCheck: (p, q) => p[0] === q[0] })); for (const args of [[1, 2], [1, 2], [2, 3], [state, 2], [state, 2], [() => {}, null], [3, 4], []]) each(() => f(...args)); each(() => f.clearCache()); each(() => f.resultsCount());
}
r.createSelector([a], (x) => x + 1)(state); r.createSelector(a, (x) => x + 1, { memoize: r.lruMemoize, memoizeOptions: { maxSize: 5 } })(state); each(() => r.createSelector(3, 4)); each(() => r.createSelector([a, "x"], () => {})); each(() => r.createSelector([a], "x"));
const structured = r.createStructuredSelector({ a, list }); structured(state); each(() => r.createStructuredSelector.withTypes()({ a })(state)); each(() => r.createStructuredSelector(3)); each(() => r.createStructuredSelector({ a: 3 }));
r.setGlobalDevModeChecks({ inputStabilityCheck: "never", identityFunctionCheck: "never" }); r.createSelector([a], (x) => x)(state); each(() => r.createSelector.withTypes()([a], (x) => [x])(state)); r.setGlobalDevModeChecks({ inputStabilityCheck: "always" });
each(() => r.unstable_autotrackMemoize); const lru = r.lruMemoize((x) => x, (p, q) => p === q); lru(1); lru(1); lru(2); const bound = r.lruMemoize((x) => ({ x }), { maxSize: 3 }); for (const n of [1, 2, 3, 4, 1, 2]) bound(n); bound.clearCache(); bound(1);
