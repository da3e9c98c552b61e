export { helper as renamed } from "./lib.mjs";
