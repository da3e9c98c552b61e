const H = require(process.cwd() + "/dist/cjs/handlebars.js").default;
const each = (f) => { try { return f(); } catch { return undefined; } };
H.registerHelper("loud", (s) => String(s).toUpperCase()); H.registerHelper({ two: () => 2 }); H.registerPartial("p", "<{{x}}>{{#if y}}{{y}}{{/if}}"); H.registerPartial("lay", "[{{> @partial-block}}]"); H.registerDecorator("dec", (f) => f);
for (const t of ["{{a}} {{{b}}} {{&c}}", "{{#each l}}{{@index}}{{this}}{{else}}none{{/each}}", "{{#if a}}x{{else if b}}y{{else}}z{{/if}}", "{{#unless a}}q{{/unless}}", "{{#with o}}{{k}}{{../a}}{{/with}}", "{{> p x=1 y=a}}", "{{#> lay}}in{{/lay}}", "{{loud a}} {{loud (two)}}", "{{lookup o 'k'}} {{log 'x' level='error'}}", "{{!-- c --}}{{~a~}} {{[b]}}", "{{* dec}}{{a}}", "{{#each o as |v k|}}{{k}}{{v}}{{/each}}", "{{nope 1}}", "{{#q}}{{/r}}", "{{#*inline 'i'}}z{{/inline}}{{> i}}", "{{a.b.c}} {{@root.a}} {{o.k}}", "{{#l}}{{this}}{{/l}}{{^l}}e{{/l}}", "{{> (lookup . 'pn') }}", "{{> nope}}"])
  for (const o of [{}, { strict: true }, { noEscape: true, knownHelpers: { loud: true }, knownHelpersOnly: false, trackIds: true }, { compat: true, explicitPartialContext: true, preventIndent: true, assumeObjects: true }]) {
    each(() => H.compile(t, o)({ a: "<1>", b: 2, l: [1, 2], o: { k: "v" }, pn: "p", x: 3 }, { data: { root: {} } })); each(() => H.precompile(t, o));
    const made = each(() => H.template(new Function(`return ${H.precompile(t, o)}`)())); each(() => made({ a: 1, l: [] }));
  }
H.escapeExpression("<>"); new H.SafeString("x").toString(); H.createFrame({}); H.unregisterHelper("two"); H.unregisterPartial("p"); H.create(); H.parse("{{a}}"); each(() => new H.Visitor().accept(H.parse("{{a b=c}}{{#if x}}y{{/if}}"))); H.log(0, "x");
