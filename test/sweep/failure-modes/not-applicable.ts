/** The failure modes in the catalogue (docs/aws-semantics.md, §13) that cannot happen to Slipway, each with the reason. */

/** The numbers of the failure modes, each with the reason. If a change makes one of these failures possible, the failure needs a test instead. */
export const cannotHappen: Readonly<Record<number, string>> = {
  22: 'The listener speaks only HTTP, so no stack has a certificate to wait for.',
  24: 'A stack has no interface endpoints, since private subnets reach AWS through the NAT gateway.',
  30: "No policy names a user or a role as principal, since the roles trust ECS's service principal.",
};
