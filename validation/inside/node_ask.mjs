// What the scripts share that ask functions of the project: their configuration, their channel, and calls with an end.
import fs from "node:fs";
import { types } from "node:util";
import vm from "node:vm";

import { claim, open } from "./node_channel.mjs";

/** Read the configuration and take the channel, before any foreign code is there: `{config, send}`. */
export function begin() {
  const config = JSON.parse(fs.readFileSync(0, "utf8"));
  open(Number(process.env.MGE_RESULT_FD), config.nonce, "");
  delete process.env.MGE_RESULT_FD;
  const send = claim();
  claim(); // nobody else needs it
  send("start", { node: process.version });
  return { config, send };
}

/** Thrown where a call took longer than it may. */
export const late = new Error("out of time");

let waiting; // what the script below calls; code under test cannot put something else in its place
Object.defineProperty(globalThis, "__mgeCall", { get: () => waiting });
const script = new vm.Script("globalThis.__mgeCall()");

/** Call in this realm, with an end to it: V8 stops a loop that has none. Whatever touches foreign values goes here. */
export function timed(call, milliseconds) {
  waiting = call;
  try {
    return script.runInThisContext({ timeout: milliseconds });
  } catch (error) {
    throw isStopped(error) ? late : error;
  }
}

/** What comes of looking at foreign values, or undefined where they throw or never end. */
export function safely(look, milliseconds) {
  try {
    return timed(look, milliseconds);
  } catch {
    return undefined;
  }
}

function isStopped(error) {
  if (!types.isNativeError(error)) return false;
  return Object.getOwnPropertyDescriptor(error, "code")?.value === "ERR_SCRIPT_EXECUTION_TIMEOUT";
}
