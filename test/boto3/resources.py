"""boto3's resource objects, which wrap calls of the clients, work for the network and for roles."""
import unittest

from architecture import TAGS, TRUST, document, tagged
from botocore.exceptions import ClientError
from session import resource

class Resources(unittest.TestCase):
    def test_a_network(self):
        ec2 = resource("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16", TagSpecifications=tagged("vpc"))
        vpc.wait_until_exists()
        vpc.wait_until_available()
        self.assertEqual(vpc.tags, TAGS)
        subnet = vpc.create_subnet(CidrBlock="10.1.0.0/24")
        gateway = ec2.create_internet_gateway()
        vpc.attach_internet_gateway(InternetGatewayId=gateway.id)
        table = vpc.create_route_table()
        table.create_route(DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway.id)
        association = table.associate_with_subnet(SubnetId=subnet.id)
        group = vpc.create_security_group(GroupName="resources", Description="Made through a resource")
        group.authorize_ingress(IpProtocol="tcp", FromPort=80, ToPort=80, CidrIp="0.0.0.0/0")

        by_tag = [{"Name": "tag:stack", "Values": ["boto3"]}]
        self.assertEqual([found.id for found in ec2.vpcs.filter(Filters=by_tag)], [vpc.id])
        self.assertEqual([found.id for found in vpc.subnets.all()], [subnet.id])
        self.assertEqual([found.id for found in vpc.internet_gateways.all()], [gateway.id])
        self.assertEqual(len(list(vpc.route_tables.all())), 2)
        self.assertEqual(len(list(vpc.network_acls.all())), 1)
        self.assertEqual({found.group_name for found in vpc.security_groups.all()}, {"default", "resources"})
        self.assertEqual(subnet.vpc.cidr_block, "10.1.0.0/16")
        self.assertEqual(group.ip_permissions[0]["ToPort"], 80)
        routes = {route.destination_cidr_block: route.gateway_id for route in table.routes}
        self.assertEqual(routes, {"10.1.0.0/16": "local", "0.0.0.0/0": gateway.id})

        vpc.create_tags(Tags=[{"Key": "team", "Value": "a"}])
        vpc.reload()
        self.assertIn({"Key": "team", "Value": "a"}, vpc.tags)

        group.delete()
        association.delete()
        table.delete()
        vpc.detach_internet_gateway(InternetGatewayId=gateway.id)
        gateway.delete()
        subnet.delete()
        vpc.delete()
        with self.assertRaisesRegex(ClientError, "InvalidVpcID.NotFound"):
            vpc.reload()

    def test_a_role(self):
        iam = resource("iam")
        role = iam.create_role(RoleName="resources", AssumeRolePolicyDocument=TRUST, Path="/boto3/")
        allowed = document({"Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"})
        policy = iam.create_policy(PolicyName="resources", PolicyDocument=allowed)
        policy.attach_role(RoleName=role.name)
        self.assertEqual([found.arn for found in role.attached_policies.all()], [policy.arn])
        self.assertEqual([found.name for found in policy.attached_roles.all()], [role.name])
        self.assertEqual([found.name for found in iam.roles.filter(PathPrefix="/boto3/")], [role.name])
        inline = role.Policy("inline")
        inline.put(PolicyDocument=allowed)
        self.assertEqual([found.name for found in role.policies.all()], ["inline"])
        self.assertEqual(inline.policy_document["Statement"]["Action"], "ecr:GetAuthorizationToken")
        inline.delete()
        policy.detach_role(RoleName=role.name)
        policy.delete()
        role.delete()
        with self.assertRaisesRegex(ClientError, "NoSuchEntity"):
            role.reload()
