class Money {
  constructor(amount) {
    this.amount = amount;
  }

  toString() {
    return this.amount + " EUR";
  }
}

class Table {
  run(name, ...rest) {
    return this.rows[name](...rest);
  }

  constructor() {
    this.rows = {
      total() {
        return this.sum();
      },
      sum() {
        return 0;
      },
    };
  }
}

exports.words = function words(line) {
  return line.split(" ").map((word) => clean(word));
};

exports.price = function price(amount) {
  return `costs ${new Money(amount)}`;
};

exports.table = function table(name) {
  return new Table().run(name);
};

function clean(word) {
  return word.trim();
}
