import { readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { test as base, type Page, type Route, type WebSocketRoute } from "@playwright/test";

/** The headers that the server sends with the page: the console must live with them. */
const CSP = "default-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self' ws: wss:; img-src 'self' data:";
const DIST = join(import.meta.dirname, "../../dist");
const TYPES: Record<string, string> = {
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

export interface Call {
  method: string;
  path: string;
  query: URLSearchParams;
  body: Record<string, unknown>;
}

type Answer = { status?: number; json?: unknown; headers?: Record<string, string> } | "offline";
export type Handler = (call: Call) => Answer | Promise<Answer>;

/** A server in the test: pages and assets from the build, answers from handlers, sockets that the test speaks through. */
export class MockServer {
  readonly calls: Call[] = [];
  /** Sockets that are open now and were greeted. */
  readonly sockets = new Set<WebSocketRoute>();
  readonly problems: string[] = [];
  /** Where the event log stands: what new sockets are greeted with. */
  logAt = 100;
  private readonly handlers: [string, RegExp, Handler][] = [];

  /** The newest handler of a route wins, so that a test may replace one of the common cast. */
  on(method: string, path: RegExp, handler: Handler): this {
    this.handlers.unshift([method, path, handler]);
    return this;
  }

  json(method: string, path: RegExp, json: unknown, status = 200): this {
    return this.on(method, path, () => ({ status, json }));
  }

  called(method: string, path: RegExp): Call[] {
    return this.calls.filter((call) => call.method === method && path.test(call.path));
  }

  /**
   * Sends a frame to everybody who listens to its topic. The page paints before its socket is open, so this waits for
   * one; like the real server it keeps nothing for sockets that come later.
   */
  async push(frame: { topic?: "run" | "review" | "flags"; [field: string]: unknown }): Promise<void> {
    const path = frame.topic === "run" ? "/ws/runs/" : frame.topic ? `/ws/${frame.topic}/` : "/ws/";
    const listening = () => [...this.sockets].filter((socket) => new URL(socket.url()).pathname.startsWith(path));
    await base.expect.poll(() => listening().length, { message: `a socket below ${path} is open` }).toBeGreaterThan(0);
    for (const socket of listening()) socket.send(JSON.stringify(frame));
  }

  /** Cuts the open lines, as a restart of the server does; the page comes back by itself. */
  async cut(): Promise<void> {
    for (const socket of this.sockets) await socket.close({ code: 1012 });
    this.sockets.clear();
  }

  async attach(page: Page): Promise<void> {
    page.on("pageerror", (error) => this.problems.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error" && /Content Security|React|Warning/.test(message.text())) {
        this.problems.push(message.text());
      }
    });
    await page.route("**/*", (route) => this.serve(route));
    await page.routeWebSocket(/\/ws\//, (socket) => {
      socket.onClose(() => this.sockets.delete(socket));
      socket.send(JSON.stringify({ type: "hello", id: this.logAt, data: {} }));
      this.sockets.add(socket);
    });
  }

  private async serve(route: Route): Promise<void> {
    const url = new URL(route.request().url());
    if (url.pathname.startsWith("/static/console/")) {
      const file = url.pathname.replace("/static/console/", "");
      const contentType = TYPES[extname(file)] ?? "application/octet-stream";
      return route.fulfill({ body: readFileSync(join(DIST, file)), contentType });
    }
    if (!url.pathname.startsWith("/api/")) {
      const headers = { "Content-Security-Policy": CSP, "Set-Cookie": "csrftoken=test-token" };
      return route.fulfill({ body: readFileSync(join(DIST, "index.html")), contentType: "text/html", headers });
    }
    const raw = route.request().postData();
    const isJson = route.request().headers()["content-type"]?.includes("json");
    const body = raw && isJson ? (JSON.parse(raw) as Record<string, unknown>) : {};
    const call = { method: route.request().method(), path: url.pathname, query: url.searchParams, body };
    this.calls.push(call);
    const handler = this.handlers.find(([method, path]) => method === call.method && path.test(call.path))?.[2];
    const answer = handler ? await handler(call) : missing(call);
    if (answer === "offline") return route.abort("connectionfailed");
    const status = answer.status ?? 200;
    return route.fulfill(
      status === 204 ? { status } : { status, json: answer.json ?? {}, headers: answer.headers ?? {} },
    );
  }
}

const missing = ({ method, path }: Call): Answer => ({
  status: 404,
  json: { code: "not_found", message: `The test has no answer for ${method} ${path}.`, data: {} },
});

export const test = base.extend<{ server: MockServer }>({
  server: async ({ page }, use) => {
    const server = new MockServer();
    await server.attach(page);
    await use(server);
    base.expect(server.problems, "errors in the browser's console").toEqual([]);
  },
});

export { expect } from "@playwright/test";
