import assert from "node:assert/strict";
import { test } from "node:test";
import { Cart, type PriceSource, UnknownSku } from "../web/cart";

const PRICES: Record<string, number> = { mug: 800, tea: 450 };
const shop: PriceSource = {
  async priceOf(sku) {
    const price = PRICES[sku];
    if (price === undefined) {
      throw new UnknownSku(sku);
    }
    return price;
  },
};

test("pieces of one article add up", () => {
  const cart = new Cart(shop);
  cart.add("mug");
  cart.add("tea", 2);
  cart.add("mug", 2);
  assert.equal(cart.count, 5);
  assert.deepEqual(cart.lines(), [
    { sku: "mug", quantity: 3 },
    { sku: "tea", quantity: 2 },
  ]);
});

test("a quantity is a whole number from 1 on", () => {
  const cart = new Cart(shop);
  for (const quantity of [0, -1, 1.5]) {
    assert.throws(() => cart.add("mug", quantity), RangeError);
  }
});

test("pieces can be taken out again", () => {
  const cart = new Cart(shop);
  cart.add("mug", 3);
  cart.add("tea");
  cart.remove("mug", 2);
  cart.remove("tea");
  cart.remove("never there");
  assert.deepEqual(cart.lines(), [{ sku: "mug", quantity: 1 }]);
});

test("an article that is not sold has no price", async () => {
  const cart = new Cart(shop);
  assert.equal(await cart.priceOrNull("tea"), 450);
  assert.equal(await cart.priceOrNull("ghost"), null);
});

test("a quote leaves out what has no price and says so", async () => {
  const cart = new Cart(shop);
  cart.add("mug", 2);
  cart.add("ghost");
  cart.add("tea");
  assert.deepEqual(await cart.quote(), { total: 2050, unpriced: ["ghost"] });
});

test("other failures are not hidden", async () => {
  const cart = new Cart({ priceOf: () => Promise.reject(new Error("offline")) });
  await assert.rejects(cart.priceOrNull("mug"), /offline/);
});
