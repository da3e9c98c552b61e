import { ApiError, errorFromBody } from "./errors";

type Query = Record<string, string | number | boolean | null | undefined>;

interface RequestOptions {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  query?: Query;
  json?: unknown;
  signal?: AbortSignal | undefined;
  /** Outlives the page: for the last words of one that is being closed. */
  keepalive?: boolean;
}

let memoryToken = "";

/** The token of the last session answer; the cookie wins where the page can read it. */
export function rememberCsrf(token: string): void {
  memoryToken = token;
}

export function csrfToken(): string {
  const match = /(?:^|;\s*)csrftoken=([^;]+)/.exec(document.cookie);
  return match?.[1] ? decodeURIComponent(match[1]) : memoryToken;
}

export function withQuery(url: string, query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") params.set(name, String(value));
  }
  const text = params.toString();
  return text ? `${url}?${text}` : url;
}

/** One JSON request with the session cookie. Throws ApiError, for a missing network too (status 0). */
export async function request<T>(url: string, options: RequestOptions = {}): Promise<T> {
  const method = options.method ?? "GET";
  const headers: Record<string, string> = { Accept: "application/json" };
  if (method !== "GET") headers["X-CSRFToken"] = csrfToken();
  if (options.json !== undefined) headers["Content-Type"] = "application/json";
  const init: RequestInit = { method, headers, credentials: "same-origin" };
  if (options.json !== undefined) init.body = JSON.stringify(options.json);
  if (options.signal) init.signal = options.signal;
  if (options.keepalive) init.keepalive = true;
  let response: Response;
  try {
    response = await fetch(withQuery(url, options.query), init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(0, { code: "offline", message: "The server cannot be reached." });
  }
  const text = await response.text();
  if (!response.ok) throw errorFromBody(response.status, text, response.headers.get("X-Request-ID"));
  return (text ? JSON.parse(text) : null) as T;
}

export const post = <T>(url: string, json: unknown = {}): Promise<T> => request<T>(url, { method: "POST", json });
