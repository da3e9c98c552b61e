function log() {}

function counter() {
  let n = 0;
  function step() {
    n += 1;
    log();
    return n;
  }
  return step;
}

counter()();
