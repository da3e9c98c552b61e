function stop() {}

exports.stop = stop;
exports.run = function () {
  stop();
};
