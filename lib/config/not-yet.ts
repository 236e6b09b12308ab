/** Answers to the words of other tools for what Slipway does not support yet. */

/** Words for what Slipway cannot do yet, with what to do instead. */
export const NOT_YET: Readonly<Record<string, string>> = {
  'vpc vpcId vpcName existingVpc subnets subnetIds privateSubnets publicSubnets':
    'Every stack has its own VPC. Use network.cidr to choose a block that your other networks do not use.',
  'securityGroup securityGroups securityGroupIds ingress egress':
    'Every service has its own security group, which admits only the load balancer. Use clients to restrict who may connect to the load balancer.',
  'loadBalancers alb nlb elb targetGroup targetGroupArn':
    'Every stack with a path has its own load balancer, or uses the one in loadBalancer of the stack.',
  'sysctls linuxParameters capAdd capDrop capabilities privileged securityContext':
    'Containers run with the settings of Fargate. Use user and readOnlyRoot to restrict one.',
  'workingDirectory workingDir workdir': 'Set WORKDIR in the Dockerfile of the image.',
  'ephemeralStorage storage diskSize disk':
    'A task has the 20 GiB that Fargate always gives it. Keep larger data in S3 or in a database.',
  'volume volumes mounts mountPoints volumeMounts efs persistence':
    'Keep data that must outlive a task in S3 or in a database. Temporary files belong in /tmp, or in the folders of writable.',
  'capacityProvider capacityProviders capacityProviderStrategy spot fargateSpot ec2 instanceType gpu':
    'Every task runs on Fargate, on demand and without a GPU. To save money, pause a service with count: 0.',
  'scaling autoscaling hpa min max minCount maxCount minReplicas maxReplicas minCapacity maxCapacity minTasks maxTasks':
    'Use count. If you give the service a range with Application Auto Scaling, Slipway leaves the count within the range to it.',
  platformVersion: 'Tasks run on the latest platform version. Leave it out.',
  'rollback autoRollback': 'Leave it out: a deployment that fails is always rolled back.',
  'minimumHealthyPercent maximumPercent maxSurge maxUnavailable':
    'Leave it out: every deployment starts the new tasks before it stops the old ones.',
  'privateZone domain:private domain:internal':
    'The name is in a public zone, as the load balancer is public. Leave it out.',
  'domain:ttl routingPolicy weight failover':
    'The record is an alias of the load balancer, without a TTL. Leave it out.',
  'nat natGateway natGateways natType assignPublicIp publicIp publicIps peering transitGateway vpcEndpoints':
    'Tasks are in private subnets, and reach the internet over IPv4 through the one NAT gateway of the stack. Leave it out.',
  'log logs logging logGroup logDriver logConfiguration logOptions firelens':
    "Standard output and standard error go to the stack's log group. Use logRetentionDays for how long they are kept.",
  'cdn cloudfront cors compression':
    'Put CloudFront or another proxy in front of the load balancer, or let the program do it.',
  'cron schedule schedules scheduledTasks jobs job':
    'Every container runs all the time. Let a program do the work at the times that you want.',
  'serviceConnect serviceDiscovery cloudMap namespace mesh serviceMesh':
    "Services reach each other through the load balancer, under its name and the other service's path; containers of one task, on localhost.",
  'cluster clusterName clusterArn': 'Every stack has its own cluster. Leave it out.',
  'database databases db rds redis cache queue queues bucket buckets dynamodb':
    'Create it with another tool, and give its address to the program in environment.',
  'monitoring metrics dashboard tracing xray':
    'ECS and the load balancer send their metrics to CloudWatch without any setting. Create alarms with another tool.',
  'kms kmsKey kmsKeyId encryption encrypt': "Everything is encrypted with AWS's own keys. Leave it out.",
};

/** Values that Slipway does not support yet, with what to do instead. */
export const NOT_YET_VALUES: readonly {
  /** The path of the field, with `*` for the keys of records. */
  readonly template: string;
  readonly values: string;
  readonly answer: string;
}[] = [
  {
    template: 'services.*.containers.*.protocol',
    values: 'TCP UDP TLS',
    answer: "The load balancer only balances requests. Use 'HTTP', 'HTTPS', 'HTTP2' or 'GRPC'.",
  },
  {
    template: 'services.*.containers.*.protocol',
    values: 'WS WSS WEBSOCKET',
    answer: "Use 'HTTP': WebSockets pass through it.",
  },
];
