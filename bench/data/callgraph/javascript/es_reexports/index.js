export * from "./shapes";
export { circle as default, square as box } from "./shapes";
