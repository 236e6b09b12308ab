/** Responds to every client error and every failure in one JSON format, application/problem+json (https://www.rfc-editor.org/rfc/rfc9457). */
import { STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { ZodType } from 'zod';

/** One fault in the input: its path, e.g. `items.0.quantity`, and what is wrong. */
export interface Fault {
  readonly path: string;
  readonly message: string;
}

/** An error to show to the caller: an HTTP status, a sentence, and the faults, if any. */
export class Problem extends Error {
  readonly status: number;
  readonly faults: readonly Fault[] | undefined;

  constructor(status: number, detail: string, faults?: readonly Fault[], options?: ErrorOptions) {
    super(detail, options);
    this.status = status;
    this.faults = faults;
  }
}

/** Returns the checked value, or throws a 400 {@link Problem} that lists all faults. */
export function check<T>(schema: ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  throw new Problem(400, 'The request is not valid.', faults);
}

/** Answers 404 to requests without a route. */
export const unknownRoute: RequestHandler = (req) => {
  throw new Problem(404, `There is no ${req.method} ${req.path} here.`);
};

/** The last middleware: responds with the problem; the error itself appears only in the log. */
export const answerProblem: ErrorRequestHandler = (error: unknown, req, res, next) => {
  if (res.headersSent) {
    next(error); // The response has started: Express cuts the connection, so that the caller notices.
    return;
  }
  const { status, message, faults } = toProblem(error);
  if (status >= 500) res.err = error instanceof Error ? error : new Error(String(error));
  if (status === 503) res.set('retry-after', '1');
  res.status(status).type('application/problem+json');
  res.json({ title: STATUS_CODES[status], status, detail: message, errors: faults, requestId: req.id });
};

function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  // Express and its body parser mark client errors with a 4xx `status` and a `type`.
  const { status, type, message } = (error ?? {}) as { status?: number; type?: string; message?: string };
  if (type === 'entity.parse.failed') return new Problem(400, 'The body is not valid JSON.');
  if (type === 'entity.too.large') return new Problem(413, 'The body is too large.');
  if (status !== undefined && status >= 400 && status < 500) return new Problem(status, message ?? '');
  return new Problem(500, 'Something went wrong on our side. See the log for this request id.');
}
