/** Evaluates the rules of a web ACL against a request, before the rules of the listener. */
import type {
  ByteMatchStatement,
  FieldToMatch,
  RateBasedStatement,
  Statement,
  TextTransformation,
  WebACL,
} from '@aws-sdk/client-wafv2';
import { cidrHasAddress, type RoutedRequest } from './conditions.ts';
import { matchesRegex } from './regex.ts';

/** Decides about requests, and counts those that rate-based rules limit. */
export interface Inspector {
  /** Whether the web ACL lets a request pass. */
  allows(webAcl: WebACL, request: RoutedRequest, now: Date): boolean;
}

/** A request with the time at which it arrived, in milliseconds since 1970. */
interface TimedRequest extends RoutedRequest {
  readonly at: number;
}

const DEFAULT_WINDOW_SECONDS = 300;

/**
 * Makes an inspector. Unlike AWS, which estimates rates every few seconds, it counts every request.
 * @param addressesOf returns the blocks of an IP set, which is given by its ARN
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html
 */
export function makeInspector(addressesOf: (ipSetArn: string) => readonly string[]): Inspector {
  /** The times of the latest requests, by rule and address. */
  const times = new Map<string, number[]>();

  const isAboveRate = (rule: string, request: TimedRequest, rate: RateBasedStatement): boolean => {
    const { Limit = 0, EvaluationWindowSec = DEFAULT_WINDOW_SECONDS, AggregateKeyType } = rate;
    if (rate.ScopeDownStatement && !matches(rate.ScopeDownStatement, request, rule)) return false;
    const key = `${rule} ${AggregateKeyType === 'IP' ? request.sourceIp : ''}`;
    const from = request.at - EvaluationWindowSec * 1000;
    const recent = [...(times.get(key) ?? []).filter((time) => time > from), request.at];
    times.set(key, recent.slice(-(Limit + 1)));
    return recent.length > Limit;
  };

  const matches = (statement: Statement | undefined, request: TimedRequest, rule: string): boolean => {
    if (!statement) return false;
    const { ByteMatchStatement: bytes, RegexMatchStatement: regex, RateBasedStatement: rate } = statement;
    if (bytes) return bytesMatch(bytes, request);
    if (regex)
      return inspected(regex.FieldToMatch, regex.TextTransformations, request).some((text) =>
        matchesRegex(regex.RegexString ?? '', text, 'exact'),
      );
    if (rate) return isAboveRate(rule, request, rate);
    if (statement.IPSetReferenceStatement)
      return addressesOf(statement.IPSetReferenceStatement.ARN ?? '').some((block) =>
        cidrHasAddress(block, request.sourceIp),
      );
    if (statement.NotStatement) return !matches(statement.NotStatement.Statement, request, rule);
    if (statement.AndStatement)
      return (statement.AndStatement.Statements ?? []).every((part) => matches(part, request, rule));
    return (statement.OrStatement?.Statements ?? []).some((part) => matches(part, request, rule));
  };

  return {
    allows({ ARN = '', Rules = [], DefaultAction }, received, now) {
      const request = { ...received, at: now.getTime() };
      for (const { Name = '', Statement: statement, Action } of Rules) {
        if (Action?.Count || !matches(statement, request, `${ARN} ${Name}`)) continue;
        return Action?.Block === undefined;
      }
      return DefaultAction?.Block === undefined;
    },
  };
}

/** Returns the parts of a request that a statement inspects, after its transformations; none if the request lacks the part. */
function inspected(
  field: FieldToMatch = {},
  transformations: readonly TextTransformation[] = [],
  request: RoutedRequest,
): string[] {
  return partsOf(field, request).map((part) =>
    [...transformations]
      .sort((one, other) => (one.Priority ?? 0) - (other.Priority ?? 0))
      .reduce((text, { Type }) => transformed(text, Type), part),
  );
}

function partsOf(
  { SingleHeader, UriPath, QueryString, Method }: FieldToMatch,
  request: RoutedRequest,
): string[] {
  if (UriPath) return [request.rawPath];
  if (QueryString) return [request.query];
  if (Method) return [request.method];
  const name = SingleHeader?.Name?.toLowerCase();
  const values = request.headers
    .filter(([header]) => header.toLowerCase() === name)
    .map(([, value]) => value);
  return values.length === 0 ? [] : [values.join(',')];
}

function transformed(text: string, type: TextTransformation['Type']): string {
  if (type === 'LOWERCASE') return text.toLowerCase();
  if (type !== 'URL_DECODE') return text;
  return text.replace(/%([0-9a-fA-F]{2})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 16)));
}

function bytesMatch(statement: ByteMatchStatement, request: RoutedRequest): boolean {
  const { SearchString = new Uint8Array(), PositionalConstraint } = statement;
  const searched = Buffer.from(SearchString).toString('latin1');
  return inspected(statement.FieldToMatch, statement.TextTransformations, request).some((text) => {
    switch (PositionalConstraint) {
      case 'EXACTLY':
        return text === searched;
      case 'STARTS_WITH':
        return text.startsWith(searched);
      case 'ENDS_WITH':
        return text.endsWith(searched);
      case 'CONTAINS_WORD':
        return text.split(/\W+/).includes(searched) || text === searched;
      default:
        return text.includes(searched);
    }
  });
}
