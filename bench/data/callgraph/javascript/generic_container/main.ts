abstract class Shape {
  abstract area(): number;

  describe(): string {
    return `${this.area()}`;
  }
}

class Square extends Shape {
  area(): number {
    return 1;
  }
}

class Circle extends Shape {
  area(): number {
    return 3;
  }
}

class Box<T extends Shape> {
  private items: T[] = [];

  add(item: T): this {
    this.items.push(item);
    return this;
  }

  total(): number {
    return this.items.map((item) => item.area()).reduce((a, b) => a + b, 0);
  }
}

const box = new Box<Shape>();
box.add(new Square()).add(new Circle()).total();
new Square().describe();
new Circle().describe();
