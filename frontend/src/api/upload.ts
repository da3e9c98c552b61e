import { ApiError, errorFromBody } from "./errors";
import { csrfToken } from "./http";

/** Sends a form and reports the share of bytes sent; `fetch` still cannot tell upload progress. */
export function upload<T>(url: string, form: FormData, onProgress: (share: number) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    call.open("POST", url);
    call.setRequestHeader("X-CSRFToken", csrfToken());
    call.setRequestHeader("Accept", "application/json");
    call.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    call.onerror = () => reject(new ApiError(0, { code: "offline", message: "The server cannot be reached." }));
    call.onload = () => {
      if (call.status >= 200 && call.status < 300) resolve(JSON.parse(call.responseText) as T);
      else reject(errorFromBody(call.status, call.responseText, call.getResponseHeader("X-Request-ID")));
    };
    call.send(form);
  });
}
