function byName(a, b) {
  return a < b;
}

function sum(total, x) {
  return total + x;
}

[3, 1].map((x) => x * 2).sort(byName).reduce(sum, 0);
