import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

/** Folders of the console, the highest first. A file imports only from its own folder and from those below it. */
const ORDER = ["app", "features", "parts", "diff", "ui", "model", "lib", "api"];
/** Frames of the socket are typed by the model; nothing else in `lib` looks up. */
const ALLOWED = new Set(["lib -> model"]);

const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter(
  (file) => /\.tsx?$/.test(file) && !file.includes(".test.") && !file.endsWith("schema.d.ts"),
);
const imports = files.flatMap((file) =>
  [...readFileSync(join("src", file), "utf8").matchAll(/from "@\/([^"]+)"/g)].map(([, target]) => ({
    file,
    target: target ?? "",
  })),
);
const room = (path: string) => path.split("/")[0] ?? "";
const feature = (path: string) => (room(path) === "features" ? path.split("/")[1] : null);

describe("the layout", () => {
  it("lets imports point down only", () => {
    const upward = imports.filter(({ file, target }) => {
      const [from, to] = [ORDER.indexOf(room(file)), ORDER.indexOf(room(target))];
      return from >= 0 && to >= 0 && to < from && !ALLOWED.has(`${room(file)} -> ${room(target)}`);
    });
    expect(upward).toEqual([]);
  });

  it("keeps features from importing each other", () => {
    const across = imports.filter(
      ({ file, target }) => feature(file) && feature(target) && feature(file) !== feature(target),
    );
    expect(across).toEqual([]);
  });

  it("keeps wire types out of components", () => {
    expect(imports.filter(({ file, target }) => file.endsWith(".tsx") && target === "api/wire")).toEqual([]);
  });

  it("spells addresses in one place", () => {
    const spelled = files.filter((file) => /["'`]\/(api|ws|admin)\//.test(readFileSync(join("src", file), "utf8")));
    expect(spelled.filter((file) => file !== "api/urls.ts")).toEqual([]);
  });

  it("keeps files short", () => {
    const long = files.filter((file) => readFileSync(join("src", file), "utf8").split("\n").length > 300);
    expect(long).toEqual([]);
  });
});
