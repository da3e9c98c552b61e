const { run, stop: end } = require("./lib");

run();
end();
