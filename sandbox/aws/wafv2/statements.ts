/** Checks the rules of a web ACL, and computes their capacity. The sandbox refuses statements that it cannot evaluate. */
import type {
  BlockAction,
  DefaultAction,
  FieldToMatch,
  Rule,
  Statement,
  TextTransformation,
} from '@aws-sdk/client-wafv2';
import { isRegex } from '../../balancer/regex.ts';
import type { Region } from '../../world/region.ts';
import { invalidParameter, itemNotFound, notImplemented } from './errors.ts';

/** The costs of statements in web ACL capacity units. @see https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statements-list.html */
const ANCHORED_MATCH_UNITS = 2;
const FLOATING_MATCH_UNITS = 10;
const REGEX_UNITS = 3;
const IP_SET_UNITS = 1;
const RATE_UNITS = 2;
const TRANSFORMATION_UNITS = 10;

const SUPPORTED_FIELDS: readonly (keyof FieldToMatch)[] = [
  'UriPath',
  'QueryString',
  'SingleHeader',
  'Method',
];
const SUPPORTED_TRANSFORMATIONS: readonly (string | undefined)[] = ['NONE', 'LOWERCASE', 'URL_DECODE'];
const SUPPORTED_KEYS: readonly (string | undefined)[] = ['IP', 'CONSTANT'];

/** Returns the only member of a union that is set. @throws WAFInvalidParameterException unless exactly one is set */
function onlyMember<T extends object>(
  union: T | undefined,
  field: 'STATEMENT' | 'RULE_ACTION',
): keyof T & string {
  const set = Object.entries(union ?? {}).filter(([, value]) => value !== undefined);
  const [member] = set;
  if (set.length !== 1 || !member)
    throw invalidParameter(
      `You have used none or multiple values for a field that requires exactly one value.`,
      field,
      set.map(([name]) => name).join(', ') || field,
    );
  return member[0] as keyof T & string;
}

/** @throws NotImplemented for the parts of a request that the sandbox does not inspect, and for other transformations */
function checkField(
  field: FieldToMatch | undefined,
  transformations: readonly TextTransformation[] = [],
): number {
  const name = onlyMember(field, 'STATEMENT');
  if (!SUPPORTED_FIELDS.includes(name)) throw notImplemented(`the field to match ${name}`);
  for (const { Type } of transformations)
    if (!SUPPORTED_TRANSFORMATIONS.includes(Type)) throw notImplemented(`the text transformation ${Type}`);
  return TRANSFORMATION_UNITS * transformations.filter(({ Type }) => Type !== 'NONE').length;
}

/** Checks a statement with all its parts. @returns its capacity */
function checkStatement(region: Region, statement: Statement | undefined): number {
  const checkAll = (parts: readonly Statement[] = []) =>
    parts.reduce((sum, part) => sum + checkStatement(region, part), 0);
  const kind = onlyMember(statement, 'STATEMENT');
  switch (kind) {
    case 'ByteMatchStatement': {
      const {
        FieldToMatch: field,
        TextTransformations,
        PositionalConstraint = '',
      } = statement?.ByteMatchStatement ?? {};
      const units = PositionalConstraint.startsWith('CONTAINS') ? FLOATING_MATCH_UNITS : ANCHORED_MATCH_UNITS;
      return units + checkField(field, TextTransformations);
    }
    case 'RegexMatchStatement': {
      const {
        RegexString = '',
        FieldToMatch: field,
        TextTransformations,
      } = statement?.RegexMatchStatement ?? {};
      if (!isRegex(RegexString))
        throw invalidParameter('The regular expression is not valid', 'STATEMENT', RegexString);
      return REGEX_UNITS + checkField(field, TextTransformations);
    }
    case 'IPSetReferenceStatement': {
      const { ARN, IPSetForwardedIPConfig } = statement?.IPSetReferenceStatement ?? {};
      if (IPSetForwardedIPConfig) throw notImplemented('forwarded IP addresses');
      if (!region.wafv2.ipSets.has(ARN ?? '')) throw itemNotFound();
      return IP_SET_UNITS;
    }
    case 'RateBasedStatement': {
      const { AggregateKeyType, ScopeDownStatement } = statement?.RateBasedStatement ?? {};
      if (!SUPPORTED_KEYS.includes(AggregateKeyType))
        throw notImplemented(`rates per ${AggregateKeyType ?? ''}`);
      return RATE_UNITS + (ScopeDownStatement ? checkStatement(region, ScopeDownStatement) : 0);
    }
    case 'AndStatement':
      return checkAll(statement?.AndStatement?.Statements);
    case 'OrStatement':
      return checkAll(statement?.OrStatement?.Statements);
    case 'NotStatement':
      return checkStatement(region, statement?.NotStatement?.Statement);
    default:
      throw notImplemented(`a ${kind}`);
  }
}

function checkBlock(block: BlockAction | undefined): void {
  if (block?.CustomResponse) throw notImplemented('custom responses');
}

/** Checks the default action and the rules of a web ACL. @returns the capacity of the rules */
export function checkRules(
  region: Region,
  defaultAction: DefaultAction | undefined,
  rules: readonly Rule[] = [],
): number {
  onlyMember(defaultAction, 'RULE_ACTION');
  checkBlock(defaultAction?.Block);
  if (defaultAction?.Allow?.CustomRequestHandling) throw notImplemented('custom request handling');
  const priorities = new Set<number | undefined>();
  let capacity = 0;
  for (const { Name = '', Priority, Action, OverrideAction, RuleLabels, Statement: statement } of rules) {
    if (priorities.has(Priority)) throw invalidParameter('Two rules have the same priority', 'RULE', Name);
    priorities.add(Priority);
    if (OverrideAction) throw notImplemented('override actions');
    if (RuleLabels?.length) throw notImplemented('labels');
    const action = onlyMember(Action, 'RULE_ACTION');
    if (action === 'Captcha' || action === 'Challenge') throw notImplemented(`the action ${action}`);
    if (Action?.Allow?.CustomRequestHandling ?? Action?.Count?.CustomRequestHandling)
      throw notImplemented('custom request handling');
    checkBlock(Action?.Block);
    capacity += checkStatement(region, statement);
  }
  return capacity;
}

/** Whether a statement, or a part of it, refers to an IP set. */
export function refersToIpSet(statement: Statement | undefined, arn: string): boolean {
  const { IPSetReferenceStatement, RateBasedStatement, AndStatement, OrStatement, NotStatement } =
    statement ?? {};
  const parts = [
    ...(AndStatement?.Statements ?? []),
    ...(OrStatement?.Statements ?? []),
    NotStatement?.Statement,
    RateBasedStatement?.ScopeDownStatement,
  ];
  return (
    IPSetReferenceStatement?.ARN === arn ||
    parts.some((part) => part !== undefined && refersToIpSet(part, arn))
  );
}
