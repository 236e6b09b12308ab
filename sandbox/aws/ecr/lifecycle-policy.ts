/** Lifecycle policies: their validation, and the images that they expire. */
import * as z from 'zod';
import { issuesOf } from './checks.ts';
import { invalidParameter, notImplemented } from './errors.ts';
import { matchesTag } from './mutability.ts';
import type { ImageRow } from './store.ts';

const DAY = 24 * 3600 * 1000;
const MAX_RULES = 50;

const selection = z.strictObject({
  tagStatus: z.enum(['tagged', 'untagged', 'any']),
  tagPrefixList: z.array(z.string()).optional(),
  tagPatternList: z.array(z.string()).optional(),
  countType: z.enum(['imageCountMoreThan', 'sinceImagePushed']),
  countUnit: z.literal('days').optional(),
  countNumber: z.int().min(1),
});
const rule = z.strictObject({
  rulePriority: z.int().min(1),
  description: z.string().optional(),
  selection,
  action: z.strictObject({ type: z.literal('expire') }),
});
const policy = z.strictObject({ rules: z.array(rule).min(1).max(MAX_RULES) });

type Rule = z.infer<typeof rule>;
type Selection = Rule['selection'];
/** The rules of a valid policy in order of priority, the lowest number first. */
export type LifecyclePolicy = readonly Rule[];

const invalid = (why: string) =>
  invalidParameter('LifecyclePolicyText', `Lifecycle policy validation failure: ${why}`);

/**
 * Parses a policy.
 * @throws InvalidParameterException when the text violates the format
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
 */
export function parseLifecyclePolicy(text: string): LifecyclePolicy {
  const json = parseJson(text);
  refuseUnsupportedRules(text);
  const parsed = policy.safeParse(json);
  if (!parsed.success) throw invalid(issuesOf(parsed.error));
  const rules = parsed.data.rules.sort((a, b) => a.rulePriority - b.rulePriority);
  for (const { selection } of rules) checkSelection(selection);
  checkRuleSet(rules);
  return rules;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('Could not map policyString into LifecyclePolicy.');
  }
}

/** Refuses rules that the sandbox does not support: those that archive images or count the days since the last pull. */
function refuseUnsupportedRules(text: string): void {
  const [unsupported] = /"(transition|sinceImagePulled|sinceImageTransitioned)"/.exec(text) ?? [];
  if (unsupported !== undefined) throw notImplemented(`lifecycle rule with ${unsupported}`);
}

function checkSelection({ tagStatus, tagPrefixList, tagPatternList, countType, countUnit }: Selection): void {
  const listCount = [tagPrefixList, tagPatternList].filter((list) => list && list.length > 0).length;
  if (tagStatus === 'tagged' && listCount === 0) {
    throw invalid('Must specify tagPrefixList or tagPatternList when tagStatus=TAGGED.');
  }
  if (tagStatus === 'tagged' && listCount === 2) {
    throw invalid('Only one of tagPrefixList and tagPatternList can be specified.');
  }
  if (tagStatus !== 'tagged' && listCount > 0) {
    throw invalid(
      `tagPrefixList and tagPatternList must be empty when tagStatus=${tagStatus.toUpperCase()}.`,
    );
  }
  if ((countType === 'sinceImagePushed') !== (countUnit === 'days')) {
    throw invalid('countUnit=days is required with countType=sinceImagePushed, and not allowed without.');
  }
}

function checkRuleSet(rules: readonly Rule[]): void {
  const priorities = new Set(rules.map(({ rulePriority }) => rulePriority));
  if (priorities.size < rules.length) throw invalid('Rule priorities must be unique.');
  const rulesFor = (status: string) => rules.filter(({ selection: { tagStatus } }) => tagStatus === status);
  if (rulesFor('untagged').length > 1)
    throw invalid('Only one rule can select Untagged images per storage class.');
  const [anyRule, ...more] = rulesFor('any');
  if (more.length > 0) throw invalid('Only one rule can have tagStatus=ANY per storage class.');
  if (anyRule && anyRule !== rules.at(-1)) {
    throw invalid('Rule for tagStatus=ANY must have the lowest priority per storage class');
  }
}

/** Whether a rule selects an image. The image must have a matching tag for each prefix or pattern of the rule. */
function selects({ tagStatus, tagPrefixList = [], tagPatternList = [] }: Selection, tags: string[]): boolean {
  if (tagStatus === 'any') return true;
  if (tagStatus === 'untagged') return tags.length === 0;
  return (
    tags.length > 0 &&
    tagPrefixList.every((prefix) => tags.some((tag) => tag.startsWith(prefix))) &&
    tagPatternList.every((pattern) => tags.some((tag) => matchesTag(pattern, tag)))
  );
}

/**
 * Returns the images that a policy expires. If a rule selects an image, later rules cannot expire this image, but they
 * still count it.
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
 */
export function expiredImages(policy: LifecyclePolicy, images: readonly ImageRow[], now: Date): ImageRow[] {
  const youngestFirst = [...images].sort((a, b) => b.pushedAt.getTime() - a.pushedAt.getTime());
  const selectedBefore = new Set<ImageRow>();
  const expired: ImageRow[] = [];
  for (const { selection } of policy) {
    const { countType, countNumber } = selection;
    const selected = youngestFirst.filter(({ tags }) => selects(selection, tags));
    const dueImages =
      countType === 'imageCountMoreThan'
        ? selected.slice(countNumber)
        : selected.filter(({ pushedAt }) => now.getTime() - pushedAt.getTime() >= countNumber * DAY);
    expired.push(...dueImages.filter((image) => !selectedBefore.has(image)));
    for (const image of selected) selectedBefore.add(image);
  }
  return expired;
}
