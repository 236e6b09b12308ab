"""Refusals arrive as boto3's exceptions, with AWS's codes and HTTP statuses, and every response has a request id."""
import re
import unittest

from architecture import TRUST
from botocore.exceptions import ClientError
from session import OPTIONS, SESSION, clients

REQUEST_ID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
UNKNOWN_VPC = "vpc-0123456789abcdef0"
ARN_PREFIX = "arn:aws:elasticloadbalancing:eu-west-1:000000000000"

# Calls that are refused in a new account: service, method, parameters, code and HTTP status.
REFUSED = [
    ("ec2", "describe_vpcs", {"VpcIds": [UNKNOWN_VPC]}, "InvalidVpcID.NotFound", 400),
    ("ec2", "describe_subnets", {"SubnetIds": ["subnet-0123456789abcdef0"]}, "InvalidSubnetID.NotFound", 400),
    ("ec2", "delete_security_group", {"GroupId": "sg-0123456789abcdef0"}, "InvalidGroup.NotFound", 400),
    ("ec2", "create_vpc", {"CidrBlock": "10.0.0.0/8"}, "InvalidVpc.Range", 400),
    ("ec2", "create_vpc", {"CidrBlock": "10.0.0.0/16", "DryRun": True}, "DryRunOperation", 412),
    ("ec2", "describe_images", {}, "NotImplemented", 501),
    ("elbv2", "describe_load_balancers", {"Names": ["unknown"]}, "LoadBalancerNotFound", 400),
    ("elbv2", "describe_target_groups", {"Names": ["unknown"]}, "TargetGroupNotFound", 400),
    (
        "elbv2",
        "describe_rules",
        {"ListenerArn": f"{ARN_PREFIX}:listener/app/unknown/0123456789abcdef/0123456789abcdef"},
        "ListenerNotFound",
        400,
    ),
    ("ecs", "list_services", {"cluster": "unknown"}, "ClusterNotFoundException", 400),
    ("ecs", "describe_task_definition", {"taskDefinition": "unknown"}, "ClientException", 400),
    ("ecr", "list_images", {"repositoryName": "unknown"}, "RepositoryNotFoundException", 400),
    ("logs", "delete_log_group", {"logGroupName": "unknown"}, "ResourceNotFoundException", 400),
    ("iam", "get_role", {"RoleName": "unknown"}, "NoSuchEntity", 404),
    ("iam", "create_role", {"RoleName": "a", "AssumeRolePolicyDocument": "{"}, "MalformedPolicyDocument", 400),
    ("route53", "get_hosted_zone", {"Id": "Z0123456789"}, "NoSuchHostedZone", 404),
    ("route53", "get_change", {"Id": "C0123456789"}, "NoSuchChange", 404),
    (
        "application_autoscaling",
        "deregister_scalable_target",
        {
            "ServiceNamespace": "ecs",
            "ResourceId": "service/unknown/unknown",
            "ScalableDimension": "ecs:service:DesiredCount",
        },
        "ObjectNotFoundException",
        400,
    ),
    ("logs", "describe_queries", {}, "NotImplemented", 501),
    ("route53", "list_health_checks", {}, "NotImplemented", 501),
]


class Errors(unittest.TestCase):
    def check_refusal(self, call, parameters, code, status):
        with self.assertRaises(ClientError) as caught:
            call(**parameters)
        response = caught.exception.response
        self.assertEqual(response["Error"]["Code"], code)
        self.assertNotEqual(response["Error"]["Message"], "")
        metadata = response["ResponseMetadata"]
        self.assertEqual(metadata["HTTPStatusCode"], status)
        self.assertRegex(metadata["RequestId"], REQUEST_ID)
        return caught.exception

    def test_refusals_have_the_codes_and_statuses_of_aws(self):
        for service, method, parameters, code, status in REFUSED:
            with self.subTest(f"{service} {method}"):
                self.check_refusal(getattr(getattr(clients, service), method), parameters, code, status)

    def test_refusals_are_the_exceptions_of_the_service(self):
        expected = [
            ("ecs", "ClusterNotFoundException", lambda ecs: ecs.list_tasks(cluster="unknown")),
            ("ecr", "RepositoryNotFoundException", lambda ecr: ecr.list_images(repositoryName="unknown")),
            ("logs", "ResourceNotFoundException", lambda logs: logs.delete_log_group(logGroupName="unknown")),
            ("iam", "NoSuchEntityException", lambda iam: iam.get_role(RoleName="unknown")),
            ("route53", "NoSuchHostedZone", lambda route53: route53.get_hosted_zone(Id="Z0123456789")),
            (
                "elbv2",
                "LoadBalancerNotFoundException",
                lambda elbv2: elbv2.describe_load_balancers(Names=["unknown"]),
            ),
        ]
        for service, name, call in expected:
            client = getattr(clients, service)
            with self.subTest(name), self.assertRaises(getattr(client.exceptions, name)):
                call(client)

    def test_a_second_create_is_refused(self):
        iam, logs, ecr = clients.iam, clients.logs, clients.ecr
        role = {"RoleName": "twice", "AssumeRolePolicyDocument": TRUST}
        iam.create_role(**role)
        self.check_refusal(iam.create_role, role, "EntityAlreadyExists", 409)
        logs.create_log_group(logGroupName="twice")
        group = {"logGroupName": "twice"}
        self.check_refusal(logs.create_log_group, group, "ResourceAlreadyExistsException", 400)
        ecr.create_repository(repositoryName="twice")
        repository = {"repositoryName": "twice"}
        self.check_refusal(ecr.create_repository, repository, "RepositoryAlreadyExistsException", 400)
        iam.delete_role(RoleName="twice")
        logs.delete_log_group(logGroupName="twice")
        ecr.delete_repository(repositoryName="twice")

    def test_what_is_in_use_cannot_be_deleted(self):
        ec2 = clients.ec2
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
        self.check_refusal(ec2.delete_vpc, {"VpcId": vpc}, "DependencyViolation", 400)
        ec2.delete_subnet(SubnetId=subnet)
        ec2.delete_vpc(VpcId=vpc)

    def test_unknown_services_are_refused_by_name(self):
        for service, method in (("cloudfront", "list_distributions"), ("sqs", "list_queues"), ("sns", "list_topics")):
            with self.subTest(service):
                call = getattr(SESSION.client(service, **OPTIONS), method)
                error = self.check_refusal(call, {}, "NotImplemented", 501)
                self.assertIn(service, str(error))

    def test_every_response_has_a_request_id(self):
        calls = [
            clients.ec2.describe_vpcs,
            clients.elbv2.describe_load_balancers,
            clients.ecs.list_clusters,
            clients.ecr.describe_repositories,
            clients.logs.describe_log_groups,
            clients.iam.list_roles,
            clients.route53.list_hosted_zones,
            clients.sts.get_caller_identity,
            clients.s3.list_buckets,
            lambda: clients.application_autoscaling.describe_scalable_targets(ServiceNamespace="ecs"),
        ]
        ids = [call()["ResponseMetadata"]["RequestId"] for call in calls]
        for request_id in ids:
            self.assertRegex(request_id, REQUEST_ID)
        self.assertEqual(len(set(ids)), len(calls))
