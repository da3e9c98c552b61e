const nopt = require(process.cwd());
const Stream = require("node:stream");
const url = require("node:url");
const path = require("node:path");
const known = {
  foo: [String, null], bar: [Stream, Number], baz: path, bloo: ["big", "medium", "small"], flag: Boolean, pick: Boolean,
  many1: [String, Array], many2: [path, Array], date: Date, site: url, sem: nopt.typeDefs.Number.type, count: Number,
  either: [Boolean, String], nan: [NaN, Number], arr: [Array, Number], list: [Array, "a", "b"], max: 7,
};
const short = { foofoo: ["--foo", "Mr. Foo"], b7: ["--bar", "7"], m: ["--bloo", "medium"], p: ["--pick"], f: ["--flag"], g: "--flag" };
const run = (args, types = known, shorts = short) => nopt(types, shorts, args, 0);
run(["--foo", "blerp", "--no-flag", "rest"]);
run(["--foofoo", "-b7", "-pf", "-m", "--many1", "1", "--many1", "null", "--many2", "x"]);
run(["--date", "2020-01-01", "--date", "nonsense", "--site", "http://x.y/z", "--site", "nope", "--count", "0x1f", "--count", "zz"]);
run(["--either", "--either=yes", "--no-either", "--bloo", "huge", "--flag=false", "--flag", "true", "--", "a"]);
run(["--unknown", "x", "--fl", "--man", "3", "--arr", "1", "--arr", "2", "--list", "a", "--list", "z", "--nan", "NaN"]);
run(["--baz", "~/x", "--bar", "nope", "-xyz", "--no-no-flag", "--no-", "-", "--=", "--max", "7"]);
nopt.invalidHandler = (key, value) => void [key, value];
run(["--count", "zz", "--bloo", "huge"]);
nopt.invalidHandler = undefined;
nopt.unknownHandler = (key, next) => void [key, next];
nopt.abbrevHandler = (from, to) => void [from, to];
run(["--unknown", "x", "--fl", "-q"]);
nopt.clean({ count: "3", date: "x", baz: [1, "~/y"], other: 1, flag: "maybe" }, known);
nopt.clean({ count: null, site: true });
nopt({}, {}, ["node", "x", "--loose", "1", "--no-color", "-v"]);
process.argv.push("--silent");
nopt();
const { lib } = nopt;
try {
  const api = require(process.cwd() + "/lib/nopt-lib.js");
  const dynamic = (name) => (name === "dyn" ? Number : undefined);
  api.nopt(["--dyn", "3", "--other", "x"], { types: { known: String }, typeDefault: String, dynamicTypes: dynamic });
  api.nopt(["--known", "x", "-s"], { types: { known: String, save: Boolean }, shorthands: { s: ["--save"] }, isTypeDefault: null });
  api.clean({ known: 3 }, { types: { known: String } });
  api.clean({ dyn: 3, n: "x" }, { types: {}, dynamicTypes: dynamic, typeDefs: { Number: { type: Number, validate: () => false } }, invalidHandler: () => {} });
  api.resolveShort("s", { s: ["--save"] }, {}, {});
} catch (error) { void [lib, error]; }
