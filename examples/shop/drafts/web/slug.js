/** Titles of articles as the last part of their web address. */

const SPELLED_OUT = new Map([
  ["ß", "ss"],
  ["æ", "ae"],
  ["ø", "o"],
  ["&", " and "],
]);

/** Letters without accents, special letters spelled out, all in lower case. */
export function plainLetters(text) {
  const spelled = Array.from(text.toLowerCase(), (letter) => SPELLED_OUT.get(letter) ?? letter).join("");
  return spelled.normalize("NFKD").replace(/[\u0300-\u036f]/g, "");
}

/** Cuts a slug to a length, between words where that is possible. */
export function cut(slug, maxLength) {
  if (slug.length <= maxLength) {
    return slug;
  }
  const head = slug.slice(0, maxLength + 1);
  const end = head.lastIndexOf("-");
  return end > 0 ? head.slice(0, end) : slug.slice(0, maxLength);
}

/** The slug of a title: words of a-z and 0-9 with dashes between, or the fallback where nothing is left. */
export function slugify(title, { maxLength = 60, fallback = "article" } = {}) {
  const words = plainLetters(title).match(/[a-z0-9]+/g);
  if (words === null) {
    return fallback;
  }
  return cut(words.join("-"), maxLength);
}

/** A slug that is not taken yet: the plain one, else with the first free number from 2 on. */
export function uniqueSlug(title, taken, options) {
  const slug = slugify(title, options);
  if (!taken.has(slug)) {
    return slug;
  }
  let number = 2;
  while (taken.has(`${slug}-${number}`)) {
    number += 1;
  }
  return `${slug}-${number}`;
}
