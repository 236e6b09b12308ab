/** Says in words what an IAM policy allows, e.g. `may pull images from shop-dev/shop-api1`. Pure. */

interface PolicyStatement {
  readonly Effect?: string;
  readonly Action?: string | readonly string[];
  readonly NotAction?: unknown;
  readonly NotResource?: unknown;
  readonly Resource?: string | readonly string[];
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}

const listOf = (value: string | readonly string[] | undefined): string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : [...value];

/** Lists names, e.g. `a, b and c`. */
const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

/** Words for sets of actions that a stack's own roles have. */
const PHRASES: readonly {
  readonly actions: RegExp;
  readonly words: (resources: readonly string[]) => string;
}[] = [
  { actions: /^ecr:GetAuthorizationToken$/, words: () => 'sign in to ECR' },
  {
    actions: /^ecr:(BatchCheckLayerAvailability|BatchGetImage|GetDownloadUrlForLayer)$/,
    words: (from) => `pull images from ${listed(from)}`,
  },
  {
    actions: /^logs:(CreateLogStream|PutLogEvents|DescribeLogStreams)$/,
    words: (to) => `write to the log ${listed(to)}`,
  },
  { actions: /^logs:DescribeLogGroups$/, words: () => 'list log groups' },
  {
    actions: /^ssm:GetParameters?$/,
    words: (secrets) => `read the ${secrets.length === 1 ? 'secret' : 'secrets'} ${listed(secrets)}`,
  },
  {
    actions: /^secretsmanager:GetSecretValue$/,
    words: (secrets) => `read the ${secrets.length === 1 ? 'secret' : 'secrets'} ${listed(secrets)}`,
  },
  {
    actions: /^kms:Decrypt$/,
    words: (keys) => `decrypt with the ${keys.length === 1 ? 'key' : 'keys'} ${listed(keys)}`,
  },
  {
    actions: /^elasticloadbalancing:(Register|Deregister)Targets$/,
    words: (groups) => `add and remove targets of ${listed(groups)}`,
  },
  { actions: /^elasticloadbalancing:Describe\w+$/, words: () => 'look at load balancers' },
  {
    actions: /^elasticloadbalancing:ModifyRule$/,
    words: (balancers) => `change the rules of ${listed(balancers)}`,
  },
  {
    actions: /^elasticloadbalancing:ModifyListener$/,
    words: (balancers) => `change the listeners of ${listed(balancers)}`,
  },
];

/** Shortens an ARN to the part that names the resource. */
export const resourceWords = (arn: string): string => {
  if (arn === '*') return 'everything';
  const name = /^arn:[^:]*:([^:]*):[^:]*:[^:]*:(.+)$/.exec(arn);
  if (!name) return arn;
  const [, service = '', rest = ''] = name;
  if (service === 'ecr') return rest.replace(/^repository\//, '');
  if (service === 'logs') return rest.replace(/^log-group:/, '').replace(/:\*$/, '');
  if (service === 'ssm') return rest.replace(/^parameter/, '');
  if (service === 'secretsmanager') return rest.replace(/^secret:/, '').replace(/-\?{6}$/, '');
  if (service === 'elasticloadbalancing')
    return rest.replace(/^(?:targetgroup|listener(?:-rule)?\/app)\/([^/]+).*$/, '$1');
  if (service === 'iam') return rest.replace(/^policy\//, '');
  return rest;
};

/** One action, or a set of actions that belong together, on one resource. */
interface Permission {
  /** Says what is allowed on resources, e.g. `pull images from a and b`. */
  readonly words: (resources: readonly string[]) => string;
  /** Identifies `words`. */
  readonly kind: string;
  readonly resource: string;
}

/** Returns the permissions of a statement. */
function permissionsIn(statement: PolicyStatement): Permission[] {
  const { Effect, Action, NotAction, NotResource, Condition } = statement;
  const actions = listOf(Action);
  const resources = [...new Set(listOf(statement.Resource).map(resourceWords))];
  const end = Condition === undefined ? '' : ', under conditions';
  const not = Effect === 'Deny' ? 'not ' : '';
  if (NotAction !== undefined || NotResource !== undefined) {
    const text = `${not}do all but what a statement lists`;
    return [{ words: () => text, kind: text, resource: '' }];
  }
  const phrase = PHRASES.find(
    ({ actions: pattern }) => actions.length > 0 && actions.every((one) => pattern.test(one)),
  );
  const say = phrase?.words ?? ((names: readonly string[]) => `call ${listed(actions)} on ${listed(names)}`);
  const kind = `${not}${phrase ? String(phrase.actions) : actions.join()}${end}`;
  const words = (names: readonly string[]) => `${not}${say(names)}${end}`;
  return (resources.length === 0 ? ['everything'] : resources).map((resource) => ({ words, kind, resource }));
}

/** Returns the permissions of a policy; its JSON as the only one if it cannot be read. */
function permissionsOf(json: string): Permission[] {
  try {
    const { Statement } = JSON.parse(json) as { Statement?: PolicyStatement | readonly PolicyStatement[] };
    return [Statement ?? []].flat<(PolicyStatement | readonly PolicyStatement[])[]>().flatMap(permissionsIn);
  } catch {
    return [{ words: () => `do what its policy says: ${json}`, kind: json, resource: '' }];
  }
}

/** Returns the permissions in the field of inline policies, `<name> <JSON>; <name> <JSON>`. */
const inlinePermissions = (field: string): Permission[] =>
  field === ''
    ? []
    : field.split(/; (?=[\w+=,.@-]+ \{)/).flatMap((one) => permissionsOf(one.slice(one.indexOf('{'))));

/** Joins permissions of the same kind, and then all, e.g. `sign in to ECR; and pull images from a and b`. */
function permissionsText(permissions: readonly Permission[]): string {
  const kinds = [...new Set(permissions.map(({ kind }) => kind))];
  const phrases = kinds.map((kind) => {
    const same = permissions.filter((one) => one.kind === kind);
    return (same[0] as Permission).words([...new Set(same.map(({ resource }) => resource))]);
  });
  return phrases.length < 2 ? phrases.join('') : `${phrases.slice(0, -1).join('; ')}; and ${phrases.at(-1)}`;
}

/** Says what a role may do. @param field its inline policies, `<name> <JSON>; …` */
export const mayText = (field: string): string => {
  const permissions = inlinePermissions(field);
  return permissions.length === 0 ? 'may do nothing' : `may ${permissionsText(permissions)}`;
};

/** Says what a role may do after a change of its policies that it could not do before, and the reverse. */
export function permissionChanges(before: string, after: string, tense: 'plan' | 'drift'): string[] {
  const [former, current] = [inlinePermissions(before), inlinePermissions(after)];
  const isIn = (some: readonly Permission[], one: Permission) =>
    some.some(({ kind, resource }) => kind === one.kind && resource === one.resource);
  const added = current.filter((one) => !isIn(former, one));
  const removed = former.filter((one) => !isIn(current, one));
  const [gains, loses] =
    tense === 'plan' ? ['may now', 'may no longer'] : ['should be allowed to', 'should not be allowed to'];
  const changes = [
    ...(added.length > 0 ? [`${gains} ${permissionsText(added)}`] : []),
    ...(removed.length > 0 ? [`${loses} ${permissionsText(removed)}`] : []),
  ];
  return changes.length > 0 ? changes : ['the details of its policies differ'];
}

/** Says who may assume a role, from its trust policy. */
export function trustText(json: string): string {
  try {
    const { Statement } = JSON.parse(json) as { Statement?: readonly PolicyStatement[] };
    const principals = [Statement ?? []].flat().flatMap(({ Principal }) => principalsIn(Principal));
    return principals.length === 0 ? 'no one' : [...new Set(principals)].join(', ');
  } catch {
    return json;
  }
}

function principalsIn(principal: unknown): string[] {
  if (typeof principal === 'string') return [principal === '*' ? 'everyone' : principal];
  if (typeof principal !== 'object' || principal === null) return [];
  return Object.values(principal).flatMap((value) =>
    Array.isArray(value) ? value.map(String) : [String(value)],
  );
}
