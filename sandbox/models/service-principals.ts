/** Decides whether a service principal of a policy, such as `ecs-tasks.amazonaws.com`, is a service of AWS. */
import type { AwsPartition } from '../world/partitions.ts';
import table from './service-principals.json' with { type: 'json' };

const names: ReadonlySet<string> = new Set(table);

/**
 * Whether a principal is a service of AWS. In every partition, the domain is `amazonaws.com` or the domain of the partition's
 * endpoints. A region of the partition can precede the domain.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function isServicePrincipal(principal: string, { dnsSuffix, pattern }: AwsPartition): boolean {
  const suffix = ['amazonaws.com', dnsSuffix].find((domain) => principal.endsWith(`.${domain}`));
  if (suffix === undefined) return false;
  const name = principal.slice(0, -suffix.length - 1);
  const end = name.lastIndexOf('.');
  return names.has(name) || (end > 0 && names.has(name.slice(0, end)) && pattern.test(name.slice(end + 1)));
}
