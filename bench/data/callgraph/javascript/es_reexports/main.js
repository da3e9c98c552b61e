import make, { box } from "./index";
import * as all from "./index";

make();
box();
new all.Grid().draw();
