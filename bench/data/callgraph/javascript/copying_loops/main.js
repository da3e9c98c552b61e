function extend(target) {
  for (var i = 1; i < arguments.length; i++) {
    for (var key in arguments[i]) {
      if (Object.prototype.hasOwnProperty.call(arguments[i], key)) {
        target[key] = arguments[i][key];
      }
    }
  }
  return target;
}

function mixin(Derived, Base) {
  Object.getOwnPropertyNames(Base.prototype).forEach(function (name) {
    Derived.prototype[name] = Base.prototype[name];
  });
}

class Logs {
  log() {}
  flush() {}
}

class Store {
  read() {
    this.log();
  }
}

mixin(Store, Logs);
new Store().read();

const shapes = extend({}, { area: areaOf, name: nameOf });
const colours = extend({}, { tint: tintOf });

function areaOf() {}
function nameOf() {}
function tintOf() {}

shapes.area();
colours.tint();
