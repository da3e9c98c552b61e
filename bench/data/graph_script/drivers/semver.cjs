const semver = require(process.cwd());
const versions = ["1.2.3", "v2.0.0", "1.2.3-beta.1", "1.2.3-beta.2+build.5", "3.0.0-alpha", "0.0.1", "=1.0.0", "10.20.30", "1.2.3-1"];
const ranges = ["^1.2.3", "~1.2", ">=1.0.0 <2.0.0", "1.x || >=2.5.0", "1.2.3 - 2.3.4", "*", "<0.0.1", ">1.2.3-alpha", "^0.0.1", "~>1", "", "1.2.3", "x.1", "^1.x", ">=1 <1", "||", "<=2", ">3"];
const each = (f) => { try { f(); } catch (error) { void error; } };
for (const a of versions) {
  for (const f of ["valid", "clean", "parse", "major", "minor", "patch", "prerelease", "truncate"]) { each(() => semver[f](a)); each(() => semver[f](a, { loose: true })); }
  for (const kind of ["major", "premajor", "minor", "preminor", "patch", "prepatch", "prerelease", "pre", "release", "bogus"]) {
    each(() => semver.inc(a, kind)); each(() => semver.inc(a, kind, "beta")); each(() => semver.inc(a, kind, {}, "beta", "1")); each(() => semver.inc(a, kind, "beta", false));
  }
  for (const b of versions) {
    for (const f of ["compare", "rcompare", "compareLoose", "compareBuild", "gt", "lt", "eq", "neq", "gte", "lte", "diff"]) each(() => semver[f](a, b));
    for (const op of ["===", "!==", "", "=", "==", "!=", ">", ">=", "<", "<=", "??"]) each(() => semver.cmp(a, op, b));
    each(() => new semver.SemVer(a).compareMain(b)); each(() => new semver.SemVer(a).comparePre(b));
  }
  for (const r of ranges) {
    each(() => semver.satisfies(a, r)); each(() => semver.satisfies(a, r, { includePrerelease: true }));
    for (const f of ["gtr", "ltr"]) each(() => semver[f](a, r));
    each(() => semver.outside(a, r, ">")); each(() => semver.outside(a, r, "<")); each(() => semver.outside(a, r, "?"));
  }
}
for (const r of ranges) {
  for (const f of ["validRange", "minVersion", "toComparators"]) each(() => semver[f](r));
  for (const f of ["maxSatisfying", "minSatisfying", "simplifyRange"]) each(() => semver[f](f === "simplifyRange" ? versions : versions, r));
  each(() => semver.simplifyRange(["1.0.0", "1.1.0", "1.2.3", "2.0.0"], r));
  each(() => String(new semver.Range(r, { loose: true })));
  for (const s of ranges) { each(() => semver.intersects(r, s)); each(() => semver.subset(r, s)); each(() => semver.subset(r, s, { includePrerelease: true })); each(() => new semver.Range(r).intersects(new semver.Range(s))); }
}
semver.sort([...versions.slice(0, 6)]); semver.rsort([...versions.slice(0, 6)]);
for (const t of ["v1.2", "the 1.2.3.4 x", 42, null, "a1b2"]) { each(() => semver.coerce(t)); each(() => semver.coerce(t, { rtl: true, includePrerelease: true })); }
for (const c of [">1.2.3", "<=1.0.0-x", "=1.2.3", "", "bogus"]) for (const d of [">1.0.0", "<2.0.0", "1.2.3"]) { each(() => new semver.Comparator(c).intersects(new semver.Comparator(d))); each(() => new semver.Comparator(c).test("1.2.4")); each(() => String(new semver.Comparator(c, true))); }
semver.compareIdentifiers("1", "a"); semver.rcompareIdentifiers("a", "b");
each(() => new semver.SemVer({})); each(() => new semver.SemVer("x".repeat(300))); each(() => new semver.Range(new semver.Range("1")));
