function before() {}

function after() {}

function start({ first = before, last }) {
  first();
  last();
}

start({ last: after });
