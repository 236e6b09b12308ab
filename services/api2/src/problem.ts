/** Turns every refusal and every failure into one JSON shape, application/problem+json (https://www.rfc-editor.org/rfc/rfc9457). */
import { STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { ZodType } from 'zod';

/** One thing wrong with the input: where it is (`items.0.quantity`) and what is wrong with it. */
export interface Fault {
  readonly path: string;
  readonly message: string;
}

/** An error that is meant for the caller: an HTTP status, a sentence, and the faults found, if any. */
export class Problem extends Error {
  readonly status: number;
  readonly faults: readonly Fault[] | undefined;

  constructor(status: number, detail: string, faults?: readonly Fault[], options?: ErrorOptions) {
    super(detail, options);
    this.status = status;
    this.faults = faults;
  }
}

/** Returns the checked value, or throws a 400 {@link Problem} that lists every fault at once. */
export function check<T>(schema: ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  throw new Problem(400, 'The request is not valid.', faults);
}

/** Answers 404 to whatever no route took. */
export const unknownRoute: RequestHandler = (req) => {
  throw new Problem(404, `There is no ${req.method} ${req.path} here.`);
};

/** The last middleware: answers with the problem, and leaves the error itself to the log. */
export const answerProblem: ErrorRequestHandler = (error: unknown, req, res, next) => {
  if (res.headersSent) {
    next(error); // Too late for another answer: Express cuts the connection, so that the caller notices.
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
  // Express and its body parser mark what the caller did wrong with a 4xx `status`, and the kind with `type`.
  const { status, type, message } = (error ?? {}) as { status?: number; type?: string; message?: string };
  if (type === 'entity.parse.failed') return new Problem(400, 'The body is not valid JSON.');
  if (type === 'entity.too.large') return new Problem(413, 'The body is too large.');
  if (status !== undefined && status >= 400 && status < 500) return new Problem(status, message ?? '');
  return new Problem(500, 'Something went wrong on our side. The log has more, under this request id.');
}
