(async () => {
  const { default: parser } = await import(process.cwd() + "/build/lib/index.js");
  const run = (args, options) => { try { parser(args, options); parser.detailed(args, options); } catch (error) { void error; } };
  run("--foo=bar --no-hello -abc 3 x -- y z"); run(["--foo.bar", "1", "--foo.baz=2", "--n", "-3", "--x", "1e3", "-n5", "-p=8", "-v", "-vv"]);
  run("--aa 1 --aa 2 --big 0x1f --str 007 --cnt --cnt --arr 1 2 3 --two a b --nrg 1", { array: ["arr", { key: "nums", number: true }, { key: "bools", boolean: true }, { key: "strs", string: true }], count: "cnt", string: ["str"], number: "big", narg: { two: 2 }, alias: { a: ["aa", "all-of"], s: "str" }, default: { d: 3, fn: () => 1, "some-opt": 2 }, boolean: ["verbose"], normalize: ["path"], coerce: { big: (x) => x + 1, thrown: () => { throw new Error("x"); } }, hiddenOptions: [] });
  run("--nums 1 2 --bools true false --strs a b --path ./a/../b --path ../c --verbose false --thrown x", { array: [{ key: "nums", number: true }, { key: "bools", boolean: true }, { key: "strs", string: true }], normalize: ["path"], boolean: ["verbose"], coerce: { thrown: () => { throw new Error("x"); } } });
  run("--two a", { narg: { two: 2 } }); run("--two", { narg: { two: NaN } }); run("--settings x.json", { config: { settings: () => ({ a: 1, nest: { b: [1] }, n: null }) }, default: { settings: "x.json" } });
  run("--settings no.json", { config: "settings" }); run("--settings bad", { config: { settings: () => new Error("bad") } });
  process.env.APP_FOO_BAR = "1"; process.env.APP_NEST__KEY = "2"; run("--x 1", { envPrefix: "APP", alias: { "foo-bar": "f" } });
  run("--x", { configObjects: [{ x: 2, nest: { y: 3, deep: { z: 1 } }, list: [1] }], array: ["list"] });
  const flags = ["short-option-groups", "camel-case-expansion", "dot-notation", "parse-numbers", "parse-positional-numbers", "boolean-negation", "negation-prefix", "combine-arrays", "duplicate-arguments-array", "flatten-duplicate-arrays", "greedy-arrays", "nargs-eats-options", "halt-at-non-option", "strip-aliased", "strip-dashed", "unknown-options-as-args", "set-placeholder-key", "populate--"];
  for (const flag of flags) for (const value of [true, false]) run("--foo-bar 1 -xyz=3 -a.b.c 9 --no-q --arr 1 2 --arr 3 pos --k v --known 1 -- rest", { configuration: { [flag]: value }, alias: { known: ["k", "kn-own"] }, array: ["arr"], boolean: ["q", "x"], key: { "place-holder": true }, default: { "foo-bar": 1 } });
  run(["--a=\"quoted\"", "--b='x'", "-c", "--", "-d", "--e=", "---f", "-", "--no-", "-1", "-g-h", "--__proto__.x", "1", "--i.j", "--i", "3", "-k/l"]); run(`--s "a b" --t 'c d' "e f"`); run([1, 2, "--x", 3]);
  run("--u 1 --v a --w", { string: ["u", "w"], number: ["v"], boolean: ["w2"], default: { w2: true }, array: "t", count: ["c"], alias: { u: ["uu"] }, coerce: { "u": (x) => x }, nargs: {} });
  run("-c -c -ccc --arr", { count: ["c"], array: ["arr"], default: { arr: [1] } }); run("--a.b 1 --a.c 2", { alias: { a: "aa" }, coerce: { "a.b": (x) => x } });
  parser.camelCase("foo-bar_baz"); parser.camelCase("Foo"); parser.decamelize("fooBar"); parser.decamelize("fooBar", "_"); parser.looksLikeNumber("0x1"); parser.looksLikeNumber(null); parser.looksLikeNumber(3);
})();
