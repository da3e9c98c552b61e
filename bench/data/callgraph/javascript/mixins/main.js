const Flying = (Base) =>
  class Flyer extends Base {
    fly() {
      return this.name();
    }
  };

class Animal {
  name() {
    return "animal";
  }
}

class Bird extends Flying(Animal) {}

const bird = new Bird();
bird.fly();
bird.name();

const walker = {
  walk() {
    return this.step();
  },
};

function Robot() {}
Object.assign(Robot.prototype, walker, {
  step() {},
});

new Robot().walk();
