var app = (exports = module.exports = {});

app.init = function init() {
  this.configure();
  this.handle('x');
};

app.configure = function configure() {
  this.settings = {};
};

app.handle = function handle(name) {
  return find(this.settings, name);
};

function find(settings, name) {
  return settings[name];
}
