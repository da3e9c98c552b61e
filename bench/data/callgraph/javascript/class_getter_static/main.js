class Box {
  constructor(n) {
    this.n = n;
  }

  static of(n) {
    return new Box(n);
  }

  get size() {
    return this.n;
  }
}

Box.of(1).size;
