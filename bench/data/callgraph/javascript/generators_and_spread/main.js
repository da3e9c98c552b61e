function* numbers(make) {
  yield make();
  yield* tail();
}

function* tail() {
  yield last;
}

function make() {
  return first;
}

function first() {}

function last() {}

function all(...callbacks) {
  for (const callback of callbacks) {
    callback();
  }
}

all(...[...numbers(make)]);
