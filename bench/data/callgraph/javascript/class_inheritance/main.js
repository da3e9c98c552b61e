class Animal {
  constructor(name) {
    this.name = name;
  }

  speak() {
    return this.sound();
  }

  sound() {
    return "";
  }
}

class Dog extends Animal {
  constructor() {
    super("dog");
  }

  sound() {
    return super.sound();
  }
}

new Dog().speak();
