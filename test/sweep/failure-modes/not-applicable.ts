/** The failure modes of the catalogue (§13) that cannot happen to Slipway, each with the reason. */

/** By number. A change that makes one of them possible moves it from here to a test. */
export const cannotHappen: Readonly<Record<number, string>> = {
  22: 'The listener speaks HTTP alone: no stack has a certificate to wait for.',
  24: 'There are no interface endpoints: private subnets reach AWS through the NAT gateway.',
  30: "No policy names a user or a role as principal: the roles trust ECS's own service principal.",
};
