const request = Object.create(null);

function define(object, name, getter) {
  Object.defineProperty(object, name, { configurable: true, get: getter });
}

request.header = function header(name) {
  return name;
};

define(request, "protocol", function protocol() {
  return this.header("x-forwarded-proto");
});

define(request, "secure", function secure() {
  return this.protocol === "https";
});

function read() {
  return request.secure;
}

read();
