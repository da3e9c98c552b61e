import assert from "node:assert/strict";
import { test } from "node:test";
import { cut, plainLetters, slugify, uniqueSlug } from "../web/slug.js";

test("accents go, special letters are spelled out", () => {
  assert.equal(plainLetters("Crème Brûlée & Weißwurst"), "creme brulee  and  weisswurst");
});

test("a slug is words with dashes", () => {
  assert.equal(slugify("  The 2 best Mugs (blue)! "), "the-2-best-mugs-blue");
});

test("nothing left gives the fallback", () => {
  assert.equal(slugify("!!!"), "article");
  assert.equal(slugify("茶", { fallback: "tea" }), "tea");
});

test("long slugs are cut between words", () => {
  assert.equal(cut("blue-mug-large", 14), "blue-mug-large");
  assert.equal(cut("blue-mug-large", 8), "blue-mug");
  assert.equal(cut("blue-mug-large", 7), "blue");
  assert.equal(cut("teapot", 3), "tea");
  assert.equal(slugify("Blue mug, large", { maxLength: 10 }), "blue-mug");
});

test("a taken slug gets the first free number", () => {
  assert.equal(uniqueSlug("Mug", new Set()), "mug");
  assert.equal(uniqueSlug("Mug", new Set(["mug", "mug-2", "mug-4"])), "mug-3");
});
