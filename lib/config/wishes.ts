/** Answers to the words of other tools: for what Slipway calls by another name, does not need, or does not support yet. */

/**
 * The kinds of objects in a configuration, under the paths at which they occur; `*` is any key. A word in the tables below may
 * begin with a kind and a colon, such as `stack:version`: then the word has that meaning only in an object of that kind.
 */
export const LEVELS = {
  '': 'stack',
  domain: 'domain',
  network: 'network',
  'services.*': 'service',
  'services.*.containers.*': 'container',
  'services.*.containers.*.health': 'health',
  'services.*.deploy': 'deploy',
} as const;
export type Level = (typeof LEVELS)[keyof typeof LEVELS];

/** Fields of Slipway, with the words that other tools use for them, and where needed a sentence about the difference. */
export const SYNONYMS: Readonly<Record<string, readonly [words: string, difference?: string]>> = {
  name: ['stackName appName application'],
  region: ['awsRegion location'],
  domain: [
    'hostname dns dnsName customDomain stack:hostedZone',
    'It has a name, and the zone that contains the name.',
  ],
  'domain.name': ['domainName fqdn recordName'],
  'domain.zone': ['hostedZone zoneName domainZone'],
  'domain.zoneId': ['hostedZoneId'],
  'domain.https': ['stack:https ssl tls sslPolicy redirectHttp httpsRedirect acm'],
  'domain.certificate': ['certificates certificateArn certificateArns stack:certificate'],
  'domain.names': ['aliases alternativeNames subjectAlternativeNames sans domains alias'],
  'network.cidr': ['cidrBlock vpcCidr ipv4Cidr'],
  'network.zones': ['availabilityZones azs maxAzs zoneCount', 'The zones themselves cannot be chosen.'],
  protect: ['deletionProtection protected terminationProtection enableDeletionProtection'],
  internal: ['scheme stack:private stack:public internetFacing publicLoadBalancer'],
  insights: ['containerInsights'],
  ipv6: ['dualStack enableIpv6 ipAddressType'],
  waf: [
    'firewall webAcl webAclArn wafArn wafv2 rateLimit rateLimits',
    'It is the ARN of a web ACL that exists; its rules may block addresses, or limit their requests.',
  ],
  accessLogs: [
    'accessLogging albLogs albAccessLogs loadBalancerLogs elbLogs accessLogBucket accessLogsBucket',
    'The logs of programs need no field.',
  ],
  clients: ['allowedCidrs ipWhitelist ipAllowlist allowedIps allowList whitelist sourceRanges'],
  logRetentionDays: ['logRetention retentionDays retentionInDays retention logRetentionInDays'],
  idleTimeoutSeconds: ['idleTimeout requestTimeout stack:timeout service:timeout'],
  deregistrationDelaySeconds: ['deregistrationDelay deregistrationTimeout drainTimeout drainSeconds'],
  tags: ['labels defaultTags'],
  'services.*.cpu': [
    'vcpu vcpus cpus cpuUnits cpuLimit resources limits size taskSize',
    'The containers of a service share its cpu and its memory.',
  ],
  'services.*.memory': [
    'mem memoryLimit memoryMiB memoryLimitMiB memorySize ram',
    'The containers of a service share it.',
  ],
  'services.*.count': [
    'replicas replicaCount desiredCount numReplicas instances instanceCount taskCount tasks desired scale',
  ],
  'services.*.architecture': ['arch cpuArchitecture runtimePlatform platform arm64 graviton'],
  'services.*.graceSeconds': [
    'startPeriod initialDelaySeconds healthCheckGracePeriod healthCheckGracePeriodSeconds gracePeriod startupGracePeriod',
  ],
  'services.*.permissions': ['iam policy statements inlinePolicies taskPolicy permission'],
  'services.*.managedPolicies': ['policies taskRolePolicies iamPolicies managedPolicyArns policyArns'],
  'services.*.taskRole': ['role roles taskRoleArn'],
  'services.*.executionRole': ['executionRoleArn taskExecutionRole'],
  permissionsBoundary: ['permissionBoundary boundary permissionsBoundaryArn'],
  'services.*.deploy': [
    'deployment deployments deploymentConfiguration deploymentStrategy strategy rollout updateStrategy',
    "It is 'rolling', 'blueGreen', 'canary' or 'linear', or an object with one of these and its settings.",
  ],
  'services.*.deploy.alarms': ['deploymentAlarms alarmNames alarm'],
  'services.*.deploy.circuitBreaker': [
    'deploymentCircuitBreaker',
    'It is always on, and a deployment that fails is always rolled back.',
  ],
  'services.*.deploy.blueGreen.bakeMinutes': ['bakeTime bakeTimeInMinutes terminationWaitTime'],
  'services.*.deploy.canary.percent': ['canaryPercent'],
  'services.*.deploy.canary.stepMinutes': ['canaryBakeTime canaryBakeTimeInMinutes'],
  'services.*.deploy.linear.percent': ['stepPercent'],
  'services.*.deploy.linear.stepMinutes': ['stepBakeTime stepBakeTimeInMinutes'],
  'services.*.containers': ['containerDefinitions sidecars stack:container'],
  'services.*.containers.*.source': [
    'build buildContext context dockerfile dockerfilePath src directory',
    'A Dockerfile in that folder is used with builder: docker.',
  ],
  'services.*.containers.*.image': ['imageUri imageUrl containerImage imageName repository'],
  'services.*.containers.*.port': [
    'ports portMappings containerPort targetPort internalPort listenPort expose',
    'A container has one port; what only the containers of its own task reach, on localhost, needs no field.',
  ],
  'services.*.containers.*.path': [
    'container:paths route pathPattern pathPatterns pathPrefix prefix basePath',
    'It is one path or a list of paths; routes have more conditions.',
  ],
  'services.*.containers.*.stripPath': ['stripPrefix rewriteTarget'],
  'services.*.containers.*.routes': [
    'container:rules container:conditions container:host container:hosts container:hostHeader container:hostHeaders container:hostname virtualHost container:method container:methods httpMethods container:headers httpHeaders queryStrings queryParameters sourceIps container:rewrite container:rewrites pathRewrite urlRewrite',
    'Each route has paths, hosts, methods, headers, queries or sources.',
  ],
  routes: ['stack:redirect stack:redirects stack:fixedResponse stack:fixedResponses stack:rules'],
  'services.*.containers.*.environment': ['environmentVariables envVars variables'],
  'services.*.containers.*.environmentFile': ['envFile envFiles environmentFiles envFrom dotenv'],
  'services.*.containers.*.secrets': ['secret secretOptions secretsManager ssm parameterStore valueFrom'],
  'services.*.containers.*.registryCredentials': ['repositoryCredentials imagePullSecrets registryAuth'],
  'services.*.containers.*.command': ['cmd args arguments startCommand runCommand'],
  'services.*.containers.*.dependsOn': ['links startupOrder waitFor'],
  'services.*.containers.*.memoryReservation': ['memoryRequest reservedMemory'],
  'services.*.containers.*.writable': ['tmpfs writablePaths writableFolders scratch'],
  'services.*.containers.*.ulimits': ['ulimit nofile rlimits openFiles'],
  'services.*.containers.*.health': [
    'healthCheck healthChecks livenessProbe readinessProbe startupProbe probe',
    "Slipway requests a path over HTTP, or runs health.command. A slow start is covered by the service's graceSeconds.",
  ],
  'services.*.containers.*.health.path': ['healthCheckPath healthPath health:url health:endpoint httpGet'],
  'services.*.containers.*.health.command': ['health:test health:cmd health:exec'],
  'services.*.containers.*.health.startSeconds': ['health:startPeriod health:initialDelaySeconds'],
  'services.*.containers.*.health.intervalSeconds': ['healthCheckInterval periodSeconds'],
  'services.*.containers.*.health.timeoutSeconds': ['healthCheckTimeout'],
  'services.*.containers.*.health.healthyThreshold': ['successThreshold healthyThresholdCount'],
  'services.*.containers.*.health.unhealthyThreshold': [
    'retries failureThreshold maxFailures unhealthyThresholdCount',
  ],
  'services.*.containers.*.health.matcher': [
    'httpCode statusCode statusCodes successCodes healthyHttpCodes expectedStatus',
  ],
  'services.*.containers.*.protocol': [
    'protocolVersion backendProtocol targetProtocol appProtocol grpc http2 h2c',
    "It is 'HTTP' by default.",
  ],
  'services.*.containers.*.stickiness': ['sticky stickySessions sessionAffinity cookie'],
  'services.*.containers.*.slowStartSeconds': ['slowStart slowStartDuration warmup warmUpSeconds'],
  'services.*.containers.*.balancing': ['algorithm loadBalancing loadBalancingAlgorithm routingAlgorithm'],
  'services.*.containers.*.readOnlyRoot': [
    'readonlyRootFilesystem readOnly readOnlyRootFs',
    'It is true by default.',
  ],
  'services.*.containers.*.user': ['runAsUser uid'],
  'services.*.containers.*.stopSeconds': [
    'stopTimeout stopGracePeriod terminationGracePeriodSeconds gracefulShutdown',
  ],
};

/** Words for settings that do not belong in a configuration, with what to do instead. */
export const ELSEWHERE: Readonly<Record<string, string>> = {
  'service:name container:name service:serviceName container:containerName':
    'Remove it: the key of a service or container is its name.',
  'network:name': 'Remove it: all names consist of the name of the stack, the stage and the key.',
  'container:priority service:priority':
    'Remove it: a longer path takes precedence over a shorter one. A route may have a priority.',
  'stack:version composeVersion': 'Remove it: the form of a configuration has no version.',
  'launchType networkMode requiresCompatibilities compatibilities provider':
    'Remove it: every task runs on Fargate, in network mode awsvpc.',
  'restart restartPolicy': 'Remove it: ECS replaces every task that stops.',
  'initContainers initContainer migrations release preDeploy':
    "Add a container with essential: false that does the work and ends, and dependsOn: { <its name>: 'SUCCESS' } to the containers that wait for it.",
  'stage stack:environment stack:env workspace':
    'Remove it, and add --stage NAME to the command; a configuration that is a function gets the stage as its argument.',
  'account accountId profile credentials accessKeyId':
    'Remove it, and set AWS_PROFILE for the command, or other credentials that AWS tools use.',
  'target stack:endpoint endpointUrl': 'Remove it, and add --target sandbox or --target aws to the command.',
};

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
  'exec ssh executeCommand enableExecuteCommand shell debug':
    "Read the logs of the stack's log group, or run the stack on the sandbox, where its programs are processes of this machine.",
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
