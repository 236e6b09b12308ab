/** Answers to the words of other tools: for what Slipway calls by another name, or does not need. */

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
  'services.*.containers.*.release': [
    'releaseCommand preDeploy preDeployCommand migrations migrate stack:release service:release',
    'It is a list of words, such as ["node", "migrate.js"], and belongs to the container whose image it needs.',
  ],
  'services.*.containers.*.user': ['runAsUser uid'],
  'services.*.exec': [
    'service:ssh executeCommand enableExecuteCommand service:shell service:debug',
    'A container needs readOnlyRoot: false for it.',
  ],
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
  'initContainers initContainer':
    "Add a container with essential: false that does the work and ends, and dependsOn: { <its name>: 'SUCCESS' } to the containers that wait for it.",
  'stage stack:environment stack:env workspace':
    'Remove it, and add --stage NAME to the command; a configuration that is a function gets the stage as its argument.',
  'account accountId profile credentials accessKeyId':
    'Remove it, and set AWS_PROFILE for the command, or other credentials that AWS tools use.',
  'target stack:endpoint endpointUrl': 'Remove it, and add --target sandbox or --target aws to the command.',
};
