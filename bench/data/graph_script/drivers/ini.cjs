const ini = require(process.cwd());
const text = `; comment\n# other\nroot = 1\nflag\n[a]\nx = "quoted ; text"\ny = 'single'\nlist[] = 1\nlist[] = 2\nz=true\nn=null\n[a.b.c]\nk = v\\;w\\#q\n[x\\.y]\n"a.b"=c\n__proto__ = 3\n[__proto__]\npolluted=1\n[]\nempty=\n=novalue\nrepeat=1\nrepeat=2\nbad="un`;
const data = ini.parse(text);
ini.parse(text, { bracketedArray: false });
ini.decode("a[]=1\n[s]\nb=\\\"x\n");
const object = { top: "a", num: 3, yes: true, none: null, arr: [1, "two"], sec: { k: "v", deep: { er: "=x;y", "dot.key": { p: 1 } }, list: ["[x]", " spaced "] }, "a.b": { "#k": "\"q\"", e: "" }, empty: {} };
for (const options of [undefined, "section", { section: "s", whitespace: true }, { align: true, newline: true }, { sort: true, platform: "win32" }, { bracketedArray: false, newline: true, sort: true }]) {
  ini.stringify(object, options); ini.encode(data, options);
}
for (const word of ["x", ";y", "\"z\"", "[a", "a=b", " pad", "'s'", "t\\", "{\"a\":1}", ""]) ini.unsafe(ini.safe(word), true);
ini.unsafe("a\\;b ; c"); ini.unsafe("'{bad'"); ini.unsafe("\"{bad"); ini.safe(null); ini.safe(3);
