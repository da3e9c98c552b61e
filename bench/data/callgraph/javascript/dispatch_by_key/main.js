const handlers = {
  start: onStart,
  stop: () => onStop(),
};

function onStart() {}

function onStop() {}

function dispatch(name) {
  const handler = handlers[name];
  if (handler) {
    handler();
  }
}

dispatch("start");
dispatch("stop");

const routes = new Map([["home", home]]);
routes.set("about", about);
routes.get("home")();

for (const [, page] of routes) {
  page();
}

function home() {}

function about() {}
