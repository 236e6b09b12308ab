"""Every waiter of botocore for the operations of the sandbox ends, while the architecture is built and removed."""
import json
import os
import unittest

from architecture import Architecture
from botocore.exceptions import WaiterError
from session import NAMES, REGION, clients, wait, waited

# Waiters for kinds of resources that the sandbox does not have, so that their lists are always empty.
NOTHING_TO_WAIT_FOR = {
    "ec2": {
        "customer_gateway_available",
        "instance_exists",
        "instance_running",
        "instance_status_ok",
        "instance_stopped",
        "instance_terminated",
        "key_pair_exists",
        "security_group_vpc_association_associated",
        "security_group_vpc_association_disassociated",
        "spot_instance_request_fulfilled",
        "system_status_ok",
        "volume_available",
        "volume_in_use",
        "vpc_peering_connection_exists",
        "vpn_connection_available",
        "vpn_connection_deleted",
    },
    # The sandbox does not scan images.
    "ecr": {"image_scan_complete"},
    # The sandbox has no composite alarms.
    "cloudwatch": {"composite_alarm_exists"},
}


class Waiters(unittest.TestCase):
    maxDiff = None

    def test_every_waiter_ends(self):
        architecture = Architecture()
        architecture.build()
        self.wait_for_an_interface(architecture)
        self.wait_for_an_alarm()
        self.wait_for_an_object()
        wait("ec2", "vpc_peering_connection_deleted", VpcPeeringConnectionIds=["pcx-0123456789abcdef0"])
        wait("ec2", "volume_deleted", VolumeIds=["vol-0123456789abcdef0"])
        wait("iam", "user_exists", UserName="sandbox")
        task = architecture.run_task()
        clients.ecs.stop_task(cluster=architecture.cluster, task=task)
        wait("ecs", "tasks_stopped", cluster=architecture.cluster, tasks=[task])
        self.check_failures(architecture)
        architecture.tear_down()
        self.assertEqual(waited, self.defined_waiters())

    def wait_for_an_interface(self, architecture):
        created = clients.ec2.create_network_interface(SubnetId=architecture.private[0])
        interface = created["NetworkInterface"]["NetworkInterfaceId"]
        wait("ec2", "network_interface_available", NetworkInterfaceIds=[interface])
        clients.ec2.delete_network_interface(NetworkInterfaceId=interface)

    def wait_for_an_object(self):
        location = {"LocationConstraint": REGION}
        clients.s3.create_bucket(Bucket="boto3-waiters", CreateBucketConfiguration=location)
        wait("s3", "bucket_exists", Bucket="boto3-waiters")
        clients.s3.put_object(Bucket="boto3-waiters", Key="one", Body=b"1")
        wait("s3", "object_exists", Bucket="boto3-waiters", Key="one")
        clients.s3.delete_object(Bucket="boto3-waiters", Key="one")
        wait("s3", "object_not_exists", Bucket="boto3-waiters", Key="one")
        clients.s3.delete_bucket(Bucket="boto3-waiters")
        wait("s3", "bucket_not_exists", Bucket="boto3-waiters")

    def wait_for_an_alarm(self):
        clients.cloudwatch.put_metric_alarm(
            AlarmName="boto3",
            Namespace="AWS/ECS",
            MetricName="CPUUtilization",
            Statistic="Average",
            Period=60,
            EvaluationPeriods=1,
            Threshold=75,
            ComparisonOperator="GreaterThanThreshold",
        )
        wait("cloudwatch", "alarm_exists", AlarmNames=["boto3"])
        clients.cloudwatch.delete_alarms(AlarmNames=["boto3"])

    def check_failures(self, architecture):
        """Checks that a waiter fails immediately if its condition cannot come true, and gives up after its last attempt."""
        with self.assertRaisesRegex(WaiterError, "terminal failure"):
            wait("ecs", "services_stable", cluster=architecture.cluster, services=["unknown"])
        once = {"Delay": 0, "MaxAttempts": 1}
        role_exists = clients.iam.get_waiter("role_exists")
        with self.assertRaisesRegex(WaiterError, "Max attempts exceeded"):
            role_exists.wait(RoleName="unknown", WaiterConfig=once)

    def defined_waiters(self):
        """Returns the waiters that botocore defines for the operations of the sandbox."""
        defined = set()
        for signing_name, operations in json.loads(os.environ["SLIPWAY_TEST_OPERATIONS"]).items():
            service = NAMES.get(signing_name, signing_name)
            client = getattr(clients, service)
            for waiter in client.waiter_names:
                polled = client.get_waiter(waiter).config.operation
                if polled in operations and waiter not in NOTHING_TO_WAIT_FOR.get(service, ()):
                    defined.add((service, waiter))
        return defined
