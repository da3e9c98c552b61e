function Stack() {
  this.items = [];
}

Stack.prototype.grow = function () {};

Stack.prototype.push = function (x) {
  this.grow();
};

new Stack().push(1);
