class Target {
  greet() {}
  size() {}
}

function log(key) {}

const handler = {
  get(target, key, receiver) {
    log(key);
    return Reflect.get(target, key, receiver);
  },
};

const watched = new Proxy(new Target(), handler);
watched.greet();

const plain = new Proxy(new Target(), {});
plain.size();

function add(a, b) {
  return a;
}

const calls = {
  apply(target, self, args) {
    return Reflect.apply(target, self, args);
  },
};

const traced = new Proxy(add, calls);
traced(1, 2);
