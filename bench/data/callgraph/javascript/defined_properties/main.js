function Point(x) {
  this.x = x;
}

function double(value) {
  return value * 2;
}

Object.defineProperty(Point.prototype, 'twice', {
  get: function readTwice() {
    return double(this.x);
  },
});

const point = new Point(2);
console.log(point.twice);
