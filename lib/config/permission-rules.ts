/** The rules for the parts of IAM policies, and for the ARNs of roles and policies. */
import type { FieldRule } from './field-rules.ts';

/** Matches the service and the name of an action; both may contain wildcards, except that a service is named. */
const ACTION = /^[a-z0-9][\w-]*:[\w*?]+$/i;

/**
 * An action of an IAM policy.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
 */
export const iamAction: FieldRule = (text) => {
  if (text === '*' || ACTION.test(text)) return undefined;
  if (/^\*:\*?$/.test(text)) return 'Use * for all actions of all services.';
  const [, service, action] = /^([a-z0-9-]+)[./ ]+([\w*?]+)$/i.exec(text) ?? [];
  return service === undefined
    ? 'Use the service and the action, with a colon between them, e.g. s3:GetObject or s3:Get*.'
    : `Use a colon: ${service.toLowerCase()}:${action}.`;
};

/** Matches an ARN in which only the last part has to be filled in. */
const ARN = /^arn:[a-z*][a-z-*]*:[^:\s]*:[^:\s]*:[^:\s]*:\S+$/;
/** The characters of a policy. @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html */
const POLICY_TEXT = /^[\u0020-\u007e\u00a0-\u00ff]*$/;

/**
 * A resource of an IAM policy.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export const iamResource: FieldRule = (text) => {
  if (!POLICY_TEXT.test(text))
    return 'Use ? in place of each character that is not in Latin-1: IAM accepts no others.';
  if (text === '*' || ARN.test(text)) return undefined;
  const [, place] = /^s3:\/\/(\S+)$/.exec(text) ?? [];
  return place === undefined
    ? 'Use an ARN, e.g. arn:aws:s3:::shop-uploads/*, or * for all resources.'
    : `Use the ARN arn:aws:s3:::${place}.`;
};

const POLICY_ARN = /^arn:[a-z-]+:iam::(aws|\d{12}):policy\/([!-~]+\/)?[\w+=,.@-]{1,128}$/;
/** Matches the name of a policy that AWS manages, after its path if it has one. */
const AWS_POLICY = /^([a-z-]+\/)?[\w+=,.@-]{1,128}$/;

/** A managed policy: its ARN, or the name of one that AWS manages. */
export const managedPolicy: FieldRule = (text) => {
  if (/(^|:policy\/)aws-service-role\//.test(text))
    return 'Use another policy: IAM attaches this one only to the role of a service of AWS.';
  return POLICY_ARN.test(text) || AWS_POLICY.test(text)
    ? undefined
    : 'Use the ARN of a policy, or the name of one that AWS manages, e.g. AmazonS3ReadOnlyAccess.';
};

/** The ARN of the policy that limits roles. */
export const boundaryArn: FieldRule = (text) =>
  POLICY_ARN.test(text)
    ? undefined
    : 'Use the ARN of a managed policy, e.g. arn:aws:iam::123456789012:policy/boundary.';

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
const ROLE_ARN = /^arn:[a-z-]+:iam::\d{12}:role\/([!-~]+\/)?[\w+=,.@-]{1,64}$/;

/** The ARN of an existing role. */
export const existingRole: FieldRule = (text) => {
  if (/:role\/aws-service-role\//.test(text))
    return 'Use another role: only a service of AWS can assume this one.';
  if (/^arn:[a-z-]+:(sts::\d{12}:assumed-role|iam::\d{12}:(user|group|instance-profile|policy))\//.test(text))
    return 'Use the ARN of a role, which contains :role/.';
  return ROLE_ARN.test(text)
    ? undefined
    : 'Use the whole ARN of a role, e.g. arn:aws:iam::123456789012:role/shop-orders.';
};
