const { Command, Option, Argument, Help } = require(process.cwd());
const build = () => {
  const p = new Command("app").exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {} }).version("1.0").description("d").option("-d, --debug", "x").option("--no-color").option("-c, --count <n>", "n", Number, 3).option("-l, --list <v...>").addOption(new Option("--kind <k>").choices(["a", "b"]).env("KIND").default("a", "first").conflicts("debug")).addOption(new Option("-p, --port [n]").preset("80").argParser(parseInt).implies({ x: 1 }).hideHelp());
  p.command("run <file> [rest...]").alias("r").description("Run").option("--fast").hook("preAction", () => {}).action(() => {});
  p.command("need").requiredOption("--key <k>").action(async () => {});
  p.addCommand(new Command("sub").addArgument(new Argument("<x>").choices(["1"]).argOptional().default(2)).action(() => {}));
  p.hook("preSubcommand", () => {}).hook("postAction", () => {}).addHelpText("after", "bye").addHelpText("beforeAll", () => "hi").on("option:debug", () => {});
  return p.enablePositionalOptions().showSuggestionAfterError().configureHelp({ sortSubcommands: true, sortOptions: true, showGlobalOptions: true });
};
for (const a of [[], ["run", "f", "a"], ["r"], ["need"], ["need", "--key", "1"], ["sub", "1"], ["sub", "9"], ["--help"], ["help", "run"], ["help"], ["-V"], ["-dc4", "run", "x"], ["--kind", "z"], ["--kind=b", "run", "y"], ["--list", "a", "b", "--", "run", "z"], ["rum"], ["--debg"], ["-p", "run", "q"], ["run", "x", "--fast", "--bad"], ["--count"], ["--kind", "b", "-d", "run", "x"]]) {
  try { const p = build(); p.parse(a, { from: "user" }); p.opts(); p.optsWithGlobals(); p.getOptionValueSource("count"); } catch { /* exits */ }
  build().parseAsync(a, { from: "user" }).catch(() => {});
}
const p = build(); p.helpInformation(); p.commands[0].usage(); p.commands[0].helpInformation(); p.createHelp().longestOptionTermLength(p, new Help()); p.setOptionValueWithSource("x", 1, "env"); p.allowUnknownOption().allowExcessArguments().passThroughOptions(false); p.name("z").summary("s").argument("[y]", "w", (v) => v, 1);
try { p.error("x"); } catch { /* exits */ }
p.outputHelp({ error: true }); p.parseOptions(["-d", "--x"]);
