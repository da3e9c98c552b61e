import { describe, expect, it } from "vitest";
import type { GraphEdge, GraphNode } from "@/model/graph";
import { findAtoms, nameOf } from "./find";
import { atomAt, layoutOf, neighbour, wavesOf } from "./layout";
import { linksOf, pathEdges, surroundings } from "./links";
import { shortName } from "./Names";
import { statePaths } from "./shapes";

const node = (id: string, wave: number, place: number): GraphNode => ({
  id, wave, place, symbol: id, path: "m.py", kind: "function", depth: 1, unit: null, loc: 1,
}); // biome-ignore format: one row
const edge = (from: string, to: string): GraphEdge => ({
  from,
  to,
  type: "data",
  weight: 0.7,
  orders: false,
  broken: null,
});

const CHAIN = linksOf([edge("b", "a"), edge("c", "b"), edge("d", "c"), edge("x", "y")]);

describe("a name on the drawing", () => {
  it("keeps the end that tells methods of one class apart", () => {
    expect(shortName("Cart10.method_with_a_name_11")).toBe("Cart10.me…_a_name_11");
    expect(shortName("Cart10.method_with_a_name_11")).not.toBe(shortName("Cart10.method_with_a_name_12"));
    expect(shortName("Cart10.total")).toBe("Cart10.total");
  });
});

describe("finding an atom", () => {
  const named = (symbol: string, path: string): GraphNode => ({ ...node(symbol, 1, 0), symbol, path });
  const bind = named("bind", "a/Subscriber.ts");
  const subscribe = named("Observable.subscribe", "a/Observable.ts");
  const subscriber = named("Subscriber", "a/Subscriber.ts");
  const inner = named("inner.unsubscribe_all", "a/b.ts");

  it("takes the name before the file, the whole word before a part", () => {
    const found = findAtoms([bind, inner, subscriber, subscribe], " Subscribe ", 9);
    expect(found).toEqual([subscribe, subscriber, inner, bind]);
    expect(findAtoms([bind, inner], "", 9)).toEqual([]);
    expect(findAtoms([bind, inner], "b", 1)).toEqual([bind]);
  });

  it("calls code outside functions by its file", () => {
    expect([nameOf(named("<module>", "a/index.ts")), nameOf(bind)]).toEqual(["index.ts", "bind"]);
  });
});

describe("what lies around an atom", () => {
  it("goes both ways, as deep as asked", () => {
    expect([...surroundings(CHAIN, "b", 1).atoms].sort()).toEqual(["a", "b", "c"]);
    expect([...surroundings(CHAIN, "b", 9).atoms].sort()).toEqual(["a", "b", "c", "d"]);
    expect(surroundings(CHAIN, "b", 9).edges).toHaveLength(3);
  });

  it("does not turn round: what else my need is needed by is no relative of mine", () => {
    const shared = linksOf([edge("mine", "base"), edge("other", "base")]);
    expect([...surroundings(shared, "mine", 9).atoms].sort()).toEqual(["base", "mine"]);
  });

  it("counts what is over the cap, nearest kept", () => {
    const star = linksOf(Array.from({ length: 200 }, (_, n) => edge(`n${n}`, "hub")));
    const found = surroundings(star, "hub", 1);
    expect([found.atoms.size, found.hidden]).toEqual([150, 51]);
  });

  it("ends on cycles, and follows a path edge by edge", () => {
    expect(surroundings(linksOf([edge("a", "b"), edge("b", "a")]), "a", 99).atoms.size).toBe(2);
    expect(pathEdges(CHAIN, ["a", "b", "c"]).map((one) => one.from)).toEqual(["b", "c"]);
  });
});

describe("the grid", () => {
  const nodes = [...Array.from({ length: 100 }, (_, n) => node(`a${n}`, 1, 99 - n)), node("last", 2, 0)];
  const layout = layoutOf(wavesOf(nodes), "cells", 400);

  it("keeps the order of the server and goes on in further columns", () => {
    expect(layout.waves[0]?.atoms[0]).toBe("a99");
    expect(layout.at.get("a99")?.y).toBe(layout.at.get(`a${99 - layout.rows}`)?.y);
    expect(layout.height).toBeLessThanOrEqual(400);
  });

  it("finds the atom under every point that it draws", () => {
    for (const [atom, { x, y }] of layout.at) expect(atomAt(layout, x + 5, y + 5)).toBe(atom);
    expect(atomAt(layout, -1, 50)).toBeNull();
    expect(atomAt(layout, 20, 5)).toBeNull();
  });

  it("walks by row and by wave, and stops at the ends", () => {
    expect(neighbour(layout, null, { row: 1 })).toBe("a99");
    expect(neighbour(layout, "a99", { row: 1 })).toBe("a98");
    expect(neighbour(layout, "a99", { row: -1 })).toBe("a99");
    expect(neighbour(layout, "a40", { wave: 1 })).toBe("last");
  });

  it("draws every state as one shape, whatever the number of atoms", () => {
    const paths = statePaths(layout, new Map([["a1", "failed"]]));
    expect(paths.map((path) => path.status).sort()).toEqual(["failed", "planned"]);
  });
});
