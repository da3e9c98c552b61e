function compose(...fns) {
  return (x) => fns.reduce((value, fn) => fn(value), x);
}

function double(x) {
  return x * 2;
}

function inc(x) {
  return x + 1;
}

function once(fn) {
  let done = false;
  return function guarded(...args) {
    if (!done) {
      done = true;
      return fn.apply(this, args);
    }
  };
}

compose(double, inc)(3);
once(double)(1);
