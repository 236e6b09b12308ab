// Cases that the convergence tests do not cover: warnings about aliases at the name of the domain, and when a domain is checked.
import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { expect, test } from '@jest/globals';
import { checkDomain, domainEvents } from '../../../provision/domain.ts';
import { foundFor } from '../engine-harness.ts';
import { config, surveyOf } from '../step-harness.ts';

const BALANCER = 'shop-dev-1234567890.eu-west-1.elb.amazonaws.com';
const alias = (DNSName: string): ResourceRecordSet => ({
  Name: 'api.example.com.',
  Type: 'AAAA',
  AliasTarget: { DNSName, HostedZoneId: 'ZBALANCER', EvaluateTargetHealth: true },
});
const eventsFor = (...recordSets: ResourceRecordSet[]) =>
  domainEvents(config(), {
    ...surveyOf({ loadBalancer: { '': foundFor('loadBalancer', '', { dnsName: BALANCER }) } }),
    domain: {
      longerZone: undefined,
      parentZone: undefined,
      cut: undefined,
      nameServers: undefined,
      recordSets,
    },
  });

test('an IPv6 alias of the load balancer itself causes no warning, since it leads clients to the same load balancer', () => {
  expect(eventsFor(alias(`dualstack.${BALANCER}.`))).toEqual([]);
});

test('an IPv6 alias of another load balancer causes a warning that names the other load balancer', () => {
  expect(eventsFor(alias('dualstack.other-1.eu-west-1.elb.amazonaws.com.'))).toEqual([
    {
      type: 'warning',
      text: 'api.example.com also has a record of type AAAA that does not belong to this stack: it leads clients with IPv6 to other-1.eu-west-1.elb.amazonaws.com, not to the load balancer',
    },
  ]);
});

test('a domain is checked only if it is configured and the survey looked up its zones and records', () => {
  const longerZone = { name: 'api.example.com', hostedZoneId: 'Z2', nameServers: [] };
  const surroundings = {
    longerZone,
    parentZone: undefined,
    cut: undefined,
    nameServers: undefined,
    recordSets: [],
  };
  expect(() => checkDomain(config({ domain: undefined }), surroundings)).not.toThrow();
  expect(() => checkDomain(config(), undefined)).not.toThrow();
  expect(() => checkDomain(config(), surroundings)).toThrow('belongs in a longer zone');
});
