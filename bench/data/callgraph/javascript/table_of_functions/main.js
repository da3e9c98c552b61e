function start() {}

function stop() {}

const table = { start, stop };

function run(name) {
  table[name]();
}

run(process.argv[2]);
