function show() {}

async function load() {
  return 1;
}

load().then((page) => show(page));
