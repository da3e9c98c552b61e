class Client {
  async get(path) {
    return this.parse(path);
  }

  parse(text) {
    return new Page(text);
  }
}

class Page {
  title() {}
}

async function main() {
  const page = await new Client().get("/");
  page.title();
  const [first, second] = await Promise.all([new Client().get("/a"), fetchOther()]);
  first.title();
  second();
}

async function fetchOther() {
  return done;
}

function done() {}

main();
