import defaults, { helper as help } from "./lib.mjs";
import * as legacy from "./legacy.cjs";
import { renamed } from "./index.mjs";

help();
defaults();
legacy.run();
renamed();
