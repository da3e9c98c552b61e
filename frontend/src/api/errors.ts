import type { WireErrorBody } from "./wire";

/** What went wrong with a request, in the server's own words. `status` 0 means that no answer came. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly data: unknown;
  readonly requestId: string | null;

  constructor(status: number, body: WireErrorBody, requestId: string | null = null) {
    super(body.message);
    this.name = "ApiError";
    this.status = status;
    this.code = body.code;
    this.data = body.data ?? null;
    this.requestId = requestId;
  }

  get isOffline(): boolean {
    return this.status === 0;
  }
}

export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ApiError(0, { code: "client_error", message });
}

/** The error in `text`, or one made from the status where the body is not in the agreed form. */
export function errorFromBody(status: number, text: string, requestId: string | null): ApiError {
  try {
    const body = JSON.parse(text) as Partial<WireErrorBody> & { detail?: string };
    if (typeof body.code === "string" && typeof body.message === "string") {
      return new ApiError(status, body as WireErrorBody, requestId);
    }
    if (typeof body.detail === "string") {
      return new ApiError(status, { code: `http_${status}`, message: body.detail, data: body }, requestId);
    }
  } catch {
    // Not JSON: a proxy's page or a crash page. The status says what is known.
  }
  return new ApiError(status, { code: `http_${status}`, message: `The server answered ${status}.` }, requestId);
}
