// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "./errors";
import { post, rememberCsrf, request } from "./http";

const answer = (status: number, body: string) =>
  vi.stubGlobal(
    "fetch",
    vi.fn(async () => new Response(body, { status })),
  );
const failure = async (run: () => Promise<unknown>): Promise<ApiError> => {
  const error = await run().then(
    () => null,
    (cause: unknown) => cause,
  );
  if (!(error instanceof ApiError)) throw new Error("expected an ApiError");
  return error;
};

afterEach(() => vi.unstubAllGlobals());

describe("requests", () => {
  it("carry the token of the session when they change something", async () => {
    const fetch = vi.fn(async (_url: string, _init: RequestInit) => new Response("{}"));
    vi.stubGlobal("fetch", fetch);
    rememberCsrf("abc");
    await post("/api/x", { a: 1 });
    await request("/api/x", { query: { q: "a b", empty: "", none: null } });
    expect(fetch.mock.calls[0]?.[1].headers).toMatchObject({
      "X-CSRFToken": "abc",
      "Content-Type": "application/json",
    });
    expect(fetch.mock.calls[1]?.[0]).toBe("/api/x?q=a+b");
    expect(fetch.mock.calls[1]?.[1].headers).not.toHaveProperty("X-CSRFToken");
  });

  it("fail in the server's own words", async () => {
    answer(409, JSON.stringify({ code: "stale", message: "It changed.", data: { review: 1 } }));
    expect(await failure(() => request("/api/x"))).toMatchObject({ status: 409, code: "stale", data: { review: 1 } });
  });

  it("fail with the status where the answer is no JSON", async () => {
    answer(502, "<html>Bad gateway</html>");
    expect(await failure(() => request("/api/x"))).toMatchObject({ status: 502, code: "http_502" });
  });

  it("say that the server is away", async () => {
    vi.stubGlobal(
      "fetch",
      vi.fn(() => Promise.reject(new TypeError("failed"))),
    );
    expect((await failure(() => request("/api/x"))).isOffline).toBe(true);
  });
});
