"""Tags can be added, read, replaced and removed with each service's own operations."""
import unittest

from architecture import LOG_GROUP, REPOSITORY, Architecture
from session import ACCOUNT, REGION, clients

FIRST = {"stack": "boto3", "team": "a"}
SECOND = {"team": "b", "empty": ""}
MERGED = {"stack": "boto3", "team": "b", "empty": ""}
WITHOUT_TEAM = {"stack": "boto3", "empty": ""}


def pairs(tags, key="Key", value="Value"):
    """Returns a dictionary of tags as AWS's list of pairs."""
    return [{key: name, value: text} for name, text in tags.items()]


def mapping(tags, key="Key", value="Value"):
    """Returns AWS's list of pairs as a dictionary of tags."""
    return {tag[key]: tag[value] for tag in tags}


class Tags(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.architecture = Architecture()
        cls.architecture.build()

    @classmethod
    def tearDownClass(cls):
        cls.architecture.tear_down()

    def check(self, add, remove, read):
        """Adds tags, adds others that replace a value, and removes one."""
        add(FIRST)
        self.assertEqual(read(), FIRST)
        add(SECOND)
        self.assertEqual(read(), MERGED)
        remove(["team"])
        self.assertEqual(read(), WITHOUT_TEAM)

    def test_ec2(self):
        ec2, vpc = clients.ec2, self.architecture.vpc
        of_vpc = [{"Name": "resource-id", "Values": [vpc]}]
        self.check(
            lambda tags: ec2.create_tags(Resources=[vpc], Tags=pairs(tags)),
            lambda keys: ec2.delete_tags(Resources=[vpc], Tags=[{"Key": key} for key in keys]),
            lambda: mapping(ec2.describe_tags(Filters=of_vpc)["Tags"]),
        )
        by_tag = [{"Name": "tag:stack", "Values": ["boto3"]}]
        (found,) = ec2.describe_vpcs(Filters=by_tag)["Vpcs"]
        self.assertEqual(mapping(found["Tags"]), WITHOUT_TEAM)

    def test_load_balancers(self):
        elbv2 = clients.elbv2
        for arn in (self.architecture.balancer, self.architecture.listener):
            with self.subTest(arn):
                self.check(
                    lambda tags: elbv2.add_tags(ResourceArns=[arn], Tags=pairs(tags)),
                    lambda keys: elbv2.remove_tags(ResourceArns=[arn], TagKeys=keys),
                    lambda: mapping(elbv2.describe_tags(ResourceArns=[arn])["TagDescriptions"][0]["Tags"]),
                )

    def test_ecs(self):
        ecs = clients.ecs
        for arn in (self.architecture.cluster, self.architecture.task_definition):
            with self.subTest(arn):
                self.check(
                    lambda tags: ecs.tag_resource(resourceArn=arn, tags=pairs(tags, "key", "value")),
                    lambda keys: ecs.untag_resource(resourceArn=arn, tagKeys=keys),
                    lambda: mapping(ecs.list_tags_for_resource(resourceArn=arn)["tags"], "key", "value"),
                )

    def test_parameters(self):
        ssm = clients.ssm
        about = {"ResourceType": "Parameter", "ResourceId": "/boto3/tagged"}
        ssm.put_parameter(Name="/boto3/tagged", Value="value", Type="String")
        self.check(
            lambda tags: ssm.add_tags_to_resource(**about, Tags=pairs(tags)),
            lambda keys: ssm.remove_tags_from_resource(**about, TagKeys=keys),
            lambda: mapping(ssm.list_tags_for_resource(**about)["TagList"]),
        )
        ssm.delete_parameter(Name="/boto3/tagged")

    def test_secrets(self):
        secrets = clients.secretsmanager
        name = "boto3/tagged"
        secrets.create_secret(Name=name, SecretString="value")
        self.check(
            lambda tags: secrets.tag_resource(SecretId=name, Tags=pairs(tags)),
            lambda keys: secrets.untag_resource(SecretId=name, TagKeys=keys),
            lambda: mapping(secrets.describe_secret(SecretId=name)["Tags"]),
        )
        secrets.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)

    def test_certificates(self):
        acm, arn = clients.acm, self.architecture.certificate
        self.check(
            lambda tags: acm.add_tags_to_certificate(CertificateArn=arn, Tags=pairs(tags)),
            lambda keys: acm.remove_tags_from_certificate(CertificateArn=arn, Tags=[{"Key": key} for key in keys]),
            lambda: mapping(acm.list_tags_for_certificate(CertificateArn=arn)["Tags"]),
        )

    def test_ecr(self):
        ecr = clients.ecr
        arn = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/{REPOSITORY}"
        self.check(
            lambda tags: ecr.tag_resource(resourceArn=arn, tags=pairs(tags)),
            lambda keys: ecr.untag_resource(resourceArn=arn, tagKeys=keys),
            lambda: mapping(ecr.list_tags_for_resource(resourceArn=arn)["tags"]),
        )

    def test_logs(self):
        logs = clients.logs
        arn = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{LOG_GROUP}"
        self.check(
            lambda tags: logs.tag_resource(resourceArn=arn, tags=tags),
            lambda keys: logs.untag_resource(resourceArn=arn, tagKeys=keys),
            lambda: logs.list_tags_for_resource(resourceArn=arn)["tags"],
        )

    def test_iam(self):
        iam, role = clients.iam, "boto3-execution"
        self.check(
            lambda tags: iam.tag_role(RoleName=role, Tags=pairs(tags)),
            lambda keys: iam.untag_role(RoleName=role, TagKeys=keys),
            lambda: mapping(iam.list_role_tags(RoleName=role)["Tags"]),
        )

    def test_route53(self):
        route53, zone = clients.route53, self.architecture.zone.removeprefix("/hostedzone/")
        resource = {"ResourceType": "hostedzone", "ResourceId": zone}
        self.check(
            lambda tags: route53.change_tags_for_resource(**resource, AddTags=pairs(tags)),
            lambda keys: route53.change_tags_for_resource(**resource, RemoveTagKeys=keys),
            lambda: mapping(route53.list_tags_for_resource(**resource)["ResourceTagSet"]["Tags"]),
        )
