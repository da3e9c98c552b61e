const tools = require("./tools.cjs");

exports.run = function run() {
  tools.work();
};
