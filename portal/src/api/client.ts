import createClient from "openapi-fetch";
import type { paths } from "./schema";

/** A refusal as RFC 9457 describes it; `code` is stable, `title` and `detail` are for people. */
export class Problem extends Error {
  readonly code: string;
  readonly status: number;
  readonly detail: string;
  /** Seconds after which it is worth another try, where the server says so. */
  readonly retryAfter: number | undefined;

  constructor(status: number, code: string, title: string, detail: string, retryAfter?: number) {
    super(title);
    this.name = "Problem";
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.retryAfter = retryAfter;
  }
}

export const api = createClient<paths>({ credentials: "same-origin", headers: { Accept: "application/json" } });

api.use({
  onRequest({ request }) {
    // Sending the same POST twice must be harmless, whatever happened to the first answer.
    if (request.method === "POST") request.headers.set("Idempotency-Key", newKey());
    return request;
  },
});

/** Random hex. Not crypto.randomUUID, which pages served without TLS in a local network do not have. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The data of an answer, or a `Problem` thrown. */
export async function unwrap<T>(call: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await call;
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new Problem(0, "network", "The server cannot be reached", "");
  }
  if (!answer.response.ok) throw problemOf(answer.error, answer.response);
  return answer.data as T;
}

function problemOf(body: unknown, response: Response): Problem {
  const fields = typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  const text = (name: string, otherwise: string) => {
    const value = fields[name];
    return typeof value === "string" ? value : otherwise;
  };
  const code = text("code", response.status === 429 ? "rate_limited" : "unexpected");
  const retryAfter = Number(response.headers.get("Retry-After")) || undefined;
  return new Problem(response.status, code, text("title", response.statusText), text("detail", ""), retryAfter);
}
