import { describe, expect, it } from "vitest";
import type { RunAtom } from "@/model/run";
import { matches, parseAtomSearch } from "./search";

const atom = { path: "shop/cart.py", symbol: "Cart.add", status: "passed", attempts: 2 } as RunAtom;

describe("narrowing the atoms of a run", () => {
  it("reads the address, whatever stands in it", () => {
    expect(parseAtomSearch({ find: 404, state: "failed", attempts: "0" })).toEqual({
      find: "404",
      state: "failed",
      attempts: 0,
    });
    expect(parseAtomSearch({ find: "", state: ["x"], attempts: "many" })).toEqual({});
  });

  it.each([
    [{}, true],
    [{ find: "CART" }, true],
    [{ find: "order" }, false],
    [{ state: "passed", attempts: 2 }, true],
    [{ attempts: 0 }, false],
    [{ state: "failed" }, false],
  ])("keeps an atom for %o: %s", (search, kept) => expect(matches(atom, search)).toBe(kept));
});
