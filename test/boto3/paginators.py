"""Every paginator of botocore for the operations of the sandbox returns, page by page, what one call returns."""
import json
import math
import os
import unittest

import botocore.session
from architecture import LOG_GROUP, REPOSITORY, TRUST, ZONE, Architecture, document
from botocore import xform_name
from session import ACCOUNT, NAMES, REGION, clients

# EC2 accepts no smaller pages for most of its lists.
PAGE_SIZES = {"ec2": 5}
DENY_ALL = document({"Effect": "Deny", "Action": "*", "Resource": "*"})

# Not tested: the sandbox scans no images, and the pages of metric data contain data points rather than items.
UNTESTED = {"describe_image_scan_findings", "get_metric_data"}
LISTS_OF_A_USER = ["attached_user_policies", "groups_for_user", "user_policies", "user_tags"]
BUCKET = "boto3-pages"
# The names of additional resources, which make the lists longer than a page.
MORE = [f"more-{number}" for number in range(7)]


class Paginators(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.architecture = Architecture()
        self.architecture.build()
        self.create_more()

    def tearDown(self):
        self.delete_more()
        self.architecture.tear_down()

    def create_more(self):
        """Creates enough resources that their lists have several pages."""
        self.groups = [self.architecture.create_security_group(name) for name in MORE]
        self.tables = [self.architecture.create_route_table([], GatewayId=self.architecture.internet_gateway) for _ in MORE]
        clients.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        for name in MORE:
            clients.s3.put_object(Bucket=BUCKET, Key=name, Body=b"")
            clients.ecs.create_cluster(clusterName=name)
            clients.ecr.create_repository(repositoryName=name)
            clients.logs.create_log_group(logGroupName=name)
            clients.logs.create_log_stream(logGroupName=LOG_GROUP, logStreamName=name)
            clients.iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
            clients.iam.put_role_policy(RoleName="boto3-execution", PolicyName=name, PolicyDocument=DENY_ALL)
            clients.ssm.put_parameter(Name=f"/boto3/{name}", Value=name, Type="SecureString")
            clients.ssm.put_parameter(Name="/boto3/versions", Value=name, Type="String", Overwrite=True)
            clients.secretsmanager.create_secret(Name=name, SecretString=name)
            clients.route53.create_hosted_zone(Name=f"{name}.localhost", CallerReference=name)
        self.certificates = [
            clients.acm.request_certificate(DomainName=f"{name}.{ZONE}", ValidationMethod="DNS")["CertificateArn"]
            for name in MORE
        ]

    def delete_more(self):
        for certificate in self.certificates:
            clients.acm.delete_certificate(CertificateArn=certificate)
        for group in self.groups:
            clients.ec2.delete_security_group(GroupId=group)
        for table in self.tables:
            clients.ec2.delete_route_table(RouteTableId=table)
        for name in MORE:
            clients.s3.delete_object(Bucket=BUCKET, Key=name)
            clients.ecs.delete_cluster(cluster=name)
            clients.ecr.delete_repository(repositoryName=name)
            clients.logs.delete_log_group(logGroupName=name)
            clients.iam.delete_role(RoleName=name)
            clients.iam.delete_role_policy(RoleName="boto3-execution", PolicyName=name)
            clients.ssm.delete_parameter(Name=f"/boto3/{name}")
            clients.secretsmanager.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
        clients.ssm.delete_parameter(Name="/boto3/versions")
        clients.s3.delete_bucket(Bucket=BUCKET)
        for zone in clients.route53.list_hosted_zones()["HostedZones"]:
            if zone["CallerReference"] in MORE:
                clients.route53.delete_hosted_zone(Id=zone["Id"])

    def test_pages_contain_what_one_call_returns(self):
        multi_page = set()
        for service, method, settings in paginated_methods():
            with self.subTest(f"{service} {method}"):
                if self.check_pages(service, method, settings) > 1:
                    multi_page.add(method)
        self.assertLessEqual(
            {
                "describe_security_groups",
                "describe_security_group_rules",
                "describe_route_tables",
                "describe_tags",
                "describe_target_groups",
                "describe_rules",
                "describe_ssl_policies",
                "list_certificates",
                "list_clusters",
                "describe_repositories",
                "describe_log_groups",
                "describe_log_streams",
                "list_roles",
                "list_role_policies",
                "simulate_principal_policy",
                "list_service_quotas",
                "describe_parameters",
                "get_parameters_by_path",
                "get_parameter_history",
                "list_secrets",
                "list_hosted_zones",
                "list_object_versions",
                "list_objects",
                "list_objects_v2",
                "list_resource_record_sets",
            },
            multi_page,
        )

    def check_pages(self, service, method, settings):
        """Compares the pages of a list with what one call returns, and returns the number of pages."""
        client = getattr(clients, service)
        parameters = self.parameters(service, method)
        paginator = client.get_paginator(method)
        pages = list(paginator.paginate(**parameters, PaginationConfig=settings))
        whole = getattr(client, method)(**parameters)
        key, *_ = paginator.result_keys
        items = key.search(whole) or []
        self.assertEqual([item for page in pages for item in key.search(page) or []], items)
        # A list may end with an empty page.
        self.assertLessEqual(len(pages), math.ceil(len(items) / settings.get("PageSize", 1)) + 1)
        return len(pages)

    def parameters(self, service, method):
        """Returns the parameters that a method needs."""
        # ECS has a method of this name, too.
        if (service, method) == ("service-quotas", "list_services"):
            return {}
        return {
            "describe_listeners": {"LoadBalancerArn": self.architecture.balancer},
            "describe_stale_security_groups": {"VpcId": self.architecture.vpc},
            "describe_listener_certificates": {"ListenerArn": self.architecture.https_listener},
            "describe_rules": {"ListenerArn": self.architecture.listener},
            "list_attributes": {"targetType": "container-instance", "cluster": self.architecture.cluster},
            "list_container_instances": {"cluster": self.architecture.cluster},
            "list_services_by_namespace": {"namespace": "boto3"},
            "list_services": {"cluster": self.architecture.cluster},
            "list_tasks": {"cluster": self.architecture.cluster},
            "describe_scalable_targets": {"ServiceNamespace": "ecs"},
            "describe_scaling_policies": {"ServiceNamespace": "ecs"},
            "describe_scaling_activities": {"ServiceNamespace": "ecs"},
            "describe_scheduled_actions": {"ServiceNamespace": "ecs"},
            "describe_images": {"repositoryName": REPOSITORY},
            "list_images": {"repositoryName": REPOSITORY},
            "describe_log_streams": {"logGroupName": LOG_GROUP},
            "filter_log_events": {"logGroupName": LOG_GROUP},
            "list_attached_role_policies": {"RoleName": "boto3-execution"},
            **{f"list_{name}": {"UserName": "sandbox"} for name in LISTS_OF_A_USER},
            "list_instance_profiles_for_role": {"RoleName": "boto3-execution"},
            "list_role_policies": {"RoleName": "boto3-execution"},
            "list_role_tags": {"RoleName": "boto3-execution"},
            "list_policies": {"Scope": "Local"},
            "list_policy_versions": {"PolicyArn": self.architecture.policy},
            "list_entities_for_policy": {"PolicyArn": self.architecture.policy},
            "list_policy_tags": {"PolicyArn": self.architecture.policy},
            "simulate_principal_policy": {
                "PolicySourceArn": f"arn:aws:iam::{ACCOUNT}:role/boto3-execution",
                "ActionNames": ["ec2:CreateVpc", "ec2:DeleteVpc", "ec2:DescribeVpcs"],
            },
            "list_service_quotas": {"ServiceCode": "vpc"},
            "list_aws_default_service_quotas": {"ServiceCode": "vpc"},
            "get_parameters_by_path": {"Path": "/boto3", "WithDecryption": True},
            "get_parameter_history": {"Name": "/boto3/versions"},
            **{f"list_{name}": {"Bucket": BUCKET} for name in ["object_versions", "objects", "objects_v2"]},
            "list_resource_record_sets": {"HostedZoneId": self.architecture.zone},
        }.get(method, {})


def paginated_methods():
    """Lists the operations of the sandbox that botocore can paginate: service, method, and settings for small pages."""
    methods = []
    for signing_name, operations in json.loads(os.environ["SLIPWAY_TEST_OPERATIONS"]).items():
        service = NAMES.get(signing_name, signing_name)
        client = getattr(clients, service)
        botocore_session = botocore.session.get_session()
        for operation in sorted(operations):
            method = xform_name(operation)
            if client.can_paginate(method) and method not in UNTESTED:
                has_page_size = "limit_key" in botocore_session.get_paginator_model(service).get_paginator(operation)
                size = PAGE_SIZES.get(service, 1)
                methods.append((service, method, {"PageSize": size} if has_page_size else {}))
    return methods
