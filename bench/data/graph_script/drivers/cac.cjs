(async () => {
  const made = await import(process.cwd() + "/dist/index.js");
  const cac = made.cac ?? made.default;
  console.info = console.log = () => {};
  const build = () => {
    const cli = cac("app");
    cli.option("--type [type]", "A type", { default: "node" }).option("--no-config", "None").option("-d, --dot.nest <x>", "Nested");
    cli.command("lint [...files]", "Lint files").option("--fix", "Fix").option("--list <n>", "Many", { type: [Number] }).alias("l").example("app lint x").example((bin) => `${bin} y`).action((files, options) => void [files, options]);
    cli.command("rm <dir>", "Remove").usage("rm it").version("9").option("-r, --recursive", "r").ignoreOptionDefaultValue().action((dir, options) => void [dir, options]);
    cli.command("build <entry> [...other]", "Build", { allowUnknownOptions: true }).option("--minimize", "Min").action(() => {});
    cli.command("need <x>", "Need").option("--out <dir>", "Out").action(() => {});
    cli.command("[root]", "Default").option("--foo <n>", "Foo", { type: [String], default: ["a"] }).action(() => {});
    cli.usage("use").example("ex").help((sections) => sections.map((s) => s)).version("1.0.0");
    cli.on("command:lint", () => {}); cli.on("command:*", () => {}); cli.addEventListener?.("command:*", () => {});
    return cli;
  };
  for (const line of [["lint", "a", "b", "--fix", "--list", "1", "--list", "2"], ["l", "x"], ["rm", "dir", "-r"], ["rm"], ["build", "e", "o", "--unknown", "1"], ["need", "x", "--out"], ["need", "x", "--bad"], ["--help"], ["lint", "--help"], ["--version"], ["rm", "--version"], ["zzz", "--foo", "3"], ["--type", "x", "--no-config", "--dot.nest", "3", "--", "rest"], [], ["need", "a", "b", "c"]]) {
    try { build().parse(["node", "app", ...line]); } catch (error) { void error; }
    try { const cli = build(); cli.parse(["node", "app", ...line], { run: false }); await cli.runMatchedCommand(); } catch (error) { void error; }
  }
  const bare = cac(); bare.option("--x <y>", "X"); bare.parse(["node", "app.js", "--x", "1"]); bare.outputHelp(); try { bare.outputVersion(); bare.unsetMatchedCommand(); } catch (error) { void error; }
  const sub = cac("s"); sub.command("", "Root").action(() => {}); sub.command("deep one", "Deep").action(() => {}); sub.help(); sub.parse(["node", "s", "--help"]); sub.parse(["node", "s"]);
})();
