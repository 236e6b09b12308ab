/** The rules for the status codes of health checks: of HTTP, and of gRPC. */
import type { FieldRule } from './field-rules.ts';

/**
 * Status codes of HTTP or of gRPC; which of the two are right depends on the protocol.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Matcher.html
 */
export const matcher: FieldRule = (text) => (grpcMatcher(text) === undefined ? undefined : httpMatcher(text));

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Matcher.html */
export const grpcMatcher: FieldRule = (text) => {
  const isValid = text.split(',').every((part) => {
    const [, from, to = from] = /^(\d{1,2})(?:-(\d{1,2}))?$/.exec(part) ?? [];
    return from !== undefined && Number(from) <= Number(to);
  });
  return isValid ? undefined : 'Use status codes of gRPC from 0 to 99, e.g. 0 or 0,12 or 0-99.';
};

export const httpMatcher: FieldRule = (text) => {
  const parts = text.split(',').map((part) => /^(\d{3})(?:-(\d{3}))?$/.exec(part));
  const isValid = parts.every((part) => {
    const [from, to] = [Number(part?.[1]), Number(part?.[2] ?? part?.[1])];
    return from >= 200 && from <= to && to <= 499;
  });
  return isValid ? undefined : 'Use status codes from 200 to 499, e.g. 200 or 200,204 or 200-299.';
};
