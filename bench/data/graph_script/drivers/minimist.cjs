const { readdirSync } = require("node:fs");
const { join } = require("node:path");
const folder = join(process.cwd(), "test");
for (const file of readdirSync(folder)) if (file.endsWith(".js")) require(join(folder, file));
