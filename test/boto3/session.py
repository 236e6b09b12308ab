"""Clients that call the sandbox, and a record of the waiters that a test has used."""
import os
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

REGION = "eu-west-1"
ACCOUNT = "000000000000"
# The names of services in boto3, if they differ from the names in signatures.
NAMES = {"elasticloadbalancing": "elbv2", "monitoring": "cloudwatch", "servicequotas": "service-quotas"}

SESSION = boto3.Session("any", "any", region_name=REGION)
# Without retries, each call reaches the sandbox once, and the tests see its first answer.
OPTIONS = {
    "endpoint_url": os.environ["SLIPWAY_TEST_ENDPOINT"],
    "config": Config(retries={"total_max_attempts": 1}),
}


class Clients:
    """One client per service, named as in boto3 but with underscores, e.g. `clients.application_autoscaling`."""

    def __getattr__(self, name):
        client = SESSION.client(name.replace("_", "-"), **OPTIONS)
        setattr(self, name, client)
        return client


clients = Clients()


def resource(service):
    """Returns boto3's object-oriented interface to a service."""
    return SESSION.resource(service, **OPTIONS)


# The waiters that have ended, as pairs of a service and a waiter.
waited = set()


def wait(service, waiter, **parameters):
    """Waits with a waiter of botocore that polls more often than by default, because the sandbox is faster than AWS."""
    quickly = {"Delay": 0.1, "MaxAttempts": 600}
    client = getattr(clients, service)
    client.get_waiter(waiter).wait(WaiterConfig=quickly, **parameters)
    waited.add((service, waiter))


def retry_while_refused(call, code, **parameters):
    """Repeats a call while it is refused with this code, e.g. because the interfaces of a load balancer still exist."""
    for _ in range(600):
        try:
            return call(**parameters)
        except ClientError as error:
            if error.response["Error"]["Code"] != code:
                raise
        time.sleep(0.1)
    raise TimeoutError(f"{call.__name__} is still refused with {code}")
